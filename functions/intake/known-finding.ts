// Compares a delivery of a finding with the earlier ones. Pure.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import {
  type Entity,
  FindingState,
  isMoreSevere,
  type Reported,
  SeverityLabel,
} from '../domain/alert.ts';
import { raisedText } from '../domain/effect-state.ts';
import { Instant } from '../domain/reference.ts';
import { quoted } from '../domain/wording.ts';

/** A finding, as all of its deliveries so far describe it. */
export const KnownFinding = z.object({
  /** The highest one so far. */
  severity: SeverityLabel,
  /** The latest update time that the product reported. */
  updatedAt: z.nullable(Instant),
  sources: z.array(z.string()),
  /** Hashes of the actors and resources that it has named. */
  named: z.array(z.string()),
  /** What the product said last. */
  state: z._default(FindingState, 'active'),
});
export type KnownFinding = z.infer<typeof KnownFinding>;

/** Further names do not cause another assessment. */
const MAX_NAMED = 200;
/** Security Hub may round or delay the time of an update that GuardDuty sent. */
const SOURCES_DIFFER_MS = 60_000;
/** Further new names are only counted. */
const MAX_LISTED = 3;

/**
 * One sentence for each change since the last assessment; empty for a repeat. The same state of the finding from
 * another source is a repeat, even if that source's format names more entities.
 */
export function changesSince(known: KnownFinding | null, alert: Reported): string[] {
  if (!known || !isUpdate(known, alert)) return [];
  const raised = isMoreSevere(alert.severity.label, known.severity);
  const isFull = known.named.length >= MAX_NAMED;
  const added = isFull ? [] : namedIn(alert).filter((one) => !known.named.includes(nameOf(one)));
  const isBack = alert.state === 'active' && known.state !== 'active';
  return [
    ...(isBack ? [`Active again after it was ${known.state}`] : []),
    ...(raised ? [raisedText(known.severity, alert.severity.label)] : []),
    ...listed('New actor', 'actor', added),
    ...listed('New resource', 'target', added),
  ];
}

/** Adds a delivery. Severity and names only grow; the state is the latest one. */
export function knownAfter(known: KnownFinding | null, alert: Reported): KnownFinding {
  const { severity, updatedAt, source, state } = alert;
  const before = known ?? { severity: severity.label, updatedAt, sources: [], named: [], state };
  const isHigher = isMoreSevere(severity.label, before.severity);
  return {
    severity: isHigher ? severity.label : before.severity,
    updatedAt: later(before.updatedAt, updatedAt),
    state: isOutdated(before, alert) ? before.state : state,
    sources: unique([...before.sources, source]),
    named: unique([...before.named, ...namedIn(alert).map(nameOf)]).slice(0, MAX_NAMED),
  };
}

/** Clocks differ. A time further ahead is wrong, and would outdate every later update. */
const MAX_AHEAD_MS = 3_600_000;

/** Without its update time if that is in the future. */
export const withPlausibleTime = <F extends Pick<Reported, 'updatedAt'>>(
  finding: F,
  now: Date,
): F =>
  Date.parse(finding.updatedAt ?? '') > now.getTime() + MAX_AHEAD_MS
    ? { ...finding, updatedAt: null }
    : finding;

/** Whether the product changed the finding since the last delivery. True if either time is missing. */
function isUpdate({ updatedAt, sources }: KnownFinding, alert: Reported): boolean {
  if (alert.updatedAt === null || updatedAt === null) return true;
  const tolerance = sources.includes(alert.source) ? 0 : SOURCES_DIFFER_MS;
  return Date.parse(alert.updatedAt) > Date.parse(updatedAt) + tolerance;
}

/**
 * Whether an earlier delivery says more about the state. At the same time, a product may still close the finding:
 * Security Hub keeps the time when a person suppresses it.
 */
const isOutdated = (known: KnownFinding, alert: Reported): boolean =>
  alert.state === 'active'
    ? !isUpdate(known, alert)
    : known.updatedAt !== null &&
      alert.updatedAt !== null &&
      Date.parse(alert.updatedAt) < Date.parse(known.updatedAt);

const namedIn = ({ entities }: Reported): Entity[] =>
  entities.filter(({ kind, part }) => kind !== 'alert' && part !== 'related');

const nameOf = ({ kind, value }: Entity): string =>
  createHash('sha256').update(`${kind}\n${value}`).digest('hex').slice(0, 16);

function listed(words: string, part: Entity['part'], added: readonly Entity[]): string[] {
  const values = added.filter((one) => one.part === part).map(({ value }) => quoted(value, 80));
  const more = values.length - MAX_LISTED;
  if (values.length === 0) return [];
  return [
    `${words}: ${values.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  ];
}

const unique = (all: readonly string[]): string[] => [...new Set(all)];

const later = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && b > a) ? b : a;
