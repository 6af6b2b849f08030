// What an update of a finding says that its assessment didn't know. Pure.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import {
  type Entity,
  FindingState,
  Instant,
  type Reported,
  SeverityLabel,
} from '../domain/alert.ts';
import { raisedText } from '../domain/effect-state.ts';
import { quoted } from '../domain/wording.ts';

/** What is known of a finding from all of its deliveries. */
export const KnownFinding = z.object({
  /** The highest one so far. */
  severity: SeverityLabel,
  /** The product's latest time of an update. */
  updatedAt: z.nullable(Instant),
  /** Sources that delivered it. */
  doors: z.array(z.string()),
  /** Hashes of the actors and resources that it named. */
  named: z.array(z.string()),
  /** What the product said last. */
  state: z._default(FindingState, 'active'),
});
export type KnownFinding = z.infer<typeof KnownFinding>;

/** A finding that names more is not assessed again for further names. Each has a hash of 16 characters. */
const MAX_NAMED = 200;
/** Security Hub may round or delay the time of an update that GuardDuty sent. */
const DOORS_DIFFER_MS = 60_000;
/** The first of many new names; the others are counted. */
const MAX_LISTED = 3;

/**
 * One sentence for each change that the earlier assessment could not take into account; empty if the delivery is a
 * repeat. The same state of the finding through another door is never news, although its format may name more.
 */
export function newsIn(known: KnownFinding | null, alert: Reported): string[] {
  if (!known || !isUpdate(known, alert)) return [];
  const raised = RANKS.indexOf(alert.severity.label) > RANKS.indexOf(known.severity);
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

/** What is known after this delivery. A format that names more fills in what is known. */
export function knownAfter(known: KnownFinding | null, alert: Reported): KnownFinding {
  const { severity, updatedAt, source, state } = alert;
  const before = known ?? { severity: severity.label, updatedAt, doors: [], named: [], state };
  const isHigher = RANKS.indexOf(severity.label) > RANKS.indexOf(before.severity);
  return {
    severity: isHigher ? severity.label : before.severity,
    updatedAt: later(before.updatedAt, updatedAt),
    state,
    doors: unique([...before.doors, source]),
    named: unique([...before.named, ...namedIn(alert).map(nameOf)]).slice(0, MAX_NAMED),
  };
}

const RANKS = SeverityLabel.options;

/** True if the product changed the finding since the last delivery, as far as its times tell. */
function isUpdate({ updatedAt, doors }: KnownFinding, alert: Reported): boolean {
  if (alert.updatedAt === null || updatedAt === null) return true;
  const tolerance = doors.includes(alert.source) ? 0 : DOORS_DIFFER_MS;
  return Date.parse(alert.updatedAt) > Date.parse(updatedAt) + tolerance;
}

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
