// Numbered evidence: observations, their times, and the origin of each value.
import type { Alert } from '../domain/alert.ts';
import type { Citable } from '../domain/citable.ts';
import type { Evidence, EvidenceKind } from '../domain/evidence.ts';
import type { Quote } from './features.ts';
import { namedOf, untrustedOf } from './values.ts';

/** The most decisive kinds come first, and are left out last. */
const WORTH: readonly EvidenceKind[] = [
  'api-call',
  'kubernetes-call',
  'login',
  'connection',
  'port-probe',
  'dns-request',
  'process',
  'runtime',
  'malware',
  'session',
  'signal',
  'indicator',
  'anomaly',
  'threat',
  'control',
  'vulnerability',
  'resource',
  'finding',
];

/** Evidence that says nothing: the role of a target, or a state that every finding has. */
const EMPTY = new Set(['resourceRole=TARGET', 'workflow=NEW', 'verification=UNKNOWN']);

/** A line without its number, and what the gate checks citations of it against. */
export type EvidenceLine = { text: string } & Omit<Citable, 'id' | 'text'>;

/** Lines without their numbers, the most decisive first. Equal signals are one line with their count. */
export function evidenceLines(
  { evidence = [], source, entities }: Pick<Alert, 'evidence' | 'source' | 'entities'>,
  quote: Quote,
  isReassuring: (one: Evidence) => boolean,
): EvidenceLine[] {
  // A value that is an entity of the alert is named by its reference.
  const refByValue = new Map(entities.map(({ value, ref }) => [value, ref]));
  return together(evidence)
    .toSorted((a, b) => WORTH.indexOf(a.kind) - WORTH.indexOf(b.kind) || severity(b) - severity(a))
    .flatMap((one) => {
      const trusted = Object.entries(one.values)
        .map(([name, value]) => `${name}=${namedOf(name, timed(name, value))}`)
        .filter((said) => !EMPTY.has(said));
      const chosen = Object.entries(one.untrusted).map(
        ([name, value]) =>
          `${name}~${refByValue.get(value) ?? untrustedOf(one.kind, name, value, quote)}`,
      );
      const said = [...trusted, ...chosen];
      if (said.length === 0) return [];
      const about = one.refs.length > 0 ? ` about ${refList(one.refs, MAX_REFS)}` : '';
      const text = `${source}${timeOf(one)} ${one.kind}${about}: ${said.join(', ')}`;
      const isUntrusted = trusted.length === 0;
      return [
        {
          text,
          source,
          kind: one.kind,
          refs: one.refs,
          isUntrusted,
          isReassuring: isReassuring(one),
        },
      ];
    })
    .filter(({ text }, index, all) => all.findIndex((one) => one.text === text) === index);
}

/** Products write some times as seconds. */
const TIMES = /^(?:created|launched|started|modified|lastExploited)$/;
const timed = (name: string, value: string): string =>
  TIMES.test(name) && /^\d{9,13}$/.test(value)
    ? new Date(Number(value) * (value.length > 11 ? 1 : 1000)).toISOString()
    : value;

const MAX_REFS = 6;

/** At most `most` references, and how many more there are. */
export const refList = (refs: readonly string[], most: number): string =>
  refs.length <= most
    ? refs.join(' ')
    : `${refs.slice(0, most).join(' ')} and ${refs.length - most} more`;

const severity = ({ values }: Evidence): number => Number(values.severity ?? 0);

function timeOf({ from, until }: Evidence): string {
  if (!from) return '';
  const [start, end] = [from.slice(0, 16), until?.slice(0, 16)];
  return end && end !== start ? ` ${start}Z to ${end}Z` : ` ${start}Z`;
}

/** Signals of one name become one, with the sum of their counts, all their entities and the whole time. */
function together(all: readonly Evidence[]): Evidence[] {
  const found = new Map<string, Evidence>();
  for (const one of all) {
    const key =
      one.kind === 'signal' || one.kind === 'threat' || one.kind === 'resource'
        ? JSON.stringify([one.kind, { ...one.values, count: null }, one.untrusted])
        : JSON.stringify([one.kind, found.size]);
    const before = found.get(key);
    found.set(key, before ? joined(before, one) : one);
  }
  return [...found.values()];
}

function joined(a: Evidence, b: Evidence): Evidence {
  const times = [a.from, b.from].filter((at) => at !== null).toSorted();
  const ends = [a.until ?? a.from, b.until ?? b.from].filter((at) => at !== null).toSorted();
  const count = Number(a.values.count ?? 1) + Number(b.values.count ?? 1);
  return {
    ...a,
    values: a.kind === 'resource' ? a.values : { ...a.values, count: String(count) },
    refs: [...new Set([...a.refs, ...b.refs])],
    from: times[0] ?? null,
    until: ends.at(-1) ?? null,
  };
}
