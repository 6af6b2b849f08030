// Schedules a reversal and its reminder. EventBridge Scheduler in an account, a local clock on a laptop.

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
 * EventBridge Scheduler fires anywhere within the minute that begins at the set time. Set half a minute early, a
 * reversal comes within half a minute of its due time, before or after.
 */
export const REVERSAL_LEAD_MS = 30_000;
