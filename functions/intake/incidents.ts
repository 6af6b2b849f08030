// Which incident an alert belongs to: the one that shares a resource or an actor with it, or its own.

import type { Alert } from '../domain/alert.ts';
import type { Incident, IncidentAlert } from '../domain/incident.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Policy } from '../policy/policy.ts';
import { append, withEntry } from '../store/hash-chain.ts';
import type { Store } from '../store/store.ts';
import { correlationKeys } from './correlate.ts';

export type IncidentDeps = { store: Store; policy: Policy; now: () => Date };

/** An assessment may wait for people; an incident that is still open after this is looked at by the sweeper. */
const OPEN_AT_MOST_MINUTES = 120;
/**
 * The next alert opens a further incident. With 2 KB for an alert and the two entries that it leaves in the history,
 * an incident stays well below the 400 KB of an item.
 */
const MAX_ALERTS = 100;
const MAX_TITLE = 200;

/** The incident that an alert founds, when there is none for it to join. */
export const ownIncident = (alertId: string): string => `inc-${alertId.slice('al-'.length)}`;

/**
 * Chooses, and ties the alert's keys to the choice. An incident that is chosen may not exist yet: whoever comes first
 * creates it, so that of two alerts at the same moment neither waits for the other. Throws Conflict when another
 * alert was faster; then it has to be chosen again.
 */
export async function chooseIncident(
  { store, policy, now }: IncidentDeps,
  alert: Pick<Alert, 'alertId' | 'account' | 'entities' | 'sample'>,
  /** The incident whose action caused it: there it belongs, whatever its keys say. */
  causing: string | null = null,
): Promise<string> {
  const keys = correlationKeys(alert);
  const own = ownIncident(alert.alertId);
  const at = now();
  const tied = await Promise.all(keys.map((key) => store.findings.incidentOf(key, at)));
  const others = [...new Set([causing, ...tied])].filter(
    (id) => id !== null && id !== own,
  ) as string[];
  const full = await fullOnes(store, others);
  const incidentId = others.find((id) => !full.includes(id)) ?? own;
  const until = new Date(at.getTime() + policy.limits.groupingWindowMinutes * 60_000);
  const over = [own, ...full];
  const kept = others.filter((id) => id !== incidentId && !full.includes(id));
  // In one order for all: of two alerts with several keys in common one gets them all, and the other joins.
  for (const key of keys.filter((_, i) => !kept.includes(tied[i] ?? '')).sort())
    await store.findings.correlate(key, { incidentId, until, now: at, over });
  return incidentId;
}

async function fullOnes(store: Store, ids: readonly string[]): Promise<string[]> {
  const found = await Promise.all(ids.map((id) => store.records.findIncident(id)));
  return ids.filter((_, i) => (found[i]?.alerts.length ?? 0) >= MAX_ALERTS);
}

/** Adds the alert to the incident, which it creates where there is none. Repeatable. */
export async function joinIncident(
  deps: IncidentDeps,
  alert: Alert,
  incidentId: string,
): Promise<void> {
  const existing = await deps.store.records.findIncident(incidentId);
  if (existing) await addTo(deps, alert, incidentId);
  else await open(deps, alert, incidentId);
}

const listed = (alert: Alert, at: Date): IncidentAlert => ({
  alertId: alert.alertId,
  type: alert.type,
  title: alert.title.slice(0, MAX_TITLE),
  severity: alert.severity.label,
  receivedAt: at.toISOString(),
  repeats: 0,
  outcome: null,
  causedBy: alert.causedBy,
  generation: alert.generation,
});

const told = ({ type, title }: Alert) => `${type}: ${title.slice(0, MAX_TITLE)}`;

async function open({ store, policy, now }: IncidentDeps, alert: Alert, incidentId: string) {
  const at = now();
  const opened = { at, by: 'intake', event: 'opened', text: told(alert) };
  const incident: Incident = {
    incidentId,
    account: policy.account,
    region: alert.region,
    status: 'open',
    openedAt: at.toISOString(),
    closedAt: null,
    correlationKeys: correlationKeys(alert),
    alerts: [listed(alert, at)],
    outcome: null,
    summary: '',
    attentionAt: minutesAfter(at, OPEN_AT_MOST_MINUTES),
    history: append(incidentId, [], opened),
    version: 1,
  };
  await store.records.createIncident(incident);
}

/** A new alert opens a closed incident again; one that is listed already was added before a crash. */
function addTo({ store, now }: IncidentDeps, alert: Alert, incidentId: string) {
  return store.records.changeIncident(incidentId, (incident) => {
    if (incident.alerts.some(({ alertId }) => alertId === alert.alertId)) return null;
    const at = now();
    const event = incident.status === 'closed' ? 'reopened' : 'alert-joined';
    return {
      ...withEntry(incident, { at, by: 'intake', event, text: told(alert) }),
      status: 'open',
      closedAt: null,
      outcome: null,
      alerts: [...incident.alerts, listed(alert, at)],
      correlationKeys: [...new Set([...incident.correlationKeys, ...correlationKeys(alert)])].slice(
        0,
        50,
      ),
      attentionAt: minutesAfter(at, OPEN_AT_MOST_MINUTES),
    };
  });
}
