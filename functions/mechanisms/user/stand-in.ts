// Stand-in of IAM: users with tags, attached policies and access keys.

import type { InstanceProfileApi } from '../../enrich/host-role.ts';
import type { IdentityApi } from '../../enrich/identity.ts';
import type { AccessKeyApi } from '../access-key/access-key.ts';
import { connected } from '../mechanism.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure, noSleep, type StandIn } from '../stand-in.ts';
import type { UserApi } from './deny-all.ts';
import { denyUser } from './deny-all.ts';

export type IamApi = UserApi & AccessKeyApi & IdentityApi & InstanceProfileApi;

type KeyStatus = 'Active' | 'Inactive' | 'Expired';
export type IamUser = {
  name: string;
  path: string;
  tags: Record<string, string>;
  policies: string[];
  keys: Record<string, KeyStatus>;
};
export type IamState = {
  users: IamUser[];
  /** Managed policies that exist in the account. */
  policies: string[];
  /** Maximum per user. The default in AWS is 10. */
  policiesPerUser: number;
};

export const DENY_ALL_POLICY = 'arn:aws:iam::111122223333:policy/countermand/countermand-deny-all';

const user = (name: string, keys: string[], change: Partial<IamUser> = {}): IamUser => ({
  name,
  path: '/',
  tags: {},
  policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  keys: Object.fromEntries(keys.map((id) => [id, 'Active'])),
  ...change,
});

/** The users that the samples name. */
export const LOCAL_IAM: IamState = {
  users: [
    user('report-export', ['AKIAIOSFODNN7EXAMPLE']),
    user('deploy-old', ['AKIAI44QH8DHBEXAMPLE']),
    user('mail-relay', ['AKIASERVICE7EXAMPLE'], { tags: { 'account-type': 'service' } }),
  ],
  policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess', DENY_ALL_POLICY],
  policiesPerUser: 10,
};

/** The role that the samples name: people assume it with the company's sign-in. */
const ANALYTICS = {
  Path: '/',
  RoleName: 'analytics',
  RoleId: 'AROACKCEVSQ6C2EXAMPLE',
  Arn: 'arn:aws:iam::111122223333:role/analytics',
  CreateDate: new Date('2024-01-01T00:00:00Z'),
  AssumeRolePolicyDocument: encodeURIComponent(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/company' },
          Action: 'sts:AssumeRoleWithSAML',
        },
      ],
    }),
  ),
  Tags: [{ Key: 'team', Value: 'analytics' }],
};
const ROLE_POLICY = {
  PolicyName: 'AmazonS3ReadOnlyAccess',
  PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
};
function requireRole(name: string | undefined): void {
  if (name !== ANALYTICS.RoleName) throw noEntity(`The role with name ${name} cannot be found.`);
}

