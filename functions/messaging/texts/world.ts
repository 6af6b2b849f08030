// Message to the team about differences between AWS and the record.

import type { Place } from '../../domain/place.ts';
import type { Instant } from '../../domain/reference.ts';
import { shellQuoted, utc } from '../../domain/wording.ts';
import { inPlaceOf } from '../runbooks/template.ts';
import { steps, type Text } from './phrases.ts';

/** `returning`: a missing change that is being put back. `stuck`: one that could not be put back. */
export type DifferenceKind = 'wide' | 'unexplained' | 'missing' | 'returning' | 'stuck';

type Difference = {
  kind: DifferenceKind;
  text: string;
  actions: readonly { headline: string; dueAt: Instant | null }[];
};

/** Where CloudTrail shows who removed a change. */
export type TrailQuery = { eventName: string; region: string; since: Instant };

/** Further entries are only counted. The log of the function `world` lists all of them. */
const MAX_LINES = 20;

const HEADINGS: Readonly<Record<DifferenceKind, string>> = {
  wide: 'Remove these entries now. They affect more than one host or user, which no Countermand action does:',
  unexplained:
    'Check CloudTrail for who added these entries, then remove them. No action in the record explains them:',
  stuck:
    'Make these changes again if you still need them. Countermand could not put them back after a deployment:',
  missing:
    'Find out who removed these changes. None of them was due for undo, so make them again if you still need them. Countermand puts them back if CloudTrail shows within 15 minutes that a deployment removed them. Those due for undo within four minutes stay removed:',
  returning:
    'You have nothing to do. A deployment removed these changes, and Countermand is putting them back. The approvals and the times of the undo stay the same:',
};
const ORDER = ['wide', 'unexplained', 'stuck', 'missing', 'returning'] as const;

export function worldText(
  here: Place,
  differences: readonly Difference[],
  queries: readonly TrailQuery[],
  now: Date,
): Text {
  const paragraphs = ORDER.flatMap((kind) => {
    const lines = differences.filter((one) => one.kind === kind).map((one) => lineOf(one, now));
    return lines.length > 0 ? [`${HEADINGS[kind]}\n${listOf(lines)}`] : [];
  });
  return {
    subject: subjectOf(differences),
    paragraphs,
    facts: [{ label: 'Account', value: `${here.account}, ${here.region}` }],
    steps: steps('Find out who removed them', inPlaceOf(here, queries.map(commandOf))),
  };
}

const commandOf = ({ eventName, region, since }: TrailQuery): string =>
  `aws cloudtrail lookup-events --region ${shellQuoted(region)} --start-time ${since} --lookup-attributes AttributeKey=EventName,AttributeValue=${eventName}`;

/** A page may show only the subject, so it names a single entry. */
const ONE: Readonly<Record<DifferenceKind, string>> = {
  wide: 'Affects more than one host:',
  unexplained: 'No action explains',
  stuck: 'Could not put back',
  missing: 'Removed from AWS:',
  returning: 'Putting back',
};
const SEVERAL: Readonly<Record<DifferenceKind, string>> = {
  wide: 'entries in AWS affecting more than one host',
  unexplained: 'entries in AWS that no action explains',
  stuck: 'changes could not be put back',
  missing: 'changes were removed from AWS',
  returning: 'changes that a deployment removed are being put back',
};

/** The most urgent kind, if there are several. */
function subjectOf(differences: readonly Difference[]): string {
  const kind = ORDER.find((wanted) => differences.some((one) => one.kind === wanted)) ?? 'missing';
  const ofKind = differences.filter((one) => one.kind === kind);
  const others = differences.length - ofKind.length;
  const subject =
    ofKind.length === 1 ? `${ONE[kind]} ${ofKind[0]?.text}` : `${ofKind.length} ${SEVERAL[kind]}`;
  return others > 0 ? `${subject}, and ${others} more` : subject;
}

function lineOf({ text, actions: [action] }: Difference, now: Date): string {
  if (!action) return `- ${text}`;
  const end = action.dueAt
    ? `undo due at ${utc(action.dueAt, now)}`
    : 'kept until someone undoes it';
  return `- ${text} (${action.headline}; ${end})`;
}

const listOf = (lines: readonly string[]): string =>
  [
    ...lines.slice(0, MAX_LINES),
    ...(lines.length > MAX_LINES ? [`- and ${lines.length - MAX_LINES} more`] : []),
  ].join('\n');
