// policies/limits.yaml: how much, how often and for how long.
import * as z from 'zod';

export const LimitsFile = z.strictObject({
  /** Automatic actions in any 60 seconds; what is above waits for a person. */
  automaticPerMinute: z.strictObject({
    perAccount: z.int().min(0).max(100),
    perAction: z.int().min(0).max(100),
    perIncident: z.int().min(0).max(100),
  }),
  /** On how many different targets automatic actions may fall in any hour. */
  distinctTargetsPerHour: z.int().min(0).max(1000),
  /**
   * How often people are woken. Fewer is stricter: what is put to a person and wakes nobody ends with nothing done. One
   * page is the least, so that no account silences its people.
   */
  pages: z.strictObject({
    /** In any 60 minutes, for each person, and for the team as a whole. A reversal that failed pages whatever the count. */
    perPersonPerHour: z.int().min(1).max(60),
    /** What is above comes in one message so long after the first of it, which wakes nobody. */
    digestAfterMinutes: z.int().min(1).max(60),
  }),
  /** The numbers within the window at which the breaker has everything put to a person. */
  breaker: z.strictObject({
    windowMinutes: z.int().min(1).max(10_080),
    declines: z.int().min(1).max(100),
    failedVerifications: z.int().min(1).max(100),
    failedReversals: z.int().min(1).max(100),
    reversalsByHand: z.int().min(1).max(100),
    cascades: z.int().min(1).max(100),
  }),
  /** For so long after an action, or its end, alerts that it explains are expected. */
  selfInflictedMinutes: z.int().min(1).max(10_080),
  /** Alerts that share a resource or an actor within this time belong to one incident. */
  groupingWindowMinutes: z.int().min(1).max(1440),
  /** A finding that is seen again this long after it was assessed, its incident being closed, is assessed again. */
  reassessAfterHours: z.int().min(1).max(168),
  /** How often a person may extend one action, each time by its maximum duration at most. */
  maxExtensions: z.int().min(0).max(10),
  /** Whoever keeps an action is asked again after this many days whether it is still right. */
  keptReviewDays: z.int().min(1).max(365),
  /** The reminder goes out this long before the due time, or half-way where the duration is at most twice this. */
  reminderMinutesBefore: z.int().min(1).max(1440),
  /** A mechanism whose last passed drill is older asks a person, whatever the tier of its action. */
  drillMaxAgeDays: z.int().min(1).max(365),
});
export type Limits = z.infer<typeof LimitsFile>;
