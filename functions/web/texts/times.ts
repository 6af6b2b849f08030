// Times for one reader: UTC, and the local time where policy knows the zone.
import { utc } from '../../domain/wording.ts';

/** `zone`: the reader's time zone, for example `Europe/Berlin`. */
export type Reader = { now: Date; zone: string };

/**
 * A time with as much of its date as the reader needs.
 *
 * @example timeFor('2026-11-24T03:15:00Z', { now, zone: 'Europe/Berlin' }) // '03:15 UTC (04:15 your time)'
 */
export function timeFor(instant: string | null | undefined, { now, zone }: Reader): string {
  const time = utc(instant, now);
  const local = instant ? localTime(new Date(instant), zone) : null;
  return local === null ? time : `${time} (${local} your time)`;
}

/** `04:15`, or `04:15 on 25 Nov` if the local date differs; null where local time is UTC. */
function localTime(at: Date, timeZone: string): string | null {
  const [local, inUtc] = [partsOf(at, timeZone), partsOf(at, 'UTC')];
  if (local.time === inUtc.time && local.day === inUtc.day) return null;
  return local.day === inUtc.day ? local.time : `${local.time} on ${local.day}`;
}

const partsOf = (at: Date, timeZone: string) => ({
  time: at.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }),
  day: at.toLocaleDateString('en-GB', { timeZone, day: 'numeric', month: 'short' }),
});
