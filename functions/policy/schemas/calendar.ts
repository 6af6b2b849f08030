// policies/calendar.yaml: change calendars and planned work.
import * as z from 'zod/mini';

const TimeOfDay = z
  .string()
  .check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as "03:30"'));

export const CalendarFile = z.strictObject({
  /** Names or ARNs of SSM change calendars. While one is closed, every action needs approval. */
  changeCalendars: z
    .array(z.string().check(z.minLength(1), z.maxLength(256)))
    .check(z.maxLength(10)),
  plannedWork: z.array(
    z.strictObject({
      id: z.string().check(z.regex(/^[a-z0-9-]{3,64}$/)),
      why: z.string().check(z.minLength(5), z.maxLength(300)),
      days: z
        .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
        .check(z.minLength(1)),
      fromUtc: TimeOfDay,
      /** Earlier than `fromUtc` if the window crosses midnight. */
      toUtc: TimeOfDay,
      /** Users, keys, addresses and resources that are active in the window; `*` matches any characters. */
      values: z.array(z.string().check(z.minLength(1), z.maxLength(2048))).check(z.minLength(1)),
    }),
  ),
});
