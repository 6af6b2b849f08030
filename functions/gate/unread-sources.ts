// Finds sources that a text claims to have read, and that were not read.
import type { Citable } from '../domain/citable.ts';

/** How people name a source, and the name that it has in a dossier; null for one that is never looked up. */
const SOURCES: readonly (readonly [name: string, source: string | null])[] = [
  ['cloud ?trail|event history|audit (?:trail|logs?|events?)|management events', 'cloudtrail'],
  ['flow logs?|net ?flow|network telemetry|traffic logs?', 'flow-logs'],
  ['reverse dns|rdns|ptr(?: records?)?', 'dns'],
  ['aws config|config(?:uration)? history', 'config'],
  ['virus ?total|spamhaus|abuse ?ipdb|grey ?noise|shodan|talos|recorded future|alienvault', null],
  ['whois|passive dns|access logs?|athena|detective|splunk|siem|edr', null],
  ['endpoint agent|antivirus|change (?:board|ticket)|jira|service ?now|slack', null],
];

/** The words before a source that should be read, of which there is none, or that someone changed. */
const BEFORE =
  '(?:\\b(?:check|review|enable|look (?:at|in|into)|without|(?:access to|data from|activity in)|(?:stop(?:s|ped)?|delete[sd]|disable[sd]|change[sd]|update[sd]|switche[sd] off|turn(?:s|ed) off))(?: (?:the|its|their|all|vpc|aws))* )';
/** The words after a source that was not read, or that a later look may show. */
const AFTER = `(?: (?:${[
  "(?:was|were|is|are|has|have|could|can) ?(?:not|never|n['’]t)(?: be| been)? (?:read|known|available|looked up)",
  '(?:could|can) be (?:read|looked up)',
  '(?:was|were|is|are|has been|have been) (?:unknown|unavailable|missing|unread)',
  '(?:would|will|should|might|may)',
  '(?:was|were|is|are|has been|have been) (?:stopped|deleted|disabled|changed|switched off|turned off)',
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

/** Nouns of records, and what is said of them. */
const RECORDS =
  'logs?|log ?(?:file|book)s?|histor(?:y|ies)|trails?|journals?|telemetry|audits?|feeds?|captures?|dashboards?|blocklists?|reputation|intelligence|monitoring';
const SAYS =
  '(?:show|list|say|said|report|confirm|record|prove|indicate|reveal|suggest|contain|state|tell|told|mention|document|name|register|attest)(?:s|ed|d)?|ha(?:s|ve|d)(?! been| not been)|is clean|are clean|is empty|are empty';
const QUALIFIED = `((?:[\\p{L}\\d'’.-]+ ){0,3}?)(${RECORDS})`;
const SAID = [
  `\\b${QUALIFIED} (?:(?:also|clearly|only|all|both|now|do(?:es)? not|did not|don['’]t|doesn['’]t|of [\\p{L}\\d' -]{1,30}) ){0,2}(?:${SAYS})\\b`,
  `\\b(?:according to|based on|judging by|as (?:seen|shown|listed|recorded|found) in|per|seen in|listed in|found in) ${QUALIFIED}\\b`,
].map((pattern) => new RegExp(pattern, 'giu'));

/** Words that say of which source records are. The first one that fits applies. */
const OF_SOURCE: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:vpc|flow|traffic|network|packet|connection)s?$/i, ['flow-logs']],
  [/^(?:config|configuration)$/i, ['config']],
  [/^(?:dns|ptr|reverse)$/i, ['dns']],
  [
    /^(?:api|iam|call|account|activity|event|login|sign-?in|console|management|audit)s?$/i,
    ['cloudtrail'],
  ],
  [/^(?:change|incident|alert|decision|request)s?$/i, ['records', 'cloudtrail', 'config']],
];
const LOGS: readonly string[] = ['cloudtrail', 'flow-logs', 'config', 'dns'];
/** Words that name no source. */
const NEUTRAL =
  /^(?:the|a|an|one|its|their|our|your|these|those|this|that|all|both|any|no|and|but|as|in|of|aws|amazon|available|recent|earlier|own|cited|past|user|key|role|host)$/i;

/** Whether the records that a sentence quotes are of a source that the lines have. */
function areRecordsRead(text: string, sources: ReadonlySet<string>): boolean {
  const said = plain(text).replaceAll(
    new RegExp(`${BEFORE}(?:[\\p{L}-]+ ){0,2}(?:${RECORDS})\\b`, 'giu'),
    '',
  );
  return SAID.flatMap((pattern) => [...said.matchAll(pattern)]).every(([, qualifiers = '']) => {
    const words = qualifiers.split(' ').filter(Boolean);
    const known = words.flatMap(
      (word) => OF_SOURCE.find(([pattern]) => pattern.test(word))?.[1] ?? [],
    );
    if (known.length > 0) return known.some((one) => sources.has(one));
    return words.every((word) => NEUTRAL.test(word)) && LOGS.some((one) => sources.has(one));
  });
}

/** What a person is said to have said: only records of plans and of decisions show it. */
const PERSON =
  'owners?|users?|employees?|colleagues?|managers?|admin(?:istrator)?s?|engineers?|analysts?|customers?|teams?|soc|help ?desk|security lead|people|person|they';
const SAID_SO = new RegExp(
  `(?<!\\b(?:if|whether|until|unless|who|that|ask|once|when|after|before|no|any)(?: (?:the|its|their|an?|our|your|responsible|other|on-call))*) \\b(?:${PERSON}) (?:(?:has|have|had|also|already|just|since) )*(?:confirmed|approved|acknowledged|authori[sz]ed (?:it|this|that)|told|said|agreed|explained|announced|vouched|signed off|verified|requested (?:it|this|that))\\b`,
  'i',
);
const isSpoken = (text: string): boolean => SAID_SO.test(` ${plain(text)}`);

/** Whether the text speaks only of sources that the lines have. */
export function areSourcesRead(text: string, lines: readonly Pick<Citable, 'source'>[]): boolean {
  const sources = new Set(lines.map(({ source }) => source));
  return (
    SOURCES.every(
      ([name, source]) => !claims(text, name) || (source !== null && sources.has(source)),
    ) &&
    areRecordsRead(text, sources) &&
    (sources.has('records') || !isSpoken(text))
  );
}
