// The page's labels, buttons and headings.
import type { Action } from '../../domain/action.ts';
import {
  isRemoved,
  isTargetGone,
  isUnproven,
  wasInPlaceBefore,
} from '../../domain/effect-state.ts';
import type { IncidentAlert } from '../../domain/incident.ts';
import { quoted, span, timeOfDay, utc } from '../../domain/wording.ts';
import {
  headlineOf,
  orderOf,
  type Progress,
  progressOf,
} from '../../messaging/texts/action-line.ts';
import { doneLine, unanswered } from '../../messaging/texts/phrases.ts';
import { expired, type Names } from './status.ts';

export const APPROVE = {
  title: 'Approve or decline',
  kicker: (person: string) => `${person}, please decide`,
  question: (action: Action) => `${headlineOf(action)}?`,
  more: (count: number) => `And ${count} more of the same kind, listed above the buttons`,
  left: (time: string) => `${time} left`,
  deadline: (action: Action) =>
    `, until ${timeOfDay(action.approval?.expiresAt)}. If no one decides, ${unanswered(action)}.`,
  news: (at: string) => `Updated at ${timeOfDay(at)}:`,
  findingClosed: (state: string) =>
    `The product that reported the finding now marks it as ${state}.`,
  raised: ({ title, severity, receivedAt }: IncidentAlert, now: Date) =>
    `The incident was raised to ${severity} at ${utc(receivedAt, now)} by ${quoted(title, 120)}.`,
  form: 'Your decision',
  approve: 'Approve',
  decline: 'Decline',
  declineHint: 'nothing changes',
  openOnes: (count: number) =>
    count === 1 ? 'One request of this kind is open:' : `${count} requests of this kind are open:`,
  later: (count: number) =>
    count === 1
      ? 'One more request of this kind is shown after you answer these.'
      : `${count} more requests of this kind are shown after you answer these.`,
  approveAll: (count: number) => `Approve all ${count}`,
  declineAll: (count: number) => `Decline all ${count}`,
  approveTicked: 'Approve the ticked ones',
  declineTicked: 'Decline the ticked ones',
  tickedHint: 'the others stay open',
  detail: 'Changes, and who is affected',
  stillOpen: 'Still open',
  reason: 'Reason, for the record (optional)',
  notNow: 'Can’t decide now?',
  onIt: 'I am on it',
  onItHint: 'No one else is asked. The deadline does not change.',
  moreTime: (minutes: number) => `${span(minutes)} more`,
  moreTimeHint: 'Once, for all approvers.',
  handTo: 'Hand over to',
  handOver: 'Hand over',
} as const;

/** Under the Approve button: the first of several approvers carries nothing out. */
export function approveHint({ approval }: Action, names: Names): string {
  const approved = approval?.votes.filter(({ verdict }) => verdict === 'approved') ?? [];
  const others = (approval?.required ?? 1) - approved.length - 1;
  if (others > 0)
    return others === 1 ? 'one more person must agree' : `${others} more people must agree`;
  const before = approved.map(({ by, at }) => `${names[by] ?? by} approved at ${timeOfDay(at)}`);
  return ['carried out at once', ...before].join('; ');
}

/** The same for all actions of a kind; the strictest hint counts. */
export const approveAllHint = (all: readonly Action[], names: Names): string => {
  const hints = new Set(all.map((one) => approveHint(one, names).split(';')[0]));
  return hints.size === 1 ? [...hints].join() : 'some need one more person';
};

/** How many must approve, and who already answered. */
export const approvals = (required: number, voted: readonly string[]) => ({
  required: `${required} people must approve.`,
  voted: voted.length === 0 ? 'No one has answered yet.' : `${voted.join(', ')}.`,
});

export const FACTS = {
  heading: 'The action',
  target: 'Target',
  place: (account: string, region: string) => `account ${account}, ${region}`,
  why: 'Why',
  affected: {
    ahead: 'Would affect',
    never: 'Would affect',
    made: 'Affects',
    undone: 'Affected',
  } satisfies Record<Progress, string>,
  affectedInPart: 'May have affected',
  undo: 'Undo',
  /** In place of the description's undo, which names the original duration. */
  undoInState: (action: Action, now: Date): string | null => {
    const { status, extensions, dueAt } = action;
    if (status === 'reversal-failed' && isUnproven(action)) return 'Stopped, without proof';
    if (status === 'kept') return 'Only when someone undoes it';
    if (status === 'reversing') return 'Has started';
    if (status === 'reversal-failed') return 'Failed. Retry it, or undo this manually';
    if (isTargetGone(action)) return 'Not needed: the target no longer exists';
    if (status === 'reversed') return 'When the last action that needs the change ends';
    return extensions > 0 ? `At ${utc(dueAt, now)}, unless someone extends or keeps it` : null;
  },
  unknown: 'Unknown',
  detail: 'Details',
  noAlert: 'The alert’s record cannot be read',
} as const;

/** With the year unless it is today: an old finding must look old. */
const seenAt = (last: string, now: Date): string =>
  last.slice(0, 10) === now.toISOString().slice(0, 10) ? utc(last, now) : utc(last);

