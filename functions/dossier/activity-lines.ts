// One line of evidence about the activity of an identity in CloudTrail.
import type { Activity } from '../domain/activity.ts';
import type { Alert } from '../domain/alert.ts';
import type { EntityFacts } from '../domain/facts.ts';
import { agentOf } from './agents.ts';
import type { EvidenceLine } from './evidence-lines.ts';
import { isUsual } from './reassuring.ts';
import { minute } from './values.ts';

/** The decisive part of each first: changes, then calls, then what is new. */
export const activityLines = (alert: Reported, facts: readonly EntityFacts[]): EvidenceLine[] =>
  facts.flatMap(({ ref, activity }) =>
    activity?.known ? [activityLine(ref, activity.value, { alert, facts })] : [],
  );

type Reported = Pick<Alert, 'firstSeenAt' | 'entities'>;

export const activityLine = (
  ref: string,
  activity: Activity,
  { alert, facts }: { alert: Reported; facts: readonly EntityFacts[] },
): EvidenceLine => ({
  ...{ text: lineOf(ref, activity), source: 'cloudtrail', kind: 'activity' },
  ...{ refs: [ref], isUntrusted: false, isReassuring: isUsual(activity, alert, facts) },
});

const MAX_CALLS = 6;

function lineOf(ref: string, activity: Activity): string {
  const { from, to, events, isComplete, calls, otherCalls, changes, otherChanges = 0 } = activity;
  const shown = calls.slice(0, MAX_CALLS).map(callOf);
  const left = calls.length - shown.length + otherCalls;
  const said = [
    `events=${isComplete ? '' : 'at least '}${events}`,
    `changes to IAM or logging=${changes.join(' ') || 'none listed'}`,
    ...(otherChanges > 0 ? [`other changes=${otherChanges}`] : []),
    `calls=${shown.join(', ')}${left > 0 ? `, ${left} other names` : ''}`,
    newness('networks', activity.networks),
    newness('regions', activity.regions),
    `new user agents~${agents(activity.userAgents)}`,
    ...(isComplete ? [] : [`read=a part, back to ${minute(activity.firstAt)}`]),
  ];
  return `cloudtrail ${minute(from)} to ${minute(to)} activity about ${ref}: ${said.join('; ')}`;
}

const callOf = ({ name, succeeded, failed, error }: Activity['calls'][number]): string =>
  `${name} ${succeeded}${failed > 0 ? ` and ${failed} failed (${error})` : ''}`;

const newness = (what: string, { appeared, before }: Activity['networks']): string =>
  `new ${what}=${appeared.join(' ') || 'none'} (${before} before)`;

/** Callers choose them, so they are described. Kinds of clients that repeat are named once. */
function agents({ appeared, before }: Activity['userAgents']): string {
  const described = [...new Set(appeared.map(agentOf))];
  return `${described.join(', ') || 'none'} (${before} before)`;
}