const noEntity = (message: string) => awsFailure('NoSuchEntityException', 404, message);
const invalid = (message: string) => awsFailure('ValidationError', 400, message);
const POLICY_ARN = /^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html, API_UpdateAccessKey.html */
export function createIam(file: StateFile<IamState>): IamApi {
  const named = (state: IamState, userName: string | undefined): IamUser => {
    if (!userName || !/^[\w+=,.@-]{1,64}$/.test(userName))
      throw invalid(`the user name ${userName} is not valid`);
    const found = state.users.find(({ name }) => name === userName);
    if (!found) throw noEntity(`The user with name ${userName} cannot be found.`);
    return found;
  };
  const checkArn = (arn: string | undefined): string => {
    if (!arn || !POLICY_ARN.test(arn))
      throw awsFailure('InvalidInputException', 400, `ARN ${arn} is not valid.`);
    return arn;
  };
  const change = <T>(edit: (state: IamState) => T): T => {
    const state = file.read();
    const answer = edit(state);
    file.write(state);
    return answer;
  };
  const done = { $metadata: {} };

  return {
    getUser: async ({ UserName }: Parameters<UserApi['getUser']>[0]) => {
      const { name, path, tags } = named(file.read(), UserName);
      return {
        User: {
          UserName: name,
          Path: path,
          UserId: 'AIDACKCEVSQ6C2EXAMPLE',
          Arn: `arn:aws:iam::111122223333:user${path}${name}`,
          CreateDate: new Date('2024-01-01T00:00:00Z'),
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        },
        ...done,
      };
    },
    getAccessKeyLastUsed: async ({
      AccessKeyId = '',
    }: Parameters<IdentityApi['getAccessKeyLastUsed']>[0]) => {
      const owner = file.read().users.find(({ keys }) => AccessKeyId in keys);
      // AWS denies access instead of reporting an unknown key.
      if (!owner) throw awsFailure('AccessDeniedException', 403, 'Access denied to the access key');
      return {
        UserName: owner.name,
        AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
        ...done,
      };
    },
    listGroupsForUser: async ({ UserName }: Parameters<IdentityApi['listGroupsForUser']>[0]) => {
      named(file.read(), UserName);
      return { Groups: [], IsTruncated: false, ...done };
    },
    listMFADevices: async ({ UserName }: Parameters<IdentityApi['listMFADevices']>[0]) => {
      named(file.read(), UserName);
      return { MFADevices: [], IsTruncated: false, ...done };
    },
    getLoginProfile: async ({ UserName }: Parameters<IdentityApi['getLoginProfile']>[0]) => {
      named(file.read(), UserName);
      throw noEntity(`Login Profile for User ${UserName} cannot be found.`);
    },
    getInstanceProfile: async ({
      InstanceProfileName,
    }: Parameters<InstanceProfileApi['getInstanceProfile']>[0]) => {
      throw noEntity(`Instance Profile ${InstanceProfileName} cannot be found.`);
    },
    getRole: async ({ RoleName }: Parameters<IdentityApi['getRole']>[0]) => {
      requireRole(RoleName);
      return { Role: ANALYTICS, ...done };
    },
    listAttachedUserPolicies: async ({
      UserName,
      PathPrefix = '/',
    }: Parameters<UserApi['listAttachedUserPolicies']>[0]) => ({
      AttachedPolicies: named(file.read(), UserName)
        .policies.filter((arn) => arn.slice(arn.indexOf(':policy') + 7).startsWith(PathPrefix))
        .map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split('/').at(-1) })),
      IsTruncated: false,
      ...done,
    }),
    listAttachedGroupPolicies: async ({
      GroupName,
    }: Parameters<IdentityApi['listAttachedGroupPolicies']>[0]) => {
      throw noEntity(`The group with name ${GroupName} cannot be found.`);
    },
    listAttachedRolePolicies: async ({
      RoleName,
    }: Parameters<IdentityApi['listAttachedRolePolicies']>[0]) => {
      requireRole(RoleName);
      return { AttachedPolicies: [ROLE_POLICY], IsTruncated: false, ...done };
    },
    getAccountSummary: async () => ({
      SummaryMap: { AttachedPoliciesPerUserQuota: file.read().policiesPerUser },
      ...done,
    }),
    attachUserPolicy: async ({ UserName, PolicyArn }: Parameters<UserApi['attachUserPolicy']>[0]) =>
      change((state) => {
        const arn = checkArn(PolicyArn);
        const { policies, name } = named(state, UserName);
        if (!state.policies.includes(arn)) throw noEntity(`Policy ${arn} does not exist.`);
        // Attaching an attached policy succeeds.
        if (policies.includes(arn)) return done;
        if (policies.length >= state.policiesPerUser)
          throw awsFailure(
            'LimitExceededException',
            409,
            `Cannot exceed quota for PoliciesPerUser: ${state.policiesPerUser} (${name})`,
          );
        policies.push(arn);
        return done;
      }),
    detachUserPolicy: async ({ UserName, PolicyArn }: Parameters<UserApi['detachUserPolicy']>[0]) =>
      change((state) => {
        const arn = checkArn(PolicyArn);
        const { policies, name } = named(state, UserName);
        if (!policies.includes(arn)) throw noEntity(`Policy ${arn} is not attached to ${name}.`);
        policies.splice(policies.indexOf(arn), 1);
        return done;
      }),
    listAccessKeys: async ({ UserName }: Parameters<AccessKeyApi['listAccessKeys']>[0]) => {
      const { name, keys } = named(file.read(), UserName);
      return {
        AccessKeyMetadata: Object.entries(keys).map(([AccessKeyId, Status]) => ({
          UserName: name,
          AccessKeyId,
          Status,
          CreateDate: new Date('2024-01-01T00:00:00Z'),
        })),
        IsTruncated: false,
        ...done,
      };
    },
    updateAccessKey: async ({
      UserName,
      AccessKeyId = '',
      Status,
    }: Parameters<AccessKeyApi['updateAccessKey']>[0]) =>
      change((state) => {
        const { keys } = named(state, UserName);
        if (Status !== 'Active' && Status !== 'Inactive') throw invalid(`no status ${Status}`);
        if (!(AccessKeyId in keys))
          throw noEntity(`The Access Key with id ${AccessKeyId} cannot be found.`);
        keys[AccessKeyId] = Status;
        return done;
      }),
  } as unknown as IamApi;
}

export const standIn: StandIn = {
  connect: ({ state }) => [
    connected(denyUser, {
      iam: createIam(state<IamState>('iam', LOCAL_IAM)),
      denyAllPolicyArn: DENY_ALL_POLICY,
      sleep: noSleep,
    }),
  ],
};
