// A line of evidence in sentences: names of entities, times, and no code names.
import type { Alert } from '../../domain/alert.ts';
import type { Citable } from '../../domain/citable.ts';
import { folded, oneLine, quoted, utc, words } from '../../domain/wording.ts';
import type { Point } from '../../messaging/texts/looked-up.ts';
import type { Line } from './evidence-fields.ts';
import { sentencesOf } from './evidence-sentences.ts';

type Reader = { alert: Pick<Alert, 'entities'> | undefined; now: Date };

const SOURCES: Readonly<Record<string, string>> = {
  guardduty: 'GuardDuty',
  cloudtrail: 'CloudTrail',
  'flow-logs': 'VPC flow logs',
  config: 'AWS Config',
  inspector: 'Inspector',
  dns: 'DNS',
  records: 'Records',
  health: 'AWS Health',
  'securityhub-asff': 'Security Hub',
  'securityhub-ocsf': 'Security Hub',
};

const MAX_NAMES = 6;
const MAX_LINE = 600;

/** Begins with the number that other lines cite. An attacker may have written what is in quotation marks. */
export function evidenceInWords(line: Citable, reader: Reader): string {
  const { text, from } = evidencePoint(line, reader);
  return oneLine(line.kind === 'facts' ? text : `${line.id} ${from}: ${text}`, MAX_LINE);
}

/** The same without the number. `from`: the source and the time. */
export function evidencePoint(line: Citable, { alert, now }: Reader): Point {
  const { source, kind, refs, isUntrusted } = line;
  const entities = new Map(alert?.entities.map(({ ref, value }) => [ref, value]));
  const nameOf = (ref: string): string => oneLine(entities.get(ref) ?? ref, 60);
  const { times, said, quotes } = partsOf(line);
  /** Names and quotes come last, so that nothing in them is read as a reference or a time. */
  const shown = (text: string): string =>
    text
      .replaceAll(FEATURES, (_, features: string) => `(text of ${features})`)
      .replaceAll(TIME, (time) => utc(time, now))
      .replaceAll(REF, nameOf)
      .replaceAll(QUOTE, (_, index: string) => quoted(quotes[Number(index)] ?? '', 120));
  const names = folded(refs.map(nameOf), MAX_NAMES).join(', ');
  const isText = kind === 'facts' || kind === 'context';
  const parts = isText ? { lead: said, fields: new Map<string, string>() } : fieldsIn(said);
  const text = sentencesOf({ ...parts, kind, source, about: names, shown });
  const choice = isUntrusted ? ' An attacker can choose all of this.' : '';
  return {
    text: oneLine(`${text}${choice}`, MAX_LINE),
    from: `${SOURCES[source] ?? words(source)}${times === '' ? '' : `, ${shown(times)}`}`,
  };
}

/** The forms that a dossier writes: evidence, the facts of one entity, and records. Quotes are taken out. */
function partsOf({ id, source, kind, text }: Citable): {
  times: string;
  said: string;
  quotes: string[];
} {
  const quotes: string[] = [];
  const without = text
    .replaceAll(PLACEHOLDER, '')
    .replaceAll(MARKED, (_, _nonce, quote: string) => `\uE000${quotes.push(quote) - 1}\uE001`);
  if (kind === 'facts' && !without.startsWith(`${id} `))
    return { times: '', said: without, quotes };
  const rest = without.startsWith(`${id} `) ? without.slice(id.length + 1) : without;
  if (kind === 'facts') return { times: '', said: FACTS.exec(rest)?.[1] ?? '', quotes };
  const [, times = '', said] = rest.startsWith(`${source} `)
    ? (EVIDENCE.exec(rest.slice(source.length)) ?? [])
    : [];
  if (said !== undefined) return { times: times.trim(), said, quotes };
  return {
    times: '',
    said: rest.startsWith(`${source} `) ? rest.slice(source.length + 1) : rest,
    quotes,
  };
}

/** The text before the first field, and the fields by name. */
function fieldsIn(said: string): Pick<Line, 'lead' | 'fields'> {
  const found = [...said.matchAll(FIELD)];
  const fields = found.map(({ 0: whole, 1: name = '', index }, i) => {
    const value = said.slice(index + whole.length, found[i + 1]?.index ?? said.length);
    return [name, value] as const;
  });
  return { lead: said.slice(0, found[0]?.index ?? said.length), fields: new Map(fields) };
}

/** ` 2026-11-30T10:05Z to 2026-11-30T10:09Z signal about key-1 user-1: …` */
const EVIDENCE = /^((?: \d[\dT:-]+Z(?: to \d[\dT:-]+Z)?)?) [a-z-]+(?: about [^:]*)?: (.*)$/s;
/** `user-1 iam-user actor [name of 8 characters; words: ci]: no MFA; …`, and addresses with colons */
const FACTS = /^(?:\[[^\]]*\]|(?!: )[^[])*: (.*)$/s;
/** What the dossier marks as a quote. The author of the text can't know the mark. The line may be cut in the quote. */
const MARKED = /<q-([\da-z]+)>(.*?)(?:<\/q-\1>|$)/gs;
const PLACEHOLDER = /[\uE000\uE001]/g;
const QUOTE = /\uE000(\d+)\uE001/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;
const FIELD = /(?:^|[,;] )([A-Za-z][\w ]{0,63})[=~]/g;
const FEATURES = /\[(\d+ characters[^\]]*)\]/g;
const REF = /\b[a-z]+(?:-[a-z]+)*-\d+\b/g;
