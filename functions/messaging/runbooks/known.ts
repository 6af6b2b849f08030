// Lines for a runbook about the target: tags, owner, last use, planned work.
import type { EntityFacts, Fact } from '../../domain/facts.ts';
import { quoted, utc } from '../../domain/wording.ts';
import type { Case } from './template.ts';

/** A sentence, or a fact that could not be read. */
type Line = string | { what: string; why: string };

/** No line for a fact without content. One line names all facts that could not be read for the same reason. */
export function knownAbout(given: Case): string[] {
  const lines = linesAbout(given);
  const unread = Map.groupBy(
    lines.filter((line) => typeof line !== 'string'),
    ({ why }) => why,
  );
  return [
    ...lines.filter((line) => typeof line === 'string'),
    ...[...unread].map(
      ([why, facts]) => `Unknown: ${facts.map(({ what }) => what).join('; ')} (${why}).`,
    ),
  ];
}

function linesAbout({ target, facts }: Case): Line[] {
  const known = facts?.entities.find(({ ref }) => ref === target.ref);
  const { address, identity, instance } = known ?? {};
  return [
    ...tagsOf(target.attributes, instance?.tags ?? identity?.tags),
    ...(known?.plannedWork
      ? [`Planned work may explain the activity: ${quoted(known.plannedWork, 100)}.`]
      : []),
    ...(address
      ? factLine(
          address.ownedBy,
          'whether this account owns the address',
          (own) => own && `This account owns the address: ${quoted(own, 200)}.`,
        )
      : []),
    ...(identity ? identityLines(identity) : []),
  ];
}

/** Common tags for the owner and the purpose. */
const OWNER_TAGS =
  /^(owner|team|contact|service|application|app|env|environment|stage|name|account-type)$/i;
const TAG = 'tag:';

function tagsOf(
  attributes: Readonly<Record<string, string>>,
  read: Fact<Record<string, string>> | undefined,
): Line[] {
  const shown = Object.entries(attributes)
    .filter(([name]) => name.startsWith(TAG))
    .map(([name, value]) => [name.slice(TAG.length), value] as const);
  const all = new Map([...shown, ...Object.entries(read?.known ? read.value : {})]);
  const tags = [...all].filter(([name]) => OWNER_TAGS.test(name));
  if (tags.length === 0) return read && !read.known ? [{ what: 'the tags', why: read.why }] : [];
  return [`Tags: ${tags.map(([name, value]) => `${name} ${quoted(value, 60)}`).join(', ')}.`];
}

const identityLines = ({
  serviceAccount,
  lastUsed,
  status,
}: NonNullable<EntityFacts['identity']>) => [
  ...factLine(
    serviceAccount,
    'whether it is a service account',
    (is) => is && 'Marked as a service account.',
  ),
  ...factLine(status, 'its status', (is) => is && `Status when the alert arrived: ${is}.`),
  ...factLine(lastUsed, 'its last use', (use) =>
    use
      ? `Last used for ${quoted(use.service, 60)}${use.region ? ` in ${use.region}` : ''} at ${utc(use.at)}.`
      : 'IAM has recorded no use yet. Its records can be hours behind.',
  ),
];

function factLine<T>(
  fact: Fact<T>,
  what: string,
  words: (value: T) => string | false | null,
): Line[] {
  if (!fact.known) return [{ what, why: fact.why }];
  const text = words(fact.value);
  return text ? [text] : [];
}