export const EVIDENCE = {
  heading: 'Evidence',
  quoted: 'Quoted from the alert. An attacker may have written parts of it.',
  alert: 'Alert',
  severity: 'Severity',
  seen: 'Seen',
  times: (count: number, last: string | null, now: Date) =>
    `${count === 1 ? 'once' : `${count} times`}${last ? `, last at ${seenAt(last, now)}` : ''}`,
  traffic: 'Traffic',
  unknownTraffic: 'unknown kind',
  foundAt: 'Found in the event at',
  sample: 'Sample',
  isSample: 'A sample that the product generated',
  odd: 'Notes',
  policy: 'Policy',
} as const;

export const REASONING = {
  heading: (byRules: boolean) => `Reasoning of the ${byRules ? 'playbook' : 'model'}`,
  warning: (byRules: boolean) =>
    byRules
      ? 'Written by fixed rules, without a model. It may repeat the attacker’s words.'
      : 'Written by a model. The attacker may have influenced it.',
  confidence: (confidence: number) => `Confidence ${confidence} of 100.`,
} as const;

export const RECORD = 'Record';
export const MANUALLY = 'Manual commands';
export const IDS = ({ incidentId, actionId, policyVersion, digest }: Action) =>
  `Incident ${incidentId}, action ${actionId}, policy ${policyVersion}, digest ${digest.slice(0, 16)}`;

export const REQUEST_AGAIN = {
  title: 'Request again',
  kicker: (person: string) => `${person}, the time to decide ended`,
  question: (action: Action) => `Request again to ${orderOf(action)}?`,
  outcome: expired,
  asked: (names: readonly string[]) => `Asked: ${names.join(', ') || 'no one'}.`,
  form: 'Your decision',
  button: 'Request again',
  hint: 'asks the people on call now, with a new deadline',
} as const;

export const JUDGE = {
  title: 'Right or wrong',
  kicker: (person: string) => `${person}, shadow mode recorded this action`,
  question: (action: Action) => `Would it have been right to ${orderOf(action)}?`,
  outcome: 'Nothing was changed.',
  form: 'Your judgement',
  right: 'Right',
  rightHint: 'do this in live mode',
  wrong: 'Wrong',
  wrongHint: 'do not do this',
  note: 'Reason, for the record (optional)',
} as const;

export const REVIEW = {
  title: 'Keep, extend or undo',
  kicker: ({ status }: Action, person: string) =>
    `${person}, ${status === 'reversal-failed' ? 'the undo failed' : 'please decide'}`,
  heading: doneLine,
  since: 'Since then',
  appliedAt: (action: Action, now: Date) => {
    const at = utc(action.appliedAt, now);
    if (wasInPlaceBefore(action)) return `Found in place at ${at}.`;
    if (isTargetGone(action)) return `Applied at ${at}. The target has since been deleted.`;
    return isRemoved(action)
      ? `Applied at ${at}. Someone else has since removed this.`
      : `In force since ${at}.`;
  },
  byPolicy: 'Policy allowed this without a person.',
  checked: (at: string, now: Date) => `Checked at ${utc(at, now)}:`,
  form: 'Your decision',
  undo: 'Undo now',
  undoHint: 'starts at once',
  shared: (others: readonly Action[], joined: readonly string[]) =>
    [
      ...(others.length > 0
        ? [
            `Also needed by ${others.map((one) => `${one.actionId} of ${one.incidentId}`).join(', ')}.`,
          ]
        : []),
      ...(joined.length > 0 ? [`Also proposed in ${joined.join(', ')}.`] : []),
      '“Undo now” undoes the change for all of them.',
    ].join(' '),
  keep: ({ status }: Action) => (status === 'kept' ? 'Keep it longer' : 'Keep'),
  keepHint: 'until someone undoes it',
  extend: (minutes: number) => `Extend by ${span(minutes)}`,
  extendHint: (until: Date, now: Date) => `until ${utc(until, now)}`,
  noExtensionLeft: (count: number) => `Extended ${count} times, the most that policy allows.`,
  kept: { strong: 'Kept.', text: ' It stays until someone undoes it.' },
  targetGone: {
    strong: 'The target no longer exists.',
    text: ' Nothing is left to undo. Select “Undo now” to close the record.',
  },
  removed: { strong: 'Someone else removed this.', text: ' Undo it to close its record.' },
  inPlaceBefore: {
    strong: 'This was in place before.',
    text: ' None of these choices removes it.',
  },
  failed: {
    strong: 'The undo failed.',
    text: ' According to the record, the change is still in place.',
  },
  unproven: {
    strong: 'The undo stopped.',
    text: ' The record has no proof of what to restore. First compare it with its copies in the archive.',
  },
  due: (time: string, action: Action, now: Date) => ({
    strong: `Undo in ${time}`,
    text: `, at ${utc(action.dueAt, now)}, unless you extend or keep it.`,
  }),
} as const;

export const COMMON = {
  signIn: 'Sign in to decide',
  signInHint: 'then you return to this page',
  back: 'Back to the request',
  current: 'See the current state',
  underMinute: 'under 1 min',
} as const;

/** A failed action may have been applied in part before it was undone. */
export const affectedLabel = (action: Action, now: Date): string =>
  action.status === 'failed' && action.before !== null
    ? FACTS.affectedInPart
    : FACTS.affected[progressOf(action, now)];
