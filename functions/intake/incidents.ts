// Chooses or opens the incident that an alert belongs to.

import type { Alert } from '../domain/alert.ts';
import { Conflict } from '../domain/errors.ts';
import { type Incident, type IncidentAlert, raiseBy } from '../domain/incident.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Policy } from '../policy/policy.ts';
import { append, withEntry } from '../store/hash-chain.ts';
import { incidentIdFor, type Layout, layoutOf } from '../store/layout.ts';
import type { Store } from '../store/store.ts';
import { correlationKeys } from './correlate.ts';
import { sharedAddressKeys } from './shared-address.ts';

export type IncidentDeps = {
  store: Pick<Store, 'records' | 'findings'>;
  policy: Policy;
  /** The layout of new incidents. An alert joins no incident of another layout. */
  recordLayout: Layout;
  now: () => Date;
};

/** Longer than an assessment with its approvals takes. The sweeper checks an incident that is open for longer. */
const OPEN_AT_MOST_MINUTES = 120;
const MAX_TITLE = 200;

/**
 * The ID of the incident for an alert, which may not exist yet. Ties the alert's correlation keys to it. Throws
 * Conflict when another alert tied a key first; the caller must then choose again.
 */
export async function chooseIncident(
  { store, policy, recordLayout, now }: IncidentDeps,
  alert: Pick<Alert, 'alertId' | 'account' | 'entities' | 'sample'>,
  /** Takes precedence over the keys: the incident whose action caused the alert, or that has the same finding. */
  preferred: string | null = null,
): Promise<string> {
  const own = incidentIdFor(alert.alertId, recordLayout);
  const at = now();
  const tiedKeys = new Map<string, string | null>();
  for (const key of correlationKeys(alert))
    tiedKeys.set(key, await store.findings.incidentOf(key, at));
  for (const key of await sharedAddressKeys(store, alert, tiedKeys)) tiedKeys.delete(key);
  const [keys, tied] = [[...tiedKeys.keys()], [...tiedKeys.values()]];
  const others = [...new Set([preferred, ...tied])].filter(
    (id) => id !== null && id !== own,
  ) as string[];
  const closed = others.filter((id) => layoutOf(id) !== recordLayout);
  const full = [...closed, ...(await fullOnes(store, others))];
  const incidentId = others.find((id) => !full.includes(id)) ?? own;
  const until = new Date(at.getTime() + policy.limits.groupingWindowMinutes * 60_000);
  const over = [own, ...full];
  const kept = others.filter((id) => id !== incidentId && !full.includes(id));
  // Every alert ties its keys in sorted order. If two alerts share several keys, one ties them all and the other joins.
  for (const key of keys.filter((_, i) => !kept.includes(tied[i] ?? '')).sort())
    await store.findings.correlate(key, { incidentId, until, now: at, over });
  return incidentId;
}

async function fullOnes(store: Pick<Store, 'records'>, ids: readonly string[]): Promise<string[]> {
  const full = await Promise.all(ids.map((id) => store.records.isFull(id)));
  return ids.filter((_, i) => full[i]);
}

/**
 * Adds the alert to the incident, and creates the incident if it doesn't exist. Idempotent. Returns false when the
 * incident became full after it was chosen; the caller must then choose again.
 */
export async function joinIncident(
  deps: IncidentDeps,
  alert: Alert,
  incidentId: string,
): Promise<boolean> {
  if (layoutOf(incidentId) === 2) return joinAsMember(deps, alert, incidentId);
  const existing = await deps.store.records.findIncident(incidentId);
  if (existing) await addTo(deps, alert, incidentId);
  else await open(deps, alert, incidentId);
  return true;
}

/** The incident's own item comes first: a member without it would belong to nothing. */
async function joinAsMember(
  { store, now }: IncidentDeps,
  alert: Alert,
  incidentId: string,
): Promise<boolean> {
  const at = now();
  if (!(await store.records.isOpened(incidentId))) {
    const opened = { at, by: 'intake', event: 'opened', text: describe(alert) };
    const history = append(incidentId, [], opened);
    const openedAt = at.toISOString();
    await store.records
      .createIncident({ incidentId, ...placeOf(alert), openedAt, history, version: 1 })
      .catch((error: unknown) => {
        // Another alert of the incident was faster.
        if (!(error instanceof Conflict)) throw error;
      });
  }
  const added = listed(alert, at);
  const { found } = await store.records.readMembers(incidentId);
  const joined = { at, by: 'intake', event: 'alert-joined', text: joinText(alert, found, added) };
  const member = await store.records.join({
    ...added,
    incidentId,
    correlationKeys: correlationKeys(alert),
    summary: '',
    closedAt: null,
    attentionAt: minutesAfter(at, OPEN_AT_MOST_MINUTES),
    history: append(alert.alertId, [], joined),
    version: 1,
  });
  return member !== null;
}

const placeOf = ({ account, region }: Alert) => ({ account, region });

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
  state: alert.state,
});

/** Says whether the alert raises the incident's severity. */
function joinText(alert: Alert, others: readonly IncidentAlert[], added: IncidentAlert): string {
  const before = others.filter(({ alertId }) => alertId !== added.alertId);
  const raise = raiseBy([...before, added], added.alertId);
  const text = describe(alert);
  return raise ? `Raised the incident from ${raise.from} to ${raise.to}. ${text}` : text;
}

const describe = ({ type, title }: Alert) => `${type}: ${title.slice(0, MAX_TITLE)}`;

async function open({ store, now }: IncidentDeps, alert: Alert, incidentId: string) {
  const at = now();
  const opened = { at, by: 'intake', event: 'opened', text: describe(alert) };
  const incident: Incident = {
    incidentId,
    ...placeOf(alert),
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

/** Adds a new alert and reopens a closed incident. Does nothing for an alert that was added before a crash. */
function addTo({ store, now }: IncidentDeps, alert: Alert, incidentId: string) {
  return store.records.changeIncident(incidentId, (incident) => {
    if (incident.alerts.some(({ alertId }) => alertId === alert.alertId)) return null;
    const at = now();
    const event = incident.status === 'closed' ? 'reopened' : 'alert-joined';
    const added = listed(alert, at);
    const text = joinText(alert, incident.alerts, added);
    return {
      ...withEntry(incident, { at, by: 'intake', event, text }),
      status: 'open',
      closedAt: null,
      outcome: null,
      alerts: [...incident.alerts, added],
      correlationKeys: [...new Set([...incident.correlationKeys, ...correlationKeys(alert)])].slice(
        0,
        50,
      ),
      attentionAt: minutesAfter(at, OPEN_AT_MOST_MINUTES),
    };
  });
}
