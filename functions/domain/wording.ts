// Times, spans and foreign text in words for people: one form on every page and in every message.

/** `03:15 UTC on 24 Nov`; the day matters where something lasts longer than a night. */
export function utc(instant: string | Date | null | undefined): string {
  if (!instant) return 'an unknown time';
  const at = new Date(instant);
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
  return `${at.toISOString().slice(11, 16)} UTC on ${day}`;
}

/** `03:15 UTC`, for what ends within the hour. */
export const hour = (instant: string | null | undefined): string =>
  instant ? `${instant.slice(11, 16)} UTC` : 'an unknown time';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * Minutes as people say them.
 *
 * @example span(90) // '1 h 30 min'
 */
export function span(minutes: number): string {
  const whole = Math.max(0, Math.round(minutes));
  const hours = Math.floor(whole / 60);
  if (hours === 0) return `${whole} min`;
  return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`;
}

/** Control characters, and those that turn the direction of reading or take no room: they can hide what stands there. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * At most so many characters, and no half of one at the end: what is no UTF-8 is refused by services, and an attacker
 * who places an emoji at the cut would keep an alert from the model, or a message from people.
 */
export const cut = (text: string, most: number): string => text.slice(0, most).toWellFormed();

/** Text that an attacker may have written, with a space for each run of invisible characters and line breaks. */
export const visible = (text: string): string => text.toWellFormed().replace(DECEPTIVE, ' ');

/** Text that an attacker may have written, on one line, with nothing invisible in it, and not too long. */
export function oneLine(text: string, most = 300): string {
  const line = visible(text).replace(/ {2,}/g, ' ').trim();
  return line.length <= most ? line : `${cut(line, most - 1)}…`;
}

/** The same with no address left that a mail program would turn into a link. */
export const unlinked = (text: string, most = 300): string =>
  oneLine(text, most)
    .replace(/:\/\//g, '[:]//')
    .replace(/\bwww\./gi, 'www[.]');

/** The same in quotation marks. */
export const quoted = (text: string, most = 300): string =>
  `“${unlinked(text, most).replaceAll('“', '"').replaceAll('”', '"')}”`;

/** An id such as `block_ip_at_firewall` or `reversal-failed` as words. */
export const words = (id: string): string => id.replaceAll(/[-_]/g, ' ');

/** A target may be an attacker's words: in single quotes, a POSIX shell takes all of them as they stand. */
export const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
