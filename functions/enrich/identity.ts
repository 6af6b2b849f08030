// Reads facts about an IAM user, access key or role from IAM.
import type { AccessKeyMetadata, AttachedPolicy, IAM } from '@aws-sdk/client-iam';
import type { Entity } from '../domain/alert.ts';
import { type Fact, type IdentityFacts, known, mapFact, unknown } from '../domain/facts.ts';
import { protectionMarkOf } from '../domain/service-account.ts';
import { type ReadDeps, readFact } from './read-fact.ts';
import { tagsOf } from './tags.ts';

/** The IAM API calls that this step makes, all of them reads. */
export type IdentityApi = Pick<
  IAM,
  | 'getUser'
  | 'getRole'
  | 'getAccessKeyLastUsed'
  | 'listAccessKeys'
  | 'listGroupsForUser'
  | 'listMFADevices'
  | 'getLoginProfile'
  | 'listAttachedUserPolicies'
  | 'listAttachedGroupPolicies'
  | 'listAttachedRolePolicies'
>;
type Deps = ReadDeps & { iam: IdentityApi };

export async function identityFacts(deps: Deps, entity: Entity): Promise<IdentityFacts> {
  if (entity.kind === 'access-key') return keyFacts(deps, entity);
  if (entity.kind === 'iam-role') return roleFacts(deps, entity);
  return userFacts(deps, entity.value, keysOf(deps, entity.value));
}

/** Unknown facts for an identity that is not read, with the reason. */
export function unreadIdentity(why: string): IdentityFacts {
  const fact = unknown(why);
  return {
    serviceAccount: fact,
    tags: fact,
    groups: fact,
    consoleAccess: fact,
    mfa: fact,
    lastUsed: fact,
    status: fact,
    createdAt: fact,
    access: fact,
    activeKeys: fact,
  };
}

async function userFacts(
  { iam, ...deps }: Deps,
  userName: string,
  looked: Promise<Fact<AccessKeyMetadata[]>>,
): Promise<IdentityFacts> {
  const ofUser = (part: string) => `${part} of ${userName}`;
  const [user, groups, devices, profile, attached, keys] = await Promise.all([
    readFact(deps, ofUser('The record'), async (abortSignal) => {
      const { User } = await iam.getUser({ UserName: userName }, { abortSignal });
      if (!User) throw new Error('IAM returned no user');
      return User;
    }),
    readFact(deps, ofUser('The groups'), async (abortSignal) => {
      const { Groups = [] } = whole(
        await iam.listGroupsForUser({ UserName: userName }, { abortSignal }),
      );
      return Groups.flatMap(({ GroupName }) => GroupName ?? []).slice(0, MAX_GROUPS);
    }),
    readFact(deps, ofUser('The MFA devices'), async (abortSignal) => {
      const { MFADevices = [] } = whole(
        await iam.listMFADevices({ UserName: userName }, { abortSignal }),
      );
      return MFADevices.length > 0;
    }),
    readFact(deps, ofUser('The password'), (abortSignal) =>
      hasPassword(iam, userName, abortSignal),
    ),
    readFact(deps, ofUser('The policies'), (abortSignal) =>
      policiesOf(iam.listAttachedUserPolicies({ UserName: userName }, { abortSignal })),
    ),
    looked,
  ]);
  const ofGroups = groups.known
    ? await readFact(deps, ofUser('The policies of the groups'), (abortSignal) =>
        Promise.all(
          groups.value.map((GroupName) =>
            policiesOf(iam.listAttachedGroupPolicies({ GroupName }, { abortSignal })),
          ),
        ),
      )
    : groups;
  return {
    serviceAccount: mapFact(
      user,
      ({ Path = '/', Tags = [] }) => protectionMarkOf(Path, Tags) !== null,
    ),
    tags: mapFact(user, ({ Tags }) => tagsOf(Tags)),
    groups,
    consoleAccess: profile,
    mfa: devices,
    lastUsed: mapFact(user, ({ PasswordLastUsed }) =>
      PasswordLastUsed
        ? { service: 'console', region: null, at: PasswordLastUsed.toISOString() }
        : null,
    ),
    status: known(null),
    createdAt: createdAt(user),
    access: accessBy(attached, ofGroups),
    activeKeys: mapFact(keys, (all) => all.filter(({ Status }) => Status === 'Active').length),
  };
}

type Answer = { IsTruncated?: boolean | undefined };

/** Throws if there is more than one page. The quotas of IAM don't allow more, but it may answer a part. */
function whole<T extends Answer>(answer: T): T {
  if (answer.IsTruncated) throw new Error('IAM returned only a part');
  return answer;
}

/** The ARNs of attached policies. */
async function policiesOf(
  answer: Promise<Answer & { AttachedPolicies?: AttachedPolicy[] | undefined }>,
): Promise<string[]> {
  const { AttachedPolicies = [] } = whole(await answer);
  return AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []);
}

