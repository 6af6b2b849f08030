// What the records know of a target, as lines for the person who decides.
import type { Fact, Facts, IdentityFacts } from '../domain/facts.ts';
import { describeWebRequests } from '../domain/web-requests.ts';
import { span, utc } from '../domain/wording.ts';
import type { Subject } from './mechanism.ts';

/** Silence means that it was looked up and there was nothing. `noun`: `address`, `user`, ... */
export function earlierIncidents(
  { target }: Pick<Subject, 'target'>,
  facts: Facts | null,
  noun: string,
): string[] {
  const earlier = facts?.entities.find(({ ref }) => ref === target.ref)?.history.earlierIncidents;
  if (!earlier) return [`Whether earlier incidents named this ${noun} is unknown`];
  if (!earlier.known)
    return [`Whether earlier incidents named this ${noun} is unknown: ${earlier.why}`];
  const { length } = earlier.value;
  return length > 0 ? [`Earlier incidents with this ${noun}: ${length}`] : [];
}

/** Who asked for what from this address: more people than the attacker may stand behind it. */
export const seenOnWeb = ({ target }: Pick<Subject, 'target'>, facts: Facts | null): string =>
  describeWebRequests(facts?.entities.find(({ ref }) => ref === target.ref)?.address?.seenOnWeb);

/** What IAM said of a user, or of a key and its user, when the facts were read. */
export function whatIamSays({ target }: Pick<Subject, 'target'>, facts: Facts | null): string[] {
  const said = facts?.entities.find(({ ref }) => ref === target.ref)?.identity;
  if (!said) return ['What it is used for is unknown'];
  return [
    inWords(said.lastUsed, 'When it was last used', lastUse),
    inWords(said.createdAt, 'When it was made', (at) => `It was made at ${utc(at)}`),
    inWords(said.consoleAccess, 'Whether the user signs in to the console', (has) =>
      has ? 'The user has a console password' : 'The user has no console password',
    ),
    inWords(said.groups, 'Which groups the user is in', (groups) =>
      groups.length > 0 ? `The user is in ${groups.join(', ')}` : 'The user is in no group',
    ),
    inWords(said.serviceAccount, 'Whether it is a service account', (marked) =>
      marked
        ? 'It is marked as a service account'
        : 'It is not marked as a service account; that is checked again when it is applied',
    ),
  ];
}

const inWords = <T>(fact: Fact<T>, what: string, words: (value: T) => string): string =>
  fact.known ? words(fact.value) : `${what} is unknown: ${fact.why}`;

type LastUse = Extract<IdentityFacts['lastUsed'], { known: true }>['value'];
const lastUse = (use: LastUse): string =>
  use
    ? `Last used for ${use.service}${use.region ? ` in ${use.region}` : ''} at ${utc(use.at)}`
    : 'IAM knows of no use';

/** How it ends, after what is taken back: `Our policy, and nothing else, is detached`. */
export const undoneAfter = (what: string, { durationMinutes }: Pick<Subject, 'durationMinutes'>) =>
  `${what}${durationMinutes ? ` after ${span(durationMinutes)} unless somebody keeps it` : ''}`;
