// Targets on moto for the commands of runbooks, and how to read their state.

import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { EC2, type NetworkInterface } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { expect } from 'vitest';
import type { Alert, Entity } from '../../functions/domain/alert.ts';
import { OPT_IN } from '../../functions/domain/opt-in.ts';
import type { Place } from '../../functions/domain/place.ts';
import type { Subject } from '../../functions/mechanisms/mechanism.ts';
import { INCIDENT_ID } from '../fixtures/case.ts';
import type { ClientConfig } from './moto-server.ts';

/** Neither moto's own account nor its own region, so that a command without its place finds nothing. */
export const PLACE: Place = { account: '444455556666', region: 'eu-west-1' };

export const clientsOf = (config: ClientConfig) => ({
  config,
  ec2: new EC2(config),
  iam: new IAM(config),
  waf: new WAFV2(config),
  lambda: new Lambda(config),
  gateway: new APIGateway(config),
  cognito: new CognitoIdentityProvider(config),
});
export type Clients = ReturnType<typeof clientsOf>;

export type Ground = {
  target: Entity;
  parameters?: Subject['parameters'];
  alert?: Partial<Alert>;
  /** Everything that the commands could change. */
  state(): Promise<unknown>;
  /** The state after the runbook's commands. */
  acted: unknown;
};
export type Prepare = (aws: Clients) => Promise<Ground>;

const entity = (
  kind: Entity['kind'],
  value = '',
  attributes: Entity['attributes'] = {},
): Entity => ({
  ref: `${kind}-1`,
  place: PLACE,
  kind,
  value,
  part: 'target',
  foundAt: ['$.detail'],
  attributes,
});
let names = 0;
const fresh = (word: string) => `${word}-${++names}`;

export const userOn: Prepare = async ({ iam }) => {
  const UserName = fresh('user');
  await iam.createUser({ UserName });
  return {
    target: entity('iam-user', UserName),
    state: async () =>
      (await iam.listAttachedUserPolicies({ UserName })).AttachedPolicies?.map(
        ({ PolicyName }) => PolicyName,
      ),
    acted: ['AWSDenyAll'],
  };
};

export const keyOn: Prepare = async ({ iam }) => {
  const UserName = fresh('service');
  await iam.createUser({ UserName });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const { AccessKeyId = '', CreateDate } = AccessKey ?? {};
  return {
    target: entity('access-key', AccessKeyId, { userName: UserName, userType: 'IAMUser' }),
    parameters: { userName: UserName },
    state: async () => (await iam.listAccessKeys({ UserName })).AccessKeyMetadata,
    acted: [{ UserName, AccessKeyId, CreateDate, Status: 'Inactive' }],
  };
};

/** A key whose user the alert does not name: a command looks it up. */
export const unnamedKeyOn: Prepare = async (aws) => {
  const ground = await keyOn(aws);
  return { ...ground, target: { ...ground.target, attributes: {} } };
};

export const roleOn: Prepare = async ({ iam }) => {
  const RoleName = fresh('role');
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: '{}' });
  return {
    target: entity('iam-role', RoleName),
    state: async () => (await iam.listRolePolicies({ RoleName })).PolicyNames,
    acted: ['AWSRevokeOlderSessions'],
  };
};

/** A temporary key: only a policy on its user or role ends it. */
export const temporaryKeyOn =
  (prepare: Prepare, userType: string): Prepare =>
  async (aws) => {
    const ground = await prepare(aws);
    const attributes = { userName: ground.target.value, userType };
    return { ...ground, target: entity('access-key', 'ASIAIOSFODNN7EXAMPLE', attributes) };
  };

export const apiKeyOn: Prepare = async ({ gateway }) => {
  const { id: apiKey = '' } = await gateway.createApiKey({
    name: fresh('partner'),
    enabled: true,
    tags: { [OPT_IN.key]: OPT_IN.value },
  });
  const state = async () => {
    const { $metadata, lastUpdatedDate, ...key } = await gateway.getApiKey({ apiKey });
    return key;
  };
  return {
    target: entity('api-key', apiKey),
    state,
    acted: { ...(await state()), enabled: false },
  };
};

