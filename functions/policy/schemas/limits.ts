// policies/limits.yaml: rates, thresholds and time spans.
import * as z from 'zod/mini';
import { isSevere, SeverityLabel } from '../../domain/alert.ts';
import { Day, TimeOfDay, TimeZone } from '../../domain/weekly-window.ts';

export const LimitsFile = z.strictObject({
  /** Automatic actions in any 60 seconds. Further actions need approval. */
  automaticPerMinute: z.strictObject({
    perAccount: z.int().check(z.gte(0), z.lte(100)),
    perAction: z.int().check(z.gte(0), z.lte(100)),
    perIncident: z.int().check(z.gte(0), z.lte(100)),
  }),
  /** Distinct targets of automatic actions in any hour. */
  distinctTargetsPerHour: z.int().check(z.gte(0), z.lte(1000)),
  /** Of each count above, how many only actions about high and critical alerts may use. */
  slotsReservedForSevere: z.strictObject({
    perAccount: z.int().check(z.gte(0), z.lte(100)),
    perAction: z.int().check(z.gte(0), z.lte(100)),
    perIncident: z.int().check(z.gte(0), z.lte(100)),
    targetsPerHour: z.int().check(z.gte(0), z.lte(1000)),
  }),
  /**
   * Limits on paging. Fewer pages are stricter: a request that pages no one expires and nothing happens. The minimum is
   * one, so that no account can silence its people.
   */
  pages: z.strictObject({
    /** In any 60 minutes, for each person and for the team. A failed reversal pages regardless of the count. */
    perPersonPerHour: z.int().check(z.gte(1), z.lte(60)),
    /** Of these, how many only high and critical alerts may use. */
    reservedForSevere: z.int().check(z.gte(0), z.lte(60)),
    /**
     * How people are notified about an alert. `always`: pages, and the first page about an incident ignores the limit.
     * `page`: pages within the limit. `inform`: never pages. `morning`: never pages, and outside working hours, a
     * message that needs no answer waits for one digest. Only alerts below high may have the last two.
     */
    bySeverity: z.record(SeverityLabel, z.enum(['always', 'page', 'inform', 'morning'])).check(
      ...SeverityLabel.options.filter(isSevere).map((one) =>
        z.refine<Record<SeverityLabel, string>>(
          (by) => by[one] === 'always' || by[one] === 'page',
          {
            error: 'expected "always" or "page", because an attack must page someone',
            path: [one],
          },
        ),
      ),
    ),
    /**
     * Messages that wait for the morning are sent when these hours begin. A person's own time zone replaces this one.
     */
    workingHours: z.strictObject({
      timeZone: TimeZone,
      days: z.array(Day).check(z.minLength(1)),
      from: TimeOfDay,
      /** Earlier than `from` if the hours cross midnight. */
      to: TimeOfDay,
    }),
    /** Delay of the digest that collects messages over the limit. The digest doesn't page. */
    digestAfterMinutes: z.int().check(z.gte(1), z.lte(60)),
  }),
  /** Events within the window that open the breaker. While it is open, every action needs approval. */
  breaker: z.strictObject({
    windowMinutes: z.int().check(z.gte(1), z.lte(10_080)),
    declines: z.int().check(z.gte(1), z.lte(100)),
    failedVerifications: z.int().check(z.gte(1), z.lte(100)),
    failedReversals: z.int().check(z.gte(1), z.lte(100)),
    reversalsByHand: z.int().check(z.gte(1), z.lte(100)),
    cascades: z.int().check(z.gte(1), z.lte(100)),
  }),
  /** How long after an action, or its end, alerts that it explains count as self-inflicted. */
  selfInflictedMinutes: z.int().check(z.gte(1), z.lte(10_080)),
  /** Alerts that share a resource or an actor within this time are grouped into one incident. */
  groupingWindowMinutes: z.int().check(z.gte(1), z.lte(1440)),
  /** A finding that recurs this long after its assessment is assessed again if its incident is closed. */
  reassessAfterHours: z.int().check(z.gte(1), z.lte(168)),
  /** Every action on a finding that was last seen longer ago than this needs approval. */
  findingMaxAgeHours: z.int().check(z.gte(1), z.lte(168)),
  /** How often a person may extend an action, each time by at most its maximum duration. */
  maxExtensions: z.int().check(z.gte(0), z.lte(10)),
  /** The person who keeps an action is asked to review it after this many days. */
  keptReviewDays: z.int().check(z.gte(1), z.lte(365)),
  /** The reminder is sent this long before the due time, or half-way if the duration is at most twice this long. */
  reminderMinutesBefore: z.int().check(z.gte(1), z.lte(1440)),
  /** A mechanism whose last passed drill is older than this needs approval, even for a tier-1 action. */
  drillMaxAgeDays: z.int().check(z.gte(1), z.lte(365)),
});
export type Limits = z.infer<typeof LimitsFile>;
