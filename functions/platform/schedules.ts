// Schedules a reversal and its reminder. EventBridge Scheduler in an account, a local clock on a laptop.
import type { Action } from '../domain/action.ts';
import type { Instant } from '../domain/alert.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Limits } from '../policy/schemas/limits.ts';

export type Scheduled = {
  /** Unique in the schedule group; the same name again with the same time is harmless. */
  name: string;
  at: Date;
  target:
    | {
        kind: 'reverse';
        input: { incidentId: string; actionId: string; scope: string; cause: 'due'; by: string };
      }
    | { kind: 'remind'; input: { incidentId: string; actionId: string } };
};

export type Schedules = {
  /** Creates or replaces. */
  put(schedule: Scheduled): Promise<void>;
  /** No error when there is none: it may have fired already. */
  remove(name: string): Promise<void>;
};

export const reversalScheduleName = (actionId: string) => `reverse-${actionId}`;
export const reminderScheduleName = (actionId: string) => `remind-${actionId}`;

/** The reminder's lead, or half-way where the duration is at most twice the lead. */
export function reminderTime(due: Date, durationMinutes: number, leadMinutes: number): Date {
  const minutes = durationMinutes <= 2 * leadMinutes ? durationMinutes / 2 : leadMinutes;
  return new Date(due.getTime() - minutes * 60_000);
}

/**
 * Promise 4 in numbers: undone within 60 s of the due time. EventBridge Scheduler fires anywhere within the minute that
 * begins at the set time; with this lead, from 45 s before the due time to 15 s after it.
 */
export const REVERSAL_LEAD_MS = 45_000;
/** The sweeper comes once a minute: it finds what no schedule has undone 50 s after the due time, and has 10 s for it. */
const SWEPT_FROM_MINUTES = -10 / 60;

export const overdueAt = (dueAt: Instant): Instant => minutesAfter(dueAt, SWEPT_FROM_MINUTES);

/** Sets the reversal for the action's due time and the reminder before it, or moves both. Nothing where it has no end. */
export async function scheduleEnd(
  schedules: Schedules,
  action: Pick<Action, 'incidentId' | 'actionId' | 'scope' | 'dueAt' | 'durationMinutes'>,
  { reminderMinutesBefore }: Pick<Limits, 'reminderMinutesBefore'>,
): Promise<void> {
  const { incidentId, actionId, scope, dueAt, durationMinutes } = action;
  if (!dueAt || !durationMinutes || !scope) return;
  const at = new Date(dueAt);
  await schedules.put({
    name: reversalScheduleName(actionId),
    at,
    target: {
      kind: 'reverse',
      input: { incidentId, actionId, scope, cause: 'due', by: 'schedule' },
    },
  });
  await schedules.put({
    name: reminderScheduleName(actionId),
    at: reminderTime(at, durationMinutes, reminderMinutesBefore),
    target: { kind: 'remind', input: { incidentId, actionId } },
  });
}

/** The reminder to look again at what somebody kept. */
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

/** For what is over, or kept. */
export async function unscheduleEnd(schedules: Schedules, actionId: string): Promise<void> {
  const names = [reversalScheduleName(actionId), reminderScheduleName(actionId)];
  await Promise.all(names.map((name) => schedules.remove(name)));
}
