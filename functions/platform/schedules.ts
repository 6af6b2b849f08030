// Schedules the reversal and the reminder of an action.
import type { Action } from '../domain/action.ts';
import type { Instant } from '../domain/reference.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Limits } from '../policy/schemas/limits.ts';

export type Scheduled = {
  /** Unique in the schedule group. Putting the same name and time again is harmless. */
  name: string;
  at: Date;
  target:
    | {
        kind: 'reverse';
        input: {
          incidentId: string;
          actionId: string;
          scope: string;
          cause: 'due';
          by: string;
          /** Evidence of the executor, in case the record loses it. Null for an action of an earlier version. */
          evidence: string | null;
        };
      }
    | { kind: 'remind'; input: { incidentId: string; actionId: string } };
};

export type Schedules = {
  /** Creates or replaces. */
  put(schedule: Scheduled): Promise<void>;
  /** Succeeds if the schedule doesn't exist: it may have fired already. */
  remove(name: string): Promise<void>;
};

export const reversalScheduleName = (actionId: string) => `reverse-${actionId}`;
export const reminderScheduleName = (actionId: string) => `remind-${actionId}`;

/** `leadMinutes` before the due time, or half-way if the duration is at most twice the lead. */
export function reminderTime(due: Date, durationMinutes: number, leadMinutes: number): Date {
  const minutes = durationMinutes <= 2 * leadMinutes ? durationMinutes / 2 : leadMinutes;
  return new Date(due.getTime() - minutes * 60_000);
}

/**
 * Promise 4 requires the undo within 60 s of the due time. EventBridge Scheduler fires within the minute that starts at
 * the set time. With this lead it fires between 45 s before and 15 s after the due time.
 */
export const REVERSAL_LEAD_MS = 45_000;
/**
 * The sweeper runs every minute. It starts a missed reversal 50 s after the due time at the latest, which leaves 10 s.
 */
const SWEPT_FROM_MINUTES = -10 / 60;

export const overdueAt = (dueAt: Instant): Instant => minutesAfter(dueAt, SWEPT_FROM_MINUTES);

/**
 * Sets the reversal for the due time and the reminder before it, or moves both. Does nothing for an action that has no
 * due time.
 */
export async function scheduleEnd(
  schedules: Schedules,
  action: Pick<
    Action,
    'incidentId' | 'actionId' | 'scope' | 'dueAt' | 'durationMinutes' | 'evidence'
  >,
  { reminderMinutesBefore }: Pick<Limits, 'reminderMinutesBefore'>,
): Promise<void> {
  const { incidentId, actionId, scope, dueAt, durationMinutes, evidence } = action;
  if (!dueAt || !durationMinutes || !scope) return;
  const at = new Date(dueAt);
  await schedules.put({
    name: reversalScheduleName(actionId),
    at,
    target: {
      kind: 'reverse',
      input: { incidentId, actionId, scope, cause: 'due', by: 'schedule', evidence },
    },
  });
  await schedules.put({
    name: reminderScheduleName(actionId),
    at: reminderTime(at, durationMinutes, reminderMinutesBefore),
    target: { kind: 'remind', input: { incidentId, actionId } },
  });
}

/** The reminder to review an action that a person kept. */
export async function scheduleReview(
  schedules: Schedules,
  { incidentId, actionId, reviewAt }: Pick<Action, 'incidentId' | 'actionId' | 'reviewAt'>,
): Promise<void> {
  if (!reviewAt) return;
  await schedules.put({
    name: reminderScheduleName(actionId),
    at: new Date(reviewAt),
    target: { kind: 'remind', input: { incidentId, actionId } },
  });
}

/** For an action that ended or is kept. */
export async function unscheduleEnd(schedules: Schedules, actionId: string): Promise<void> {
  const names = [reversalScheduleName(actionId), reminderScheduleName(actionId)];
  await Promise.all(names.map((name) => schedules.remove(name)));
}
