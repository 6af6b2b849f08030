// Describes the target from the facts, in lines for the approver.
import { type Fact, type Facts, type IdentityFacts, knownOf } from '../domain/facts.ts';
import { describeWebRequests } from '../domain/web-requests.ts';
import { span, utc } from '../domain/wording.ts';
import type { Subject } from './mechanism.ts';

/** No line where none was found. `noun`: `address`, `user`, ... */
export function earlierIncidents(
  { target }: Pick<Subject, 'target'>,
  facts: Facts | null,
  noun: string,
): string[] {
  const earlier = facts?.entities.find(({ ref }) => ref === target.ref)?.history.earlierIncidents;
  if (!earlier) return [`Unknown: earlier incidents with this ${noun}`];
  if (!earlier.known) return [`Unknown: earlier incidents with this ${noun} (${earlier.why})`];
  const { length } = earlier.value;
  return length > 0 ? [`Earlier incidents with this ${noun}: ${length}`] : [];
}

/** The web requests from this address: other people may share it with the attacker. */
export const seenOnWeb = ({ target }: Pick<Subject, 'target'>, facts: Facts | null): string =>
  describeWebRequests(facts?.entities.find(({ ref }) => ref === target.ref)?.address?.seenOnWeb);

/** The user, or the key and its user, as IAM described them when the facts were read. */
export function identityFacts({ target }: Pick<Subject, 'target'>, facts: Facts | null): string[] {
  const identity = identityOf(target, facts);
  if (!identity) return ['Unknown: its use'];
  return sameReasonOnce([
    inWords(identity.lastUsed, 'its last use', lastUse),
    inWords(identity.createdAt, 'its creation', (at) => `Created at ${utc(at)}`),
    inWords(identity.consoleAccess, 'whether the user has a console password', (has) =>
      has ? 'The user has a console password' : 'The user has no console password',
    ),
    inWords(identity.groups, 'the user’s groups', (groups) =>
      groups.length > 0 ? `Groups of the user: ${groups.join(', ')}` : 'The user is in no group',
    ),
    inWords(identity.serviceAccount, 'whether it is a service account', (marked) =>
      marked
        ? 'Marked as a service account'
        : 'Not marked as a service account; this is checked again before the change',
    ),
  ]);
}

const identityOf = ({ ref }: Subject['target'], facts: Facts | null) =>
  facts?.entities.find((one) => one.ref === ref)?.identity;

/** What the user of the target could still have. What IAM knows to be absent is false. */
export function credentialsOf({ target }: Pick<Subject, 'target'>, facts: Facts | null) {
  const { consoleAccess, activeKeys, status } = identityOf(target, facts) ?? {};
  const own = knownOf(status) === 'Active' ? 1 : 0;
  return {
    password: knownOf(consoleAccess) ?? true,
    /** Another active key than the target. */
    otherKey: (knownOf(activeKeys) ?? 2) > own,
  };
}

/** A line, or what is unknown and why. */
type Line = string | { what: string; why: string };

const inWords = <T>(fact: Fact<T>, what: string, words: (value: T) => string): Line =>
  fact.known ? words(fact.value) : { what, why: fact.why };

/** One failed call leaves several facts unknown, for the same reason. */
const sameReasonOnce = (lines: readonly Line[]): string[] => [
  ...lines.filter((line) => typeof line === 'string'),
  ...[
    ...Map.groupBy(
      lines.filter((line) => typeof line !== 'string'),
      ({ why }) => why,
    ),
  ].map(([why, all]) => `Unknown: ${all.map(({ what }) => what).join(', ')} (${why})`),
];

type LastUse = Extract<IdentityFacts['lastUsed'], { known: true }>['value'];
const lastUse = (use: LastUse): string =>
  use
    ? `Last used for ${use.service}${use.region ? ` in ${use.region}` : ''} at ${utc(use.at)}`
    : 'IAM has recorded no use yet; its records can be hours behind';

/** The undo with its time: `Removes exactly the added entry after 24 h, unless someone keeps it`. */
export function undoneAfter(
  what: string,
  { durationMinutes, isUndoneByAPerson }: Pick<Subject, 'durationMinutes' | 'isUndoneByAPerson'>,
): string {
  if (durationMinutes === null) return `${what}, only when a person asks for it`;
  return isUndoneByAPerson
    ? `${what}, only when a person asks for it. The approver is asked after ${Math.round(durationMinutes / (24 * 60))} days whether to keep it`
    : `${what} after ${span(durationMinutes)}, unless someone keeps it`;
}
