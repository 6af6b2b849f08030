// Changes and their undos, as bars and moments of a timeline.
import { type Action, lastIndexOf } from '../../domain/action.ts';
import { informs } from '../../domain/action-catalog.ts';
import { oneLine } from '../../domain/wording.ts';
import { doneOf, headlineOf, progressOf } from '../../messaging/texts/action-line.ts';
import { reminderTime } from '../../platform/schedules.ts';
import type { IncidentView } from './incident-view.ts';
import type { Effect, Mark, Moment } from './moments.ts';

/** History entries about the change that the bar alone does not show. */
const CHANGE: Readonly<
  Record<string, { short: string; mark: Mark; says: (action: Action) => string }>
> = {
  'in-force': {
    short: 'Applied',
    mark: 'yes',
    says: (action) => `${doneOf(action)}; verified in AWS.`,
  },
  reversed: { short: 'Undone', mark: 'yes', says: (action) => `Undone: ${doneOf(action)}.` },
  'reversal-failed': {
    short: 'Undo failed',
    mark: 'bad',
    says: (action) => `The undo failed: ${doneOf(action)}.`,
  },
  failed: { short: 'Failed', mark: 'bad', says: (action) => `Failed: ${headlineOf(action)}.` },
  drifted: {
    short: 'Removed',
    mark: 'bad',
    says: (action) => `Someone else removed it: ${doneOf(action)}.`,
  },
  'target-gone': {
    short: 'Target gone',
    mark: 'no',
    says: (action) => `The target was deleted: ${doneOf(action)}.`,
  },
};

export function effectMoments(
  action: Action,
  { reminderMinutes }: IncidentView,
  now: Date,
): Moment[] {
  if (informs(action.name)) return [];
  const past = action.history.flatMap(({ at, event }): Moment[] => {
    const known = CHANGE[event];
    if (!known) return [];
    const { short, mark, says } = known;
    return [{ at, lane: 'effects', mark, short, under: '', says: oneLine(says(action)) }];
  });
  const reminderAt = reminderOf(action, reminderMinutes, now);
  const reminder: Moment[] = reminderAt
    ? [
        {
          ...{ at: reminderAt, lane: 'effects', mark: 'due', short: 'Reminder', under: '' },
          says: `Due: a reminder to keep, extend or undo: ${doneOf(action)}.`,
        },
      ]
    : [];
  const due: Moment[] =
    action.status === 'in-force' && action.dueAt
      ? [
          {
            ...{ at: action.dueAt, lane: 'effects', mark: 'due', short: 'Undo', under: '' },
            says: `Due: the undo, unless a person keeps the change: ${doneOf(action)}.`,
          },
        ]
      : [];
  return [...past, ...reminder, ...due];
}

/** The time of the reminder before the undo; null if it has passed or there is none. */
function reminderOf(
  { status, dueAt, durationMinutes }: Action,
  minutes: number,
  now: Date,
): string | null {
  if (status !== 'in-force' || !dueAt || !durationMinutes) return null;
  const at = reminderTime(new Date(dueAt), durationMinutes, minutes).toISOString();
  return at > now.toISOString() ? at : null;
}

export function effectOf(action: Action, { now, reminderMinutes }: IncidentView): Effect[] {
  const { actionId, status, appliedAt, dueAt, approval, history } = action;
  if (informs(action.name)) return [];
  const label = oneLine(headlineOf(action), 60);
  if (status === 'awaiting-approval' && approval && progressOf(action, now) === 'ahead')
    return [
      {
        ...{ actionId, label, from: approval.requestedAt, until: approval.expiresAt },
        ...{ state: 'asked', reminderAt: null },
      },
    ];
  if (!appliedAt || progressOf(action) === 'never') return [];
  const end = history[Math.max(lastIndexOf(history, 'reversed'), lastIndexOf(history, 'failed'))];
  const states: Partial<Record<Action['status'], Effect['state']>> = {
    'in-force': 'in-force',
    reversing: 'in-force',
    kept: 'kept',
    'reversal-failed': 'failed',
  };
  const state = states[status] ?? 'ended';
  return [
    {
      ...{ actionId, label, from: appliedAt, state },
      until: state === 'ended' ? (end?.at ?? dueAt) : state === 'in-force' ? dueAt : null,
      reminderAt: reminderOf(action, reminderMinutes, now),
    },
  ];
}