/** Policies that allow everything by AWS's own definition. Others may, too: their text is not read. */
const ADMINISTRATOR = /^arn:aws[\w-]*:iam::aws:policy\/AdministratorAccess$/;

function accessBy(
  own: Fact<string[]>,
  ofGroups: Fact<string[][]>,
): NonNullable<IdentityFacts['access']> {
  if (!own.known) return own;
  const all = [...own.value, ...(ofGroups.known ? ofGroups.value.flat() : [])];
  const isAdministrator = all.some((arn) => ADMINISTRATOR.test(arn));
  // A group that was not read may allow everything.
  if (!isAdministrator && !ofGroups.known) return ofGroups;
  return known({ isAdministrator, policies: new Set(all).size });
}

const keysOf = ({ iam, ...deps }: Deps, userName: string): Promise<Fact<AccessKeyMetadata[]>> =>
  readFact(deps, `The keys of ${userName}`, async (abortSignal) => {
    const { AccessKeyMetadata = [] } = whole(
      await iam.listAccessKeys({ UserName: userName }, { abortSignal }),
    );
    return AccessKeyMetadata;
  });

function createdAt(resource: Fact<{ CreateDate?: Date | undefined }>): Fact<string> {
  if (!resource.known) return resource;
  const { CreateDate } = resource.value;
  return CreateDate ? known(CreateDate.toISOString()) : unknown('IAM returned no date');
}

/** Twice the IAM quota of 10 groups per user. */
const MAX_GROUPS = 20;

async function hasPassword(
  iam: IdentityApi,
  userName: string,
  abortSignal: AbortSignal,
): Promise<boolean> {
  try {
    await iam.getLoginProfile({ UserName: userName }, { abortSignal });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException') return false;
    throw error;
  }
}

/**
 * Takes the key's user from IAM, not from the alert. Unknown for temporary keys (`ASIA...`), which belong to no user.
 */
async function keyFacts(deps: Deps, { value: keyId }: Entity): Promise<IdentityFacts> {
  const { iam, ...looking } = deps;
  const used = await readFact(looking, `The last use of ${keyId}`, async (abortSignal) => {
    const answer = await iam.getAccessKeyLastUsed({ AccessKeyId: keyId }, { abortSignal });
    if (!answer.UserName) throw new Error('IAM returned no user for this key');
    return { userName: answer.UserName, last: answer.AccessKeyLastUsed };
  });
  if (!used.known) return unreadIdentity(used.why);
  const { userName, last } = used.value;
  const keys = keysOf(deps, userName);
  const user = await userFacts(deps, userName, keys);
  const all = await keys;
  const listed = all.known && all.value.find(({ AccessKeyId }) => AccessKeyId === keyId);
  const key = listed ? known(listed) : all.known ? unknown('IAM does not list the key') : all;
  const lastUsed = last?.LastUsedDate
    ? {
        service: last.ServiceName ?? 'unknown',
        region: last.Region ?? null,
        at: last.LastUsedDate.toISOString(),
      }
    : null;
  return {
    ...user,
    lastUsed: known(lastUsed),
    status: mapFact(key, ({ Status }) => Status ?? null),
    createdAt: createdAt(key),
  };
}

/** Counts a role that an AWS service may assume as a service account: revoking it would break the service. */
async function roleFacts({ iam, ...deps }: Deps, { value }: Entity): Promise<IdentityFacts> {
  const roleName = value.split('/').at(-1) ?? value;
  const [role, attached] = await Promise.all([
    readFact(deps, `The role ${roleName}`, async (abortSignal) => {
      const { Role } = await iam.getRole({ RoleName: roleName }, { abortSignal });
      if (!Role) throw new Error('IAM returned no role');
      return Role;
    }),
    readFact(deps, `The policies of ${roleName}`, (abortSignal) =>
      policiesOf(iam.listAttachedRolePolicies({ RoleName: roleName }, { abortSignal })),
    ),
  ]);
  return {
    serviceAccount: mapFact(
      role,
      ({ Path = '/', Tags = [], AssumeRolePolicyDocument = '' }) =>
        protectionMarkOf(Path, Tags) !== null ||
        /"Service"|"\*"/.test(decodeURIComponent(AssumeRolePolicyDocument)),
    ),
    tags: mapFact(role, ({ Tags }) => tagsOf(Tags)),
    groups: known([]),
    consoleAccess: known(false),
    mfa: known(false),
    lastUsed: mapFact(role, ({ RoleLastUsed }) =>
      RoleLastUsed?.LastUsedDate
        ? {
            service: 'any',
            region: RoleLastUsed.Region ?? null,
            at: RoleLastUsed.LastUsedDate.toISOString(),
          }
        : null,
    ),
    status: known(null),
    createdAt: createdAt(role),
    access: accessBy(attached, known([])),
  };
}
