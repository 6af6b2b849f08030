// The facts that enrichment would read in the account of a case.
import type { Activity } from '../../functions/domain/activity.ts';
import type { Alert, Entity } from '../../functions/domain/alert.ts';
import {
  type EntityFacts,
  type Facts,
  type IdentityFacts,
  type InstanceFacts,
  known,
  unknown,
} from '../../functions/domain/facts.ts';
import { isIdentity } from '../../functions/domain/service-account.ts';
import { isHere, whyElsewhere } from '../../functions/domain/target-place.ts';
import { addressFacts } from '../../functions/enrich/address.ts';
import { unreadHistory } from '../../functions/enrich/history.ts';
import { unreadIdentity } from '../../functions/enrich/identity.ts';
import { unreadInstance } from '../../functions/enrich/instance.ts';
import { plannedWorkFor } from '../../functions/enrich/planned-work.ts';
import { protection } from '../../functions/enrich/protection.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Given } from './case.ts';
import { ACCOUNT, REGION } from './findings/place.ts';
import { lookedUp } from './looked-up.ts';

export const HERE = { account: ACCOUNT, region: REGION };

const DAY_MS = 86_400_000;
const daysBefore = (now: Date, days: number) =>
  new Date(now.getTime() - days * DAY_MS).toISOString();

function identityOf({ kind, value }: Entity, given: Given['identity'], now: Date): IdentityFacts {
  if (kind === 'access-key' && value.startsWith('ASIA'))
    return unreadIdentity('a temporary key belongs to no user');
  const { serviceAccount = false, tags = {}, groups = [], consoleAccess = false } = given ?? {};
  const lastUsed = { service: 's3', region: REGION, at: daysBefore(now, 1) };
  return {
    serviceAccount: known(serviceAccount),
    tags: known(tags),
    groups: known(groups),
    consoleAccess: known(consoleAccess),
    mfa: known(given?.mfa ?? false),
    lastUsed: known(given?.lastUsed === null || kind === 'iam-role' ? null : lastUsed),
    status: known(kind === 'access-key' ? (given?.status ?? 'Active') : null),
    createdAt: known(given?.createdAt ?? daysBefore(now, 400)),
    access: known(given?.access ?? { isAdministrator: false, policies: 1 }),
    activeKeys: known(given?.activeKeys ?? 1),
  };
}

const instanceOf = (given: Given['instance']): InstanceFacts => ({
  networkAcls: known([
    {
      networkAclId: 'acl-0123456789abcdef0',
      isDefault: false,
      vpcId: 'vpc-0123456789abcdef0',
      subnets: { ids: ['subnet-0123456789abcdef0'], count: 1 },
      instances: { ids: ['i-0a1b2c3d4e5f60718'], count: 1 },
      otherInterfaces: 0,
      rules: { ingress: { ipv4: 2, ipv6: 2 }, egress: { ipv4: 2, ipv6: 2 } },
      optedIn: true,
    },
  ]),
  tags: known(given?.tags ?? {}),
  forwards: known(given?.forwards ?? false),
  interfaceIds: known(['eni-0f1e2d3c4b5a69788']),
  ...(given?.inbound && { inbound: known(given.inbound) }),
});

function activityOf(given: NonNullable<Given['activity']>, now: Date): Activity {
  const { calls = [], changes = [], known: before = 3 } = given;
  const events = calls.reduce((sum, [, succeeded, failed]) => sum + succeeded + failed, 0);
  return {
    from: daysBefore(now, 1),
    to: now.toISOString(),
    events: Math.max(1, events),
    isComplete: true,
    firstAt: daysBefore(now, 0.9),
    lastAt: daysBefore(now, 0.001),
    calls: calls.map(([name, succeeded, failed, error]) => ({
      ...{ name, succeeded, failed },
      error: error ?? null,
    })),
    otherCalls: 0,
    changes,
    networks: { appeared: given.newNetworks ?? [], before },
    regions: { appeared: given.newRegions ?? [], before },
    userAgents: { appeared: given.newAgents ?? [], before },
  };
}

function history(given: Given['history']): EntityFacts['history'] {
  const { earlierIncidents = [], reversedByPeople = 0, declined = 0 } = given ?? {};
  return {
    earlierIncidents: known(earlierIncidents),
    inForce: known([]),
    reversedByPeople: known(reversedByPeople),
    declined: known(declined),
  };
}

const address = async (value: string, given: Given['address'], elsewhere: string | null) => ({
  ...(await addressFacts(value)),
  ownedBy: elsewhere ? unknown(elsewhere) : known(given?.ownedBy ?? null),
  seenOnWeb: unknown('no web ACL has samples'),
});

/** Nothing is known about an entity of another account. */
function unread({ ref, kind }: Entity, why: string): Omit<EntityFacts, 'protectedBy' | 'address'> {
  return {
    ref,
    history: kind === 'ip' ? history({}) : unreadHistory(why),
    instance: kind === 'instance' ? unreadInstance(why) : null,
    lambda: null,
    identity: isIdentity({ kind }) ? unreadIdentity(why) : null,
    plannedWork: null,
  };
}

/** A case has the resources of an account whose owners opted them in. */
const OPTED_IN_KINDS: readonly Entity['kind'][] = ['function', 'api-key', 'cognito-user'];

type Account = { policy: Policy; now: Date };

async function factsOn(
  alert: Alert,
  entity: Entity,
  given: Given,
  { policy, now }: Account,
): Promise<EntityFacts> {
  const { ref, kind, value } = entity;
  const elsewhere = isHere(entity, HERE) ? null : whyElsewhere(entity, HERE);
  const ofAddress = kind === 'ip' ? await address(value, given.address, elsewhere) : null;
  const identity = isIdentity(entity) ? identityOf(entity, given.identity, now) : null;
  const instance = kind === 'instance' ? instanceOf(given.instance) : null;
  const protectedBy = protection(entity, policy.protected, (identity ?? instance)?.tags);
  if (elsewhere) return { ...unread(entity, elsewhere), protectedBy, address: ofAddress };
  return {
    ...{ ref, protectedBy, identity, instance, address: ofAddress },
    history: history(given.history),
    lambda: kind === 'function' ? { tags: known({}) } : null,
    ...(OPTED_IN_KINDS.includes(kind) && { optedIn: known(true) }),
    ...(given.activity && { activity: known(activityOf(given.activity, now)) }),
    ...lookedUp(given, now),
    plannedWork: plannedWorkFor(entity, alert, policy.plannedWork, now),
  };
}

/** Facts for every entity of the alert: those of the case, and unremarkable ones for the rest. */
export const factsOf = async (
  alert: Alert,
  given: Readonly<Record<string, Given>>,
  account: Account,
): Promise<Facts> => ({
  readAt: account.now.toISOString(),
  calendar: known('none'),
  entities: await Promise.all(
    alert.entities.map((entity) => factsOn(alert, entity, given[entity.ref] ?? {}, account)),
  ),
});
