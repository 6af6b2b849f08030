// What IAM says of a user, a key or a role right now: whose it is, what it is for, and when it was last used.
import type { IAM } from '@aws-sdk/client-iam';
import type { Entity } from '../domain/alert.ts';
import { type Fact, type IdentityFacts, known, mapFact, unknown } from '../domain/facts.ts';
import { protectionMarkOf } from '../domain/service-account.ts';
import { type LookDeps, look } from './look.ts';
import { tagsOf } from './tags.ts';

/** The calls that we make, all of them reads; a stand-in implements the same. */
export type IdentityApi = Pick<
  IAM,
  | 'getUser'
  | 'getRole'
  | 'getAccessKeyLastUsed'
  | 'listAccessKeys'
  | 'listGroupsForUser'
  | 'listMFADevices'
  | 'getLoginProfile'
>;
type Deps = LookDeps & { iam: IdentityApi };

export async function identityFacts(deps: Deps, entity: Entity): Promise<IdentityFacts> {
  if (entity.kind === 'access-key') return keyFacts(deps, entity);
  return entity.kind === 'iam-role' ? roleFacts(deps, entity) : userFacts(deps, entity.value);
}

/** For what is not in this account, or too much. */
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
  };
}

async function userFacts({ iam, ...deps }: Deps, userName: string): Promise<IdentityFacts> {
  const what = (of: string) => `${of} of ${userName}`;
  const [user, groups, devices, profile] = await Promise.all([
    look(deps, what('The record'), async (abortSignal) => {
      const { User } = await iam.getUser({ UserName: userName }, { abortSignal });
      if (!User) throw new Error('IAM answered without the user');
      return User;
    }),
    look(deps, what('The groups'), async (abortSignal) => {
      const { Groups = [] } = await iam.listGroupsForUser({ UserName: userName }, { abortSignal });
      return Groups.flatMap(({ GroupName }) => GroupName ?? []).slice(0, MAX_GROUPS);
    }),
    look(deps, what('The MFA devices'), async (abortSignal) => {
      const { MFADevices = [] } = await iam.listMFADevices({ UserName: userName }, { abortSignal });
      return MFADevices.length > 0;
    }),
    look(deps, what('The password'), (abortSignal) => hasPassword(iam, userName, abortSignal)),
  ]);
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
    createdAt: madeAt(user),
  };
}

function madeAt(made: Fact<{ CreateDate?: Date | undefined }>): Fact<string> {
  if (!made.known) return made;
  const { CreateDate } = made.value;
  return CreateDate ? known(CreateDate.toISOString()) : unknown('IAM gives no date');
}

/** IAM has 10 groups for a user unless asked for more. */
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

/** Whose key it is, IAM knows better than the alert. Keys of sessions (ASIA...) belong to no user. */
async function keyFacts(deps: Deps, { value: keyId }: Entity): Promise<IdentityFacts> {
  const { iam, ...looking } = deps;
  const used = await look(looking, `The last use of ${keyId}`, async (abortSignal) => {
    const answer = await iam.getAccessKeyLastUsed({ AccessKeyId: keyId }, { abortSignal });
    if (!answer.UserName) throw new Error('IAM knows no user with this key');
    return { userName: answer.UserName, last: answer.AccessKeyLastUsed };
  });
  if (!used.known) return unreadIdentity(used.why);
  const { userName, last } = used.value;
  const [user, key] = await Promise.all([
    userFacts(deps, userName),
    look(looking, `The keys of ${userName}`, async (abortSignal) => {
      const { AccessKeyMetadata = [] } = await iam.listAccessKeys(
        { UserName: userName },
        { abortSignal },
      );
      return AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId === keyId) ?? {};
    }),
  ]);
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
    createdAt: madeAt(key),
  };
}

/** A role that a service may assume is what the service works with: taking it away breaks the service. */
async function roleFacts({ iam, ...deps }: Deps, { value }: Entity): Promise<IdentityFacts> {
  const roleName = value.split('/').at(-1) ?? value;
  const role = await look(deps, `The role ${roleName}`, async (abortSignal) => {
    const { Role } = await iam.getRole({ RoleName: roleName }, { abortSignal });
    if (!Role) throw new Error('IAM answered without the role');
    return Role;
  });
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
    createdAt: madeAt(role),
  };
}
