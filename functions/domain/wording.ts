// Formats times, durations and untrusted text for people.

export type Moment = string | Date | null | undefined;

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

/** An error as people read it: its message, without the name of its class. */
export const withoutErrorName = (text: string): string => text.replace(/^[A-Z]\w+: (?=\S)/, '');

/** With a capital letter first, to begin a sentence. */
export const capitalised = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A number with its noun: `1 alert`, `at least 2 alerts`. */
export const counted = (count: number | string, noun: string, plural = `${noun}s`): string =>
  `${count} ${/(?:^| )1$/.test(String(count)) ? noun : plural}`;

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

/**
 * Control characters, invisible characters, and characters that change the reading direction. They can hide text.
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]+/gu;

/**
 * At most `most` UTF-16 units, without half a surrogate pair at the end. AWS services reject text that is not valid
 * UTF-8: an attacker who places an emoji at the cut would otherwise keep the alert from the model, or a message from
 * people.
 */
export const truncate = (text: string, most: number): string => text.slice(0, most).toWellFormed();

/** The text cut to `most` characters, with an ellipsis where something is missing. A URL at the cut is left out. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  const cut = truncate(text, most - 1);
  const url = cut.search(/https?:\/\/\S*$/);
  return `${url < 0 ? cut : cut.slice(0, url)}…`;
}

/**
 * At most `most` lines. If there are more, the last line counts them.
 *
 * @example folded(['a', 'b', 'c'], 2) // ['a', 'and 2 more']
 */
export const folded = (
  lines: readonly string[],
  most: number,
  rest = (count: number): string => `and ${count} more`,
): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), rest(lines.length - most + 1)];

/** Untrusted text, with one space for each run of invisible characters and line breaks. */
export const visible = (text: string): string => text.toWellFormed().replace(DECEPTIVE, ' ');

/** Untrusted text on one line, without invisible characters, and truncated. */
export function oneLine(text: string, most = 300): string {
  const line = visible(text).replace(/ {2,}/g, ' ').trim();
  return shortened(line, most);
}

/** Like `oneLine`, with every URL changed so that no mail program makes a link of it. */
export const unlinked = (text: string, most = 300): string =>
  oneLine(text, most).replace(/:\/\//g, '[:]//').replace(WWW, 'www[.]');

const WWW = /\bwww\./gi;

/** Every URL except those of hosts that Countermand writes itself in its texts and commands. */
const FOREIGN =
  /:\/\/(?!(?:[a-z0-9-]+\.console\.aws\.amazon\.com|graph\.microsoft\.com|nodejs\.org|127\.0\.0\.1|localhost)(?::\d{1,5})?(?:[/?#\s'"]|$))/gi;

/**
 * Text that leaves Countermand, after everything else was done to it: no control or invisible character, no live link
 * of someone else. Keeps line breaks. Every way out uses this: messages, tickets, pages, the terminal and the log.
 */
export const harmless = (text: string): string =>
  text.split('\n').map(visible).join('\n').replace(FOREIGN, '[:]//').replace(WWW, 'www[.]');

/** Like `unlinked`, in quotation marks. */
export const quoted = (text: string, most = 300): string =>
  `“${unlinked(text, most).replaceAll('“', '"').replaceAll('”', '"')}”`;

/** An ID such as `block_ip_at_firewall` or `reversal-failed` as words. */
export const words = (id: string): string => id.replaceAll(/[-_]/g, ' ');

/**
 * Quoted for bash. A target's name may be untrusted; in single quotes, a shell expands nothing. Characters that would
 * hide something, and foreign links, are written as escapes, so that the command still names the exact target.
 */
export function shellQuoted(text: string): string {
  if (harmless(text) === text && !text.includes('\n')) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text
    .toWellFormed()
    .replace(/[\\']/g, '\\$&')
    .replace(FOREIGN, ':\\x2f/')
    .replace(WWW, 'www\\x2e')
    .replace(DECEPTIVE, (run) => Array.from(run, escapeOf).join(''));
  return `$'${escaped}'`;
}

const escapeOf = (character: string): string =>
  `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