export const customerOn: Prepare = async ({ cognito }) => {
  const [PoolName, Username] = [fresh('pool'), `o'neil`];
  const UserPoolId = (await cognito.createUserPool({ PoolName })).UserPool?.Id ?? '';
  await cognito.adminCreateUser({ UserPoolId, Username });
  const state = async () => {
    // The time of the last change is not undone.
    const { $metadata, UserLastModifiedDate, ...user } = await cognito.adminGetUser({
      UserPoolId,
      Username,
    });
    return user;
  };
  return {
    target: entity('cognito-user', Username, { userPoolId: UserPoolId }),
    parameters: { userPoolId: UserPoolId },
    state,
    acted: { ...(await state()), Enabled: false },
  };
};

export const functionUrlOn: Prepare = async ({ iam, lambda }) => {
  const FunctionName = fresh('function');
  const trust = { RoleName: FunctionName, AssumeRolePolicyDocument: '{}' };
  await lambda.createFunction({
    FunctionName,
    Runtime: 'nodejs22.x',
    Role: (await iam.createRole(trust)).Role?.Arn,
    Handler: 'index.handler',
    // An empty zip: no one calls the function.
    Code: { ZipFile: Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]) },
  });
  await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' });
  const state = async () => {
    const { $metadata, LastModifiedTime, ...url } = await lambda.getFunctionUrlConfig({
      FunctionName,
    });
    return url;
  };
  return {
    target: entity('function', FunctionName),
    state,
    acted: { ...(await state()), AuthType: 'AWS_IAM' },
  };
};

/** The IP sets of a stack, each with an entry that someone else added. */
export async function createSets({ waf }: Clients) {
  const sets: { purpose: string; family: string; id: string; name: string; scope: string }[] = [];
  for (const purpose of ['watch', 'block'])
    for (const family of ['ipv4', 'ipv6']) {
      const [name, scope] = [`countermand-${purpose}-${family}`, 'REGIONAL' as const];
      const [IPAddressVersion, entry] =
        family === 'ipv4'
          ? (['IPV4', '198.51.100.7/32'] as const)
          : (['IPV6', '2001:db8:ffff::7/128'] as const);
      const set = { Name: name, Scope: scope, IPAddressVersion, Addresses: [entry] };
      const id = (await waf.createIPSet(set)).Summary?.Id ?? '';
      sets.push({ purpose, family, id, name, scope });
    }
  return sets;
}

const WEB = { layer: 'web', direction: 'inbound', localPort: 443, protocol: 'TCP' } as const;

/** An address or a range for a set of the stack. */
export const inSet =
  (purpose: 'block' | 'watch', value: string): Prepare =>
  async ({ waf }) => {
    const family = value.includes(':') ? 'ipv6' : 'ipv4';
    const set = { Scope: 'REGIONAL', Name: `countermand-${purpose}-${family}` } as const;
    const { IPSets = [] } = await waf.listIPSets({ Scope: 'REGIONAL' });
    const Id = IPSets.find(({ Name }) => Name === set.Name)?.Id;
    const { IPSet } = await waf.getIPSet({ ...set, Id });
    const range = value.includes('/') ? value : `${value}/${family === 'ipv4' ? 32 : 128}`;
    return {
      target: { ...entity('ip', value), part: 'actor' },
      alert: { traffic: WEB },
      state: async () => (await waf.getIPSet({ ...set, Id })).IPSet?.Addresses,
      acted: [...(IPSet?.Addresses ?? []), range],
    };
  };

/** A network ACL of a subnet with an instance that the alert names. */
export const inNetworkAcl =
  (value: string, direction: 'inbound' | 'outbound'): Prepare =>
  async ({ ec2 }) => {
    const { NetworkAcls = [] } = await ec2.describeNetworkAcls({});
    const acl = NetworkAcls.find(({ Associations = [] }) => Associations.length > 0);
    const networkAclId = acl?.NetworkAclId ?? '';
    const subnetIds = acl?.Associations?.map(({ SubnetId }) => SubnetId).join(',') ?? '';
    const target: Entity = { ...entity('ip', value), part: 'actor' };
    const host = entity('instance', 'i-0123456789abcdef0', { subnetIds });
    const state = async () =>
      (await ec2.describeNetworkAcls({ NetworkAclIds: [networkAclId] })).NetworkAcls?.[0]?.Entries;
    const ours = {
      CidrBlock: value.includes('/') ? value : `${value}/32`,
      Egress: direction === 'outbound',
      Protocol: '-1',
      RuleAction: 'deny',
      RuleNumber: 99,
    };
    return {
      target,
      parameters: { networkAclId, direction: direction === 'outbound' ? 'egress' : 'ingress' },
      alert: { traffic: { ...WEB, layer: 'network', direction }, entities: [target, host] },
      state,
      acted: expect.arrayContaining([expect.objectContaining(ours)]),
    };
  };

