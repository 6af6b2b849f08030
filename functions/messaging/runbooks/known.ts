// What is known of a target already, as lines for whoever has to decide: from the alert, and from facts.
import type { EntityFacts, Fact } from '../../domain/facts.ts';
import { quoted, utc } from '../../domain/wording.ts';
import type { Case } from './template.ts';

/** Silence means that there is nothing to say; what could not be read is said to be unknown. */
export function whatIsKnown({ target, facts }: Case): string[] {
  const known = facts?.entities.find(({ ref }) => ref === target.ref);
  const { address, identity, instance } = known ?? {};
  return [
    ...tagsOf(target.attributes, instance?.tags ?? identity?.tags),
    ...(known?.plannedWork
      ? [`Planned work covers it now: ${quoted(known.plannedWork, 100)}.`]
      : []),
    ...(address
      ? said(
          address.ownedBy,
          'whether this account has it',
          (own) => own && `This account has it: ${quoted(own, 200)}.`,
        )
      : []),
    ...(identity ? standingOf(identity) : []),
  ];
}

/** Tags by which teams usually say whose something is, and what it is for. */
const TELLING =
  /^(owner|team|contact|service|application|app|env|environment|stage|name|account-type)$/i;
const TAG = 'tag:';

function tagsOf(
  attributes: Readonly<Record<string, string>>,
  read: Fact<Record<string, string>> | undefined,
): string[] {
  const shown = Object.entries(attributes)
    .filter(([name]) => name.startsWith(TAG))
    .map(([name, value]) => [name.slice(TAG.length), value] as const);
  const all = new Map([...shown, ...Object.entries(read?.known ? read.value : {})]);
  const tags = [...all].filter(([name]) => TELLING.test(name));
  if (tags.length === 0)
    return read && !read.known ? [`What it is tagged as is unknown: ${read.why}.`] : [];
  return [
    `It is tagged ${tags.map(([name, value]) => `${name} ${quoted(value, 60)}`).join(', ')}.`,
  ];
}

const standingOf = ({ serviceAccount, lastUsed, status }: NonNullable<EntityFacts['identity']>) => [
  ...said(
    serviceAccount,
    'whether services use it',
    (is) => is && 'It is marked as one that services use.',
  ),
  ...said(status, 'whether it works', (is) => is && `Its status was ${is} when the alert came.`),
  ...said(lastUsed, 'when it was last used', (use) =>
    use
      ? `It was last used for ${quoted(use.service, 60)}${use.region ? ` in ${use.region}` : ''} at ${utc(use.at)}.`
      : 'It was never used, as far as IAM knows.',
  ),
];

function said<T>(
  fact: Fact<T>,
  what: string,
  words: (value: T) => string | false | null,
): string[] {
  if (!fact.known) return [`It is unknown ${what}: ${fact.why}.`];
  const text = words(fact.value);
  return text ? [text] : [];
}
