// Finds sources that a text claims to have read, and that were not read.
import type { Citable } from '../domain/citable.ts';

/** How people name a source, and the name that it has in a dossier; null for one that is never looked up. */
const SOURCES: readonly (readonly [name: string, source: string | null])[] = [
  ['cloud ?trail|event history|audit (?:trail|logs?)', 'cloudtrail'],
  ['flow logs?|net ?flow|network telemetry|traffic logs?', 'flow-logs'],
  ['reverse dns|rdns|ptr(?: records?)?', 'dns'],
  ['aws config|config(?:uration)? history', 'config'],
  ['virus ?total|spamhaus|abuse ?ipdb|grey ?noise|shodan|talos|recorded future|alienvault', null],
  ['whois|passive dns|access logs?|athena|detective|splunk|siem|edr', null],
  ['endpoint agent|antivirus|change (?:board|ticket)|jira|service ?now|slack', null],
];

/** The words before a source that should be read, or of which there is none. */
const BEFORE =
  '(?:\\b(?:check|review|enable|look (?:at|in|into)|without|(?:access to|data from|activity in))(?: (?:the|its|their|all|vpc|aws))* )';
/** The words after a source that was not read, or that a later look may show. */
const AFTER = `(?: (?:${[
  "(?:was|were|is|are|has|have|could|can) ?(?:not|never|n['’]t)(?: be| been)? (?:read|known|available|looked up)",
  '(?:could|can) be (?:read|looked up)',
  '(?:was|were|is|are|has been|have been) (?:unknown|unavailable|missing|unread)',
  '(?:would|will|should|might|may)',
].join('|')})\\b)`;

/** `Cloud-Trail` and a name with an invisible character are the same name. */
const plain = (text: string): string =>
  text.replaceAll(/\p{Cf}/gu, '').replaceAll(/[\s\p{Pd}_]+/gu, ' ');

/** The text says that the source says something. "CloudTrail shows no login" does, too: absence is a claim. */
function claims(text: string, name: string): boolean {
  const named = `\\b(?:${name})\\b`;
  const rest = plain(text)
    .replaceAll(new RegExp(`${BEFORE}${named}`, 'gi'), '')
    .replaceAll(new RegExp(`${named}${AFTER}`, 'gi'), '');
  return new RegExp(named, 'i').test(rest);
}

export const unreadSources = (
  texts: readonly string[],
  citable: readonly Pick<Citable, 'source'>[],
): string[] =>
  SOURCES.filter(
    ([name, source]) =>
      texts.some((text) => claims(text, name)) && !citable.some((line) => line.source === source),
  ).map(([name]) => name);
