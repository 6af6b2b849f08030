// What decides about a response besides the type: success, plans, early undos.
import * as z from 'zod/mini';
import type { Alert, Entity } from '../domain/alert.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { EntityFacts, Facts } from '../domain/facts.ts';
import { EntityRef } from '../domain/reference.ts';

export const Signs = z.strictObject({
  /** Whether what was observed succeeded. Unknown counts as yes. */
  outcome: z.enum(['succeeded', 'failed', 'unknown']),
  /** Whether it changed something, or read data or secrets. True if the finding names no call. */
  isConsequential: z.boolean(),
  isSample: z.boolean(),
  /** Caused by an action of Countermand. */
  isOurDoing: z.boolean(),
  /** The caller's account belongs to the organization. */
  isAffiliated: z.boolean(),
  /** The only attackers' addresses belong to this account. */
  isOurAddress: z.boolean(),
  /** The account's only user in the alert signed in with MFA enabled. */
  hasMfa: z.boolean(),
  /** References that planned work covers. */
  planned: z.array(EntityRef).check(z.maxLength(100)),
  /** References on which a person undid an action early, and keys that are inactive. */
  settled: z.array(EntityRef).check(z.maxLength(100)),
});
export type Signs = z.infer<typeof Signs>;

/** Nothing is known: the worst case. */
export const NO_SIGNS: Signs = {
  outcome: 'unknown',
  isConsequential: true,
  isSample: false,
  isOurDoing: false,
  isAffiliated: false,
  isOurAddress: false,
  hasMfa: false,
  planned: [],
  settled: [],
};

type Reported = Pick<Alert, 'evidence' | 'sample' | 'causedBy' | 'entities'>;

/** Reads only what AWS determined: nothing in it is text that an attacker chooses. */
export function signsOf(alert: Reported, facts: Facts | null): Signs {
  const { evidence = [], entities } = alert;
  const factsOn = new Map(facts?.entities.map((one) => [one.ref, one]));
  const about = (test: (entity: Entity, known: EntityFacts) => boolean): Entity[] =>
    entities.filter((entity) => {
      const known = factsOn.get(entity.ref);
      return known !== undefined && test(entity, known);
    });
  const attackers = entities.filter(({ kind, part }) => kind === 'ip' && part === 'actor');
  const ours = new Set(about((_, { address }) => owned(address)).map(({ ref }) => ref));
  const settled = about(isSettled).map(({ ref }) => ref);
  const users = about(({ kind }) => kind === 'iam-user');
  const hasActed = logsShowAct(alert, facts?.entities ?? []);
  return {
    outcome: hasActed ? 'succeeded' : outcomeOf(evidence),
    isConsequential: hasActed || isConsequential(evidence),
    isSample: alert.sample,
    isOurDoing: alert.causedBy !== null,
    isAffiliated: valuesOf(evidence, 'api-call', 'affiliated').includes('true'),
    isOurAddress: attackers.length > 0 && attackers.every(({ ref }) => ours.has(ref)),
    hasMfa:
      users.length === 1 &&
      users.every(({ ref }) => {
        const mfa = factsOn.get(ref)?.identity?.mfa;
        return mfa?.known === true && mfa.value;
      }),
    planned: about((_, { plannedWork }) => plannedWork !== null).map(({ ref }) => ref),
    settled: hasActed ? settled : [...settled, ...holdersOf(settled, entities)],
  };
}

const owned = (address: EntityFacts['address']): boolean =>
  address?.ownedBy.known === true && address.ownedBy.value !== null;

/** A person undid an action on it early, or it is a key that no longer works. */
function isSettled(_: Entity, { history, identity }: EntityFacts): boolean {
  const { reversedByPeople } = history;
  return (
    (reversedByPeople.known && reversedByPeople.value > 0) ||
    (identity?.status.known === true && identity.status.value === 'Inactive') ||
    (identity?.activeKeys?.known === true &&
      identity.activeKeys.value === 0 &&
      identity.consoleAccess.known &&
      !identity.consoleAccess.value)
  );
}

/** Users whose keys in the alert are all settled: a key that no longer works proves nothing about its user. */
function holdersOf(settled: readonly string[], entities: readonly Entity[]): string[] {
  const keys = entities.filter(({ kind }) => kind === 'access-key');
  return entities
    .filter(({ kind, value }) => {
      const own = keys.filter(({ attributes }) => attributes.userName === value);
      return kind === 'iam-user' && own.length > 0 && own.every(({ ref }) => settled.includes(ref));
    })
    .map(({ ref }) => ref);
}

const valuesOf = (evidence: readonly Evidence[], kind: Evidence['kind'], name: string): string[] =>
  evidence.filter((one) => one.kind === kind).flatMap(({ values }) => values[name] ?? []);

/**
 * Whether logs of AWS list an act of an actor, even if the finding reports none: in CloudTrail, a change of IAM, of
 * logging or of a resource of the alert; in flow logs, a connection that a forged address can't cause.
 */
export function logsShowAct(
  { entities }: Pick<Alert, 'entities'>,
  facts: readonly EntityFacts[],
): boolean {
  const isActor = (ref: string | null): boolean =>
    entities.some((one) => one.ref === ref && one.part === 'actor');
  return facts.some(
    ({ ref, activity, changes, flows }) =>
      (isActor(ref) && activity?.known && activity.value.changes.length > 0) ||
      (changes?.known &&
        changes.value.changes.some(({ by, succeeded }) => isActor(by) && succeeded > 0)) ||
      (flows?.known && flows.value.peers.some((peer) => isActor(peer.ref) && peer.proven > 0)),
  );
}

/** Whether what was observed succeeded. */
export function outcomeOf(evidence: readonly Evidence[]): Signs['outcome'] {
  const calls = evidence.filter(({ kind }) => kind === 'api-call');
  const all = [
    ...calls.map(({ values }) => values.error === undefined),
    ...valuesOf(evidence, 'kubernetes-call', 'status').map((status) => /^[12]\d\d$/.test(status)),
    ...evidence
      .filter(({ kind, values }) => kind === 'login' && 'failed' in values)
      .map(({ values }) => Number(values.successful ?? 0) > 0),
    ...(['connection', 'port-probe', 'dns-request'] as const)
      .flatMap((kind) => valuesOf(evidence, kind, 'blocked'))
      .map((blocked) => blocked !== 'true'),
  ];
  if (all.length === 0) return 'unknown';
  return all.some(Boolean) ? 'succeeded' : 'failed';
}

const READS = /^(Get|List|Describe|Lookup|Head|View|Search|BatchGet)/;
/** Reads that hand out data, secrets or credentials. */
const DATA = /Object|Secret|Parameter|PasswordData|Token|Credential|Decrypt|BatchGetItem|GetItem/;

function isConsequential(evidence: readonly Evidence[]): boolean {
  const apis = valuesOf(evidence, 'api-call', 'api').flatMap((text) => text.split(', '));
  return apis.length === 0 || apis.some((api) => !READS.test(api) || DATA.test(api));
}
