// policies/calendar.yaml: change calendars and planned work.
import * as z from 'zod/mini';
import { Day, TimeOfDay, TimeZone, type WeeklyWindow } from '../../domain/weekly-window.ts';
import { EntryId } from './id.ts';
import { Scanner } from './scanner.ts';

/** `*` matches any characters. */
const Patterns = z.array(z.string().check(z.minLength(1), z.maxLength(2048))).check(z.minLength(1));

const CLOCK = ['days', 'from', 'to'] as const;
const NAMED = ['values', 'identities', 'sources', 'targets'] as const;
/** Without a clock, one list alone would cover too much. */
const NEEDED_WITHOUT_CLOCK = 2;

const PlannedWork = z
  .strictObject({
    id: EntryId,
    why: z.string().check(z.minLength(5), z.maxLength(300)),
    /** IANA name, such as `Europe/Berlin`. UTC if absent. */
    timeZone: z.optional(TimeZone),
    days: z.optional(z.array(Day).check(z.minLength(1))),
    from: z.optional(TimeOfDay),
    /** Earlier than `from` if the window crosses midnight. */
    to: z.optional(TimeOfDay),
    /** The names that `from` and `to` had in earlier versions, always in UTC. */
    fromUtc: z.optional(TimeOfDay),
    toUtc: z.optional(TimeOfDay),
    /** Users, keys, addresses and resources, in any part of the alert. */
    values: z.optional(Patterns),
    /** Users, roles and keys. */
    identities: z.optional(Patterns),
    /** Addresses and ranges from which the work comes. */
    sources: z.optional(Patterns),
    /** Resources on which it works. */
    targets: z.optional(Patterns),
  })
  .check(
    z.superRefine((work, ctx) => {
      const fault = (field: string, message: string) =>
        ctx.addIssue({ code: 'custom', message, path: [field] });
      const isOld = work.fromUtc !== undefined || work.toUtc !== undefined;
      const clock = isOld ? (['days', 'fromUtc', 'toUtc'] as const) : CLOCK;
      const given = clock.filter((field) => work[field] !== undefined);
      for (const field of clock)
        if (given.length > 0 && work[field] === undefined)
          fault(field, `expected ${clock.join(', ')} together`);
      if (isOld && (work.timeZone ?? work.from ?? work.to) !== undefined)
        fault('fromUtc', 'expected from and to, which are in timeZone');
      if (!isOld && given.length === 0 && work.timeZone !== undefined)
        fault('timeZone', 'has no effect without days, from and to');
      const named = NAMED.filter((field) => work[field] !== undefined);
      if (named.length === 0) fault('values', `expected one of ${NAMED.join(', ')}`);
      if (given.length === 0 && named.length < NEEDED_WITHOUT_CLOCK)
        fault('days', 'expected days, from and to, or two of identities, sources and targets');
    }),
  );
export type PlannedWork = z.infer<typeof PlannedWork>;

/** When the work takes place; null for work without a clock. */
export function windowOf(work: PlannedWork): WeeklyWindow | null {
  const { timeZone = 'UTC', days, from = work.fromUtc, to = work.toUtc } = work;
  return days && from && to ? { timeZone, days, from, to } : null;
}

export const CalendarFile = z.strictObject({
  /**
   * Names or ARNs of SSM change calendars, each in its own time zone. While one is closed, every action needs approval.
   */
  changeCalendars: z
    .array(z.string().check(z.minLength(1), z.maxLength(256)))
    .check(z.maxLength(10)),
  plannedWork: z.array(PlannedWork),
  /** Scanners of your own or of a supplier. For people and the model to read: no rule depends on them. */
  scanners: z._default(z.array(Scanner).check(z.maxLength(50)), []),
});
