// A line of evidence in words: names of entities, times, and no code names.
import type { Alert } from '../../domain/alert.ts';
import type { Citable } from '../../domain/citable.ts';
import { utc, words } from '../../domain/wording.ts';

type Reader = { alert: Pick<Alert, 'entities'> | undefined; now: Date };

const SOURCES: Readonly<Record<string, string>> = {
  guardduty: 'GuardDuty',
  cloudtrail: 'CloudTrail',
  'flow-logs': 'VPC flow logs',
  config: 'AWS Config',
  inspector: 'Inspector',
  dns: 'DNS',
  facts: 'Facts',
  records: 'Records',
  'aws-health': 'AWS Health',
  'security-hub-asff': 'Security Hub',
  'security-hub-ocsf': 'Security Hub',
};

const MOST_NAMES = 6;

/** Begins with the number that other lines cite. An attacker may have written parts of the result. */
export function evidenceInWords(line: Citable, { alert, now }: Reader): string {
  const names = new Map(alert?.entities.map(({ ref, value }) => [ref, value]));
  const nameOf = (ref: string): string => names.get(ref) ?? ref;
  const { heading, said } = partsOf(line, nameOf);
  const text = said
    .replaceAll(TIME, (time) => utc(time, now))
    .replaceAll(FIELD, (_, before: string, name: string) => `${before}${fieldInWords(name)} `)
    .replaceAll(TRUTH, (_, truth: string) => (truth === 'true' ? ' yes' : ' no'))
    .replaceAll(REF, nameOf);
  return text === '' ? heading : `${heading}: ${text}`;
}

/** The forms that a dossier writes: evidence, the facts of one entity, and records. */
function partsOf(
  { id, source, kind, refs, text }: Citable,
  nameOf: (ref: string) => string,
): { heading: string; said: string } {
  const from = SOURCES[source] ?? words(source);
  const listed = refs.slice(0, MOST_NAMES).map(nameOf).join(', ');
  const about =
    refs.length > MOST_NAMES ? `${listed} and ${refs.length - MOST_NAMES} more` : listed;
  if (kind === 'facts') {
    const [, said = null] = text.startsWith(`${id} `) ? (/^.*?(?:: (.*))?$/s.exec(text) ?? []) : [];
    return text.startsWith(`${id} `)
      ? { heading: `${from} about ${nameOf(id)}`, said: said ?? '' }
      : { heading: from, said: text };
  }
  const rest = text.startsWith(`${id} `) ? text.slice(id.length + 1) : text;
  const head = `${id} ${from}`;
  if (!rest.startsWith(`${source} `)) return { heading: head, said: rest };
  const [, times = '', said] = EVIDENCE.exec(rest.slice(source.length)) ?? [];
  if (said === undefined) return { heading: head, said: rest.slice(source.length + 1) };
  const what = `${words(kind)}${about === '' ? '' : ` about ${about}`}`;
  return { heading: `${head}, ${what}`, said: times === '' ? said : `${times.trim()}, ${said}` };
}

/** ` 2026-11-30T10:05Z to 2026-11-30T10:09Z signal about key-1 user-1: …` */
const EVIDENCE = /^((?: \d[\dT:-]+Z(?: to \d[\dT:-]+Z)?)?) [a-z-]+(?: about [^:]*)?: (.*)$/s;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\dZ/g;
const FIELD = /(^|[,;] )([A-Za-z][\w ]{0,63})[=~]/g;
const TRUTH = / (true|false)(?=$|[,;])/g;
const REF = /\b[a-z]+(?:-[a-z]+)*-\d+\b/g;

const FIELDS: ReadonlyMap<string, string> = new Map([
  ['api', 'API'],
  ['in', 'received by the host'],
  ['out', 'sent by the host'],
]);
/** `userType` as `user type`. */
const fieldInWords = (name: string): string =>
  /^[a-z]+(?:[A-Z][a-z\d]*)+$/.test(name)
    ? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : (FIELDS.get(name) ?? name);
