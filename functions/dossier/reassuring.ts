// Which lines speak against an attack: failure, a plan, habit, an owner.
import type { Activity } from '../domain/activity.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { DeclineReason } from '../domain/approval.ts';
import type { Evidence } from '../domain/evidence.ts';
import { type EntityFacts, scannerIn } from '../domain/facts.ts';
import { logsShowAct, outcomeOf } from '../playbook/signs.ts';
import { familyNameOf, familyOf } from '../playbook/types.ts';

type Observed = Pick<Alert, 'evidence' | 'traffic' | 'type' | 'entities'>;

/**
 * A failed attempt, if none succeeded and no log lists an act; or a caller of the organization. A stolen credential or
 * a taken host is an attack even while its attempts fail.
 */
export function reassuringEvidence(
  alert: Observed,
  facts: readonly EntityFacts[],
): (one: Evidence) => boolean {
  const { evidence = [] } = alert;
  const hasFailed =
    familyOf(alert).asks === 'if-serious' &&
    outcomeOf(evidence) === 'failed' &&
    !logsShowAct(alert, facts);
  return (one) =>
    (hasFailed && outcomeOf([one]) === 'failed') ||
    (one.kind === 'api-call' && one.values.affiliated === 'true');
}

/**
 * Nothing new, and no act that logs list. Events arrive late: an activity that ends before the alert begins says
 * nothing about it.
 */
export const isUsual = (
  { isComplete, lastAt, ...seen }: Activity,
  { firstSeenAt, ...alert }: Pick<Alert, 'firstSeenAt' | 'entities'>,
  facts: readonly EntityFacts[],
): boolean =>
  isComplete &&
  firstSeenAt !== null &&
  lastAt >= firstSeenAt &&
  !logsShowAct(alert, facts) &&
  seen.changes.length === 0 &&
  [seen.networks, seen.regions, seen.userAgents].every(
    ({ appeared, before }) => appeared.length === 0 && before > 0,
  );

/** A plan that covers it, a scanner, an address of this account, a key that no longer works and changed nothing. */
export const reassuringFacts = (
  { attributes, part }: Entity,
  facts: EntityFacts,
  { alert, all }: { alert: Observed; all: readonly EntityFacts[] },
): boolean => {
  const { plannedWork, address, identity } = facts;
  return (
    plannedWork !== null ||
    (scannerIn(facts) !== null && isScan(alert, all)) ||
    (part === 'actor' &&
      address?.ownedBy.known === true &&
      address.ownedBy.value !== null &&
      alert.traffic.direction !== 'outbound') ||
    (identity?.status.known === true &&
      identity.status.value === 'Inactive' &&
      !logsShowAct(alert, all)) ||
    attributes.affiliated === 'true'
  );
};

const SCANS: readonly Evidence['kind'][] = ['connection', 'port-probe', 'resource', 'finding'];
const SCAN_TYPES = /Port(?:Probe|Sweep|Unusual)|scan/i;
/** A scanner explains probes and connections, and nothing that a host or an account did afterwards. */
export const isScan = (alert: Observed, facts: readonly EntityFacts[]): boolean =>
  (familyNameOf(alert) === 'attacked-host' || SCAN_TYPES.test(alert.type)) &&
  alert.traffic.layer !== 'aws-api' &&
  !logsShowAct(alert, facts) &&
  (alert.evidence ?? []).every(({ kind }) => SCANS.includes(kind));

const HARMLESS: readonly string[] = [
  'false-alarm',
  'expected-work',
] satisfies readonly DeclineReason[];
/** People said that the same was harmless. "Wrong target" and "too much impact" say nothing about an attack. */
export const saysHarmless = (reasons: readonly string[]): boolean =>
  reasons.some((one) => HARMLESS.includes(one));
