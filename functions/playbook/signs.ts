// What decides about a response besides the type: success, plans, early undos.
import * as z from 'zod/mini';
import type { Alert, Entity } from '../domain/alert.ts';
import { type EntityFacts, type Facts, isOurs } from '../domain/facts.ts';
import { EntityRef } from '../domain/reference.ts';
import {
  changesAccess,
  hasActed,
  isConsequential,
  logsShowAct,
  Outcome,
  outcomeOf,
  valuesOf,
} from './acts.ts';
import { isKeptOut } from './kept-out.ts';

export const Signs = z.strictObject({
  /** Whether what was observed succeeded. Unknown counts as yes. */
  outcome: Outcome,
  /** Whether it changed something, or read data or secrets. True if the finding names no call. */
  isConsequential: z.boolean(),
  /** Logs or the finding show a change of access, of logging or of a resource. Absent in earlier briefs. */
  hasActed: z._default(z.boolean(), false),
  /** Whose change of IAM or logging makes a low alert a medium one. Absent in earlier briefs. */
  raisedBy: z._default(z.nullable(z.enum(['root', 'administrator'])), null),
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
  hasActed: false,
  raisedBy: null,
  isSample: false,
  isOurDoing: false,
  isAffiliated: false,
  isOurAddress: false,
  hasMfa: false,
  planned: [],
  settled: [],
};

type Reported = Pick<
  Alert,
  'evidence' | 'sample' | 'causedBy' | 'entities' | 'firstSeenAt' | 'lastSeenAt'
>;

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
  const ours = new Set(refsOf(about((_, facts) => isOurs(facts))));
  const all = facts?.entities ?? [];
  const users = about(({ kind }) => kind === 'iam-user');
  const isListed = logsShowAct(alert, all);
  const disabled = refsOf(about(isDisabled));
  return {
    outcome: isListed ? 'succeeded' : isKeptOut(alert, all) ? 'failed' : outcomeOf(evidence),
    isConsequential: isListed || isConsequential(evidence),
    hasActed: hasActed(alert, all),
    raisedBy: raisedBy(alert, all),
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
    planned: refsOf(about((_, { plannedWork }) => plannedWork !== null)),
    // What people undid before was about other acts.
    settled: isListed
      ? disabled
      : withHolders([...disabled, ...refsOf(about(isTrusted))], entities),
  };
}

const refsOf = (entities: readonly Entity[]): string[] => entities.map(({ ref }) => ref);

/** The root user needs no access keys. An administrator's changes are work, unless they come from a new network. */
function raisedBy(
  { entities, evidence = [] }: Reported,
  facts: readonly EntityFacts[],
): Signs['raisedBy'] {
  const actors = entities.filter((one) => one.part === 'actor');
  const known = facts.filter(({ ref }) => actors.some((one) => one.ref === ref));
  const seen = known.flatMap(({ activity }) => (activity?.known ? [activity.value] : []));
  if (!changesAccess(evidence) && seen.every(({ changes }) => changes.length === 0)) return null;
  if (actors.some(({ kind }) => kind === 'root-user')) return 'root';
  const isAdministrator = known.some(
    ({ identity }) => identity?.access?.known === true && identity.access.value.isAdministrator,
  );
  const isNew = seen.some(({ networks }) => networks.appeared.length > 0 && networks.before > 0);
  return isAdministrator && isNew ? 'administrator' : null;
}

/** A person undid an action on it early. */
const isTrusted = (_: Entity, { history: { reversedByPeople } }: EntityFacts): boolean =>
  reversedByPeople.known && reversedByPeople.value > 0;

/** A key that no longer works, or a user without any way to sign in. */
const isDisabled = (_: Entity, { identity }: EntityFacts): boolean =>
  (identity?.status.known === true && identity.status.value === 'Inactive') ||
  (identity?.activeKeys?.known === true &&
    identity.activeKeys.value === 0 &&
    identity.consoleAccess.known &&
    !identity.consoleAccess.value);

/** And users whose keys in the alert are all settled. */
function withHolders(settled: readonly string[], entities: readonly Entity[]): string[] {
  const keys = entities.filter(({ kind }) => kind === 'access-key');
  const holders = entities.filter(({ kind, value }) => {
    const own = keys.filter(({ attributes }) => attributes.userName === value);
    return kind === 'iam-user' && own.length > 0 && own.every(({ ref }) => settled.includes(ref));
  });
  return [...settled, ...refsOf(holders)];
}
