// Finds sources of evidence that a text claims to have read, and nobody read.
import type { Citable } from '../domain/citable.ts';

/** How people name a source, and the name that it has in a dossier; null for one that is never looked up. */
const SOURCES: readonly (readonly [pattern: RegExp, source: string | null])[] = [
  [/cloud ?trail|event history/i, 'cloudtrail'],
  [/flow logs?\b/i, 'flow-logs'],
  [/reverse dns|ptr record/i, 'dns'],
  [/aws config\b|config(?:uration)? history/i, 'config'],
  [/virus ?total|spamhaus|abuse ?ipdb|grey ?noise|shodan|talos|recorded future|alienvault/i, null],
  [/whois|passive dns|access logs?\b|athena|detective|splunk|siem\b|edr\b/i, null],
];

/** The sentence says what is missing or should be done, and not what the source says. */
const NO_CLAIM =
  /\b(?:unknown|unread|unavailable|missing|would|will|should|can|could|may|might|enable|record|check|review|ask|not (?:been )?(?:read|available|known|looked up|listed))\b/i;

export function unreadSources(
  texts: readonly string[],
  citable: readonly Pick<Citable, 'source'>[],
): string[] {
  const sentences = texts
    .flatMap((text) => text.split(/(?<=[.!?;])\s+|\n/))
    .filter((sentence) => !NO_CLAIM.test(sentence));
  return SOURCES.filter(
    ([pattern, source]) =>
      sentences.some((sentence) => pattern.test(sentence)) &&
      !citable.some((line) => line.source === source),
  ).map(([pattern]) => pattern.source);
}
