// Formats times, durations and untrusted text for people.

type Moment = string | Date | null | undefined;

/**
 * A time with as much of its date as the reader needs at `now`: none on the same day, no year in the same year.
 *
 * @example utc('2026-11-24T03:15:00Z') // '03:15 UTC on 24 Nov 2026'
 */
export function utc(instant: Moment, now?: Moment): string {
  if (!instant) return 'an unknown time';
  const at = new Date(instant);
  const reader = now ? new Date(now).toISOString() : '';
  const time = `${at.toISOString().slice(11, 16)} UTC`;
  if (reader.slice(0, 10) === at.toISOString().slice(0, 10)) return time;
  const day = `${time} on ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
  return reader.slice(0, 4) === at.toISOString().slice(0, 4)
    ? day
    : `${day} ${at.getUTCFullYear()}`;
}

/** `03:15 UTC`, for times within the hour. */
export const timeOfDay = (instant: string | null | undefined): string =>
  instant ? `${instant.slice(11, 16)} UTC` : 'an unknown time';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * A duration in words.
 *
 * @example span(90) // '1 h 30 min'
 */
export function span(minutes: number): string {
  const whole = Math.max(0, Math.round(minutes));
  const hours = Math.floor(whole / 60);
  if (hours === 0) return `${whole} min`;
  return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`;
}

/** Control characters, invisible characters, and characters that change the reading direction. They can hide text. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * At most `most` UTF-16 units, without half a surrogate pair at the end. AWS services reject text that is not valid
 * UTF-8: an attacker who places an emoji at the cut would otherwise keep the alert from the model, or a message from
 * people.
 */
export const truncate = (text: string, most: number): string => text.slice(0, most).toWellFormed();

/** Untrusted text, with one space for each run of invisible characters and line breaks. */
export const visible = (text: string): string => text.toWellFormed().replace(DECEPTIVE, ' ');

/** Untrusted text on one line, without invisible characters, and truncated. */
export function oneLine(text: string, most = 300): string {
  const line = visible(text).replace(/ {2,}/g, ' ').trim();
  return line.length <= most ? line : `${truncate(line, most - 1)}…`;
}

/** Like `oneLine`, with every URL changed so that no mail program makes a link of it. */
export const unlinked = (text: string, most = 300): string =>
  oneLine(text, most)
    .replace(/:\/\//g, '[:]//')
    .replace(/\bwww\./gi, 'www[.]');

/** Like `unlinked`, in quotation marks. */
export const quoted = (text: string, most = 300): string =>
  `“${unlinked(text, most).replaceAll('“', '"').replaceAll('”', '"')}”`;

/** An ID such as `block_ip_at_firewall` or `reversal-failed` as words. */
export const words = (id: string): string => id.replaceAll(/[-_]/g, ' ');

/** Quoted for a POSIX shell. A target's name may be untrusted; in single quotes, a shell expands nothing. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
