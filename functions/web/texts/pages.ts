// The page's labels, buttons and headings.
import type { Action } from '../../domain/action.ts';
import { agreedMinutes, approvalsIn } from '../../domain/approval.ts';
import {
  isRemoved,
  isTargetGone,
  isUnproven,
  undoesNothing,
  wasInPlaceBefore,
} from '../../domain/effect-state.ts';
import { span, utc } from '../../domain/wording.ts';
import { orderOf, type Progress, progressOf } from '../../messaging/texts/action-line.ts';
import { doneLine } from '../../messaging/texts/phrases.ts';
import { expired } from './status.ts';
import { type Reader, timeFor } from './times.ts';

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
    if (extensions === 0 && !isShortened(action)) return null;
    return dueAt
      ? `At ${utc(dueAt, now)}, unless someone extends or keeps it`
      : `After ${span(minutesSoFar(action) ?? 0)}, unless someone keeps it`;
  },
  unknown: 'Unknown',
  noAlert: 'The alert’s record cannot be read',
} as const;

const minutesSoFar = ({ approval, durationMinutes }: Action): number | null =>
  agreedMinutes(durationMinutes, approvalsIn(approval));
const isShortened = (action: Action): boolean => minutesSoFar(action) !== action.durationMinutes;

/** With the year unless it is today: an old finding must look old. */
const seenAt = (last: string, now: Date): string =>
  last.slice(0, 10) === now.toISOString().slice(0, 10) ? utc(last, now) : utc(last);

export const EVIDENCE = {
  heading: 'Evidence',
  quoted: 'Quoted from the alert. An attacker may have written parts of it.',
  alert: 'Alert',
  type: 'Type',
  severity: 'Severity',
  seen: 'Seen',
  times: (count: number, last: string | null, now: Date) =>
    `${count === 1 ? 'once' : `${count} times`}${last ? `, ${count === 1 ? '' : 'last '}at ${seenAt(last, now)}` : ''}`,
  traffic: 'Traffic',
  unknownTraffic: 'of an unknown kind',
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
export const INCIDENT_LINK = 'The whole incident, with its timeline';

export const IDS = ({ incidentId, actionId, policyVersion, digest }: Action) =>
  `Incident ${incidentId}, action ${actionId}, policy ${policyVersion}, digest ${digest.slice(0, 16)}`;

export const REQUEST_AGAIN = {
  title: 'Request again',
  kicker: (person: string) => `${person}, the time to decide ended`,
  question: (action: Action) => `Request again to ${orderOf(action)}?`,
  outcome: expired,
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

const KICKERS: Partial<Record<Action['status'], string>> = {
  'reversal-failed': 'the undo failed',
  kept: 'is this still needed?',
};

export const REVIEW = {
  title: 'Keep, extend or undo',
  kicker: ({ status }: Action, person: string) =>
    `${person}, ${KICKERS[status] ?? 'please decide'}`,
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
  undo: (action: Action) => {
    if (undoesNothing(action)) return 'Close the record';
    return action.status === 'reversal-failed' ? 'Try the undo again' : 'Undo now';
  },
  undoHint: (action: Action) =>
    undoesNothing(action) ? 'changes nothing in AWS' : 'starts at once',
  shared: (others: readonly Action[], joined: readonly string[]) =>
    [
      ...(others.length > 0
        ? [
            `Also needed by ${others.map((one) => `${one.actionId} of ${one.incidentId}`).join(', ')}.`,
          ]
        : []),
      ...(joined.length > 0 ? [`Also proposed in ${joined.join(', ')}.`] : []),
      'An undo ends the change for all of them.',
    ].join(' '),
  keep: ({ status }: Action) => (status === 'kept' ? 'Keep it longer' : 'Keep'),
  keepHint: ({ status }: Action) =>
    status === 'kept' ? 'you are asked again later' : 'until someone undoes it',
  extend: (until: string, reader: Reader) => `Extend until ${timeFor(until, reader)}`,
  extendHint: (minutes: number) => `${span(minutes)} more`,
  noExtensionLeft: (count: number) => `Extended ${count} times, the most that policy allows.`,
  kept: { strong: 'Kept.', text: ' It stays until someone undoes it.' },
  targetGone: {
    strong: 'The target no longer exists.',
    text: ' Nothing is left to undo. Close the record.',
  },
  removed: {
    strong: 'Someone else removed this.',
    text: ' Nothing is left to undo. Close the record.',
  },
  inPlaceBefore: {
    strong: 'This was in place before.',
    text: ' Closing the record leaves it in place.',
  },
  failed: {
    strong: 'The undo failed.',
    text: ' According to the record, the change is still in place.',
  },
  unproven: {
    strong: 'The undo stopped.',
    text: ' The record has no proof of what to restore. First compare it with its copies in the archive.',
  },
  due: (time: string, action: Action, reader: Reader) => ({
    strong: `Undo in ${time}`,
    text: `, at ${timeFor(action.dueAt, reader)}, unless you extend or keep it.`,
  }),
} as const;

export const COMMON = {
  signIn: 'Sign in to decide',
  signInHint: 'then you return to this page',
  current: 'See the current state',
  underMinute: 'under 1 min',
} as const;

/** A failed action may have been applied in part before it was undone. */
export const affectedLabel = (action: Action, now: Date): string =>
  action.status === 'failed' && action.before !== null
    ? FACTS.affectedInPart
    : FACTS.affected[progressOf(action, now)];
