// Which lines speak against an attack: failure, a plan, habit, an owner.
import type { Activity } from '../domain/activity.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { DeclineReason } from '../domain/approval.ts';
import type { Evidence } from '../domain/evidence.ts';
import { type EntityFacts, isOurs, knownOf, scannerIn } from '../domain/facts.ts';
import { hasActed, logsShowAct, outcomeOf } from '../playbook/acts.ts';
import { familyNameOf, familyOf } from '../playbook/types.ts';

type Observed = Pick<Alert, 'evidence' | 'traffic' | 'type' | 'entities'>;

/**
 * A failed attempt, if none succeeded and no log lists an act; or a caller of the organization that changed nothing. A
 * stolen credential or a taken host is an attack even while its attempts fail.
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
    (one.kind === 'api-call' && one.values.affiliated === 'true' && !hasActed(alert, facts));
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

/**
 * A plan that covers it, a scanner; and, where nothing was changed, an address of this account, a key that no longer
 * works, an account of the organization.
 */
export const reassuringFacts = (
  { attributes, part }: Entity,
  facts: EntityFacts,
  { alert, all }: { alert: Observed; all: readonly EntityFacts[] },
): boolean => {
  const { plannedWork, identity } = facts;
  if (plannedWork !== null && plansExplain(alert, all)) return true;
  if (isScanner(facts) && isScan(alert, all)) return true;
  if (hasActed(alert, all)) return false;
  return (
    (part === 'actor' && isOurs(facts) && alert.traffic.direction !== 'outbound') ||
    knownOf(identity?.status) === 'Inactive' ||
    attributes.affiliated === 'true'
  );
};

/** A host that got the role of a scanner since yesterday may be anyone's. */
const isScanner = (facts: EntityFacts): boolean =>
  scannerIn(facts) !== null &&
  !knownOf(facts.configChanges)?.changes.some(({ effects }) => effects.includes('role attached'));

/** A plan for a user explains no change of access or logging, unless it also covers the addresses of the calls. */
export function plansExplain(alert: Observed, facts: readonly EntityFacts[]): boolean {
  if (familyOf(alert).plannedBy === 'target' || !hasActed(alert, facts)) return true;
  const from = alert.entities.filter(({ kind, part }) => kind === 'ip' && part === 'actor');
  const covered = facts.filter((one) => one.plannedWork !== null || isOurs(one));
  return from.length > 0 && from.every(({ ref }) => covered.some((one) => one.ref === ref));
}

/** Whether a scanner explains the alert, and policy did not get it from a role that is new. */
export const scannersExplain = (alert: Observed, facts: readonly EntityFacts[]): boolean =>
  isScan(alert, facts) && facts.every((one) => scannerIn(one) === null || isScanner(one));

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