/** A network interface with two security groups, in the default VPC. */
async function interfaceIn({ ec2 }: Clients): Promise<NetworkInterface> {
  const { Subnets = [] } = await ec2.describeSubnets({});
  const { SubnetId, VpcId } = Subnets[0] ?? {};
  const groups = ['web', 'admin'].map(fresh).map(async (GroupName) => {
    const group = { GroupName, Description: GroupName, VpcId };
    return (await ec2.createSecurityGroup(group)).GroupId ?? '';
  });
  const Groups = await Promise.all(groups);
  return (await ec2.createNetworkInterface({ SubnetId, Groups })).NetworkInterface ?? {};
}

/** Isolates the interface by its ID or by its address. */
export const isolated =
  (kind: 'network-interface' | 'ip'): Prepare =>
  async (aws) => {
    const { NetworkInterfaceId: id = '', PrivateIpAddress = '' } = await interfaceIn(aws);
    const state = async () => {
      const { NetworkInterfaces = [] } = await aws.ec2.describeNetworkInterfaces({
        NetworkInterfaceIds: [id],
      });
      const { SecurityGroups = [] } = await aws.ec2.describeSecurityGroups({});
      const groups = NetworkInterfaces[0]?.Groups?.map(({ GroupName }) => GroupName).sort();
      const quarantines = SecurityGroups.filter(({ GroupName }) =>
        GroupName?.startsWith('quarantine-'),
      );
      return { groups, open: quarantines.map(({ IpPermissionsEgress }) => IpPermissionsEgress) };
    };
    return {
      target: entity(kind, kind === 'ip' ? PrivateIpAddress : id),
      state,
      acted: { groups: [expect.stringMatching(/^quarantine-/)], open: [[]] },
    };
  };

/** An interface, or an instance with one, in an account where another interface has a flow log. */
export const recorded =
  (kind: 'network-interface' | 'instance'): Prepare =>
  async (aws) => {
    const { NetworkInterfaceId: id = '' } = await interfaceIn(aws);
    const { NetworkInterfaceId: other = '' } = await interfaceIn(aws);
    const written = {
      LogGroupName: 'flows',
      DeliverLogsPermissionArn: `arn:aws:iam::${PLACE.account}:role/flows`,
    };
    const log = { ...written, TrafficType: 'ALL' } as const;
    await aws.ec2.createFlowLogs({
      ...log,
      ResourceType: 'NetworkInterface',
      ResourceIds: [other],
    });
    const Filter = [{ Name: 'resource-id', Values: [id] }];
    const value = kind === 'instance' ? 'i-0123456789abcdef0' : id;
    return {
      target: entity(kind, value, kind === 'instance' ? { interfaceIds: id } : {}),
      parameters: { interfaceId: id },
      state: async () => (await aws.ec2.describeFlowLogs({ Filter })).FlowLogs,
      acted: [expect.objectContaining({ ...written, ResourceId: id })],
    };
  };

export const capturedOn: Prepare = async ({ ec2 }) => {
  const one = { ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 };
  const InstanceId = (await ec2.runInstances(one)).Instances?.[0]?.InstanceId ?? '';
  return {
    target: entity('instance', InstanceId),
    async state() {
      const Attribute = 'disableApiTermination';
      const { DisableApiTermination } = await ec2.describeInstanceAttribute({
        InstanceId,
        Attribute,
      });
      const Filters = [{ Name: 'tag:incident', Values: [INCIDENT_ID] }];
      const { Snapshots } = await ec2.describeSnapshots({ OwnerIds: ['self'], Filters });
      return { locked: DisableApiTermination?.Value, snapshots: Snapshots?.length };
    },
    acted: { locked: true, snapshots: 1 },
  };
};
