// Accepts delivered bodies: normalises, recognises repeats, joins incidents, and starts one assessment per alert.
import { createHash } from 'node:crypto';
import { append, noted } from '../audit/chain.ts';
import { errorFields, type Log } from '../audit/log.ts';
import type { Alert } from '../domain/alert.ts';
import { Conflict, InvalidInput } from '../domain/errors.ts';
import type { Incident, IncidentAlert } from '../domain/incident.ts';
import type { Policy } from '../domain/policy.ts';
import type { SeenFinding } from '../store/findings.ts';
import type { Store } from '../store/store.ts';
import { correlationKeys } from './correlate.ts';
import { normalise } from './normalise.ts';
import { type Finding, unwrap } from './unwrap.ts';

export type IntakeDeps = {
  store: Store;
  policy: Policy;
  /** Starts `respond` under a name; the same name again is harmless. */
  startRespond: (name: string, input: { incidentId: string; alertId: string }) => Promise<void>;
  /** Puts what cannot be read where it can be replayed from, with the reason. */
  reject: (body: string, reason: string) => Promise<void>;
  now: () => Date;
  log: Log;
};

/** What became of one finding of a body. */
export type Accepted =
  | { outcome: 'started' | 'joined' | 'repeat'; type: string; alertId: string; incidentId: string }
  | { outcome: 'refused'; reason: string };

/** An assessment may wait for people; an incident that is still open after this is looked at by the sweeper. */
const OPEN_AT_MOST_MINUTES = 120;
const MAX_LISTED_ALERTS = 200;
/** Raw events beyond this are not kept: DynamoDB's items end at 400 KB, and the alert itself must fit too. */
const MAX_RAW_CHARACTERS = 200_000;
const MAX_ATTEMPTS = 8;

/**
 * Accepts every finding of a body. Bad input is put aside with its reason and costs its neighbours nothing; anything
 * else that goes wrong is thrown, so that the queue delivers the body again, which is harmless.
 */
export async function acceptEvent(deps: IntakeDeps, body: string): Promise<Accepted[]> {
  let found: Finding[];
  try {
    found = unwrap(body);
  } catch (error) {
    return [await refuse(deps, body, error)];
  }
  const accepted: Accepted[] = [];
  for (const finding of found) accepted.push(await acceptFinding(deps, finding, body));
  return accepted;
}

async function refuse(
  { reject, log }: IntakeDeps,
  body: string,
  error: unknown,
): Promise<Accepted> {
  if (!(error instanceof InvalidInput)) throw error;
  await reject(body, error.message);
  log('warn', 'input refused', errorFields(error));
  return { outcome: 'refused', reason: error.message };
}

async function acceptFinding(deps: IntakeDeps, finding: Finding, body: string): Promise<Accepted> {
  let alert: Omit<Alert, 'alertId'>;
  try {
    alert = normalise(finding);
  } catch (error) {
    return refuse(deps, asideOf(finding, body), error);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await accept(deps, alert, finding.body);
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Of several findings in one body only the bad one is put aside. */
const asideOf = ({ path, body }: Finding, whole: string) =>
  path === '$' ? whole : JSON.stringify(body);

/** The steps in an order in which each may be repeated: see docs/data.md. */
async function accept(
  deps: IntakeDeps,
  alert: Omit<Alert, 'alertId'>,
  raw: unknown,
): Promise<Accepted> {
  const { store, now, startRespond } = deps;
  const identity = [alert.source, alert.account, alert.region, alert.findingId].join('\n');
  const seen = await store.findings.find(identity);
  if (seen?.startedAt && !(await isDueAgain(deps, seen)))
    return repeated(deps, identity, seen, alert.type);

  const episode = seen ? (seen.startedAt ? seen.episode + 1 : seen.episode) : 1;
  const alertId = `al-${shortHash(`${identity}\n${episode}`)}`;
  const fresh = {
    episode,
    alertId,
    incidentId: null,
    startedAt: null,
    repeats: seen?.repeats ?? 0,
  };
  const accepting =
    seen && !seen.startedAt ? seen : await store.findings.save(identity, seen, fresh);

  const { incident, isNew } = await joinIncident(deps, { ...alert, alertId }, accepting.incidentId);
  const { incidentId } = incident;
  await store.records.putAlert(incidentId, { ...alert, alertId }, bounded(raw));
  await startRespond(alertId, { incidentId, alertId });
  const startedAt = now().toISOString();
  await store.findings.save(identity, accepting, { ...accepting, incidentId, startedAt });
  await remember(deps, alert, incidentId);
  return { outcome: isNew ? 'started' : 'joined', type: alert.type, alertId, incidentId };
}

/** Products update a finding for as long as it goes on. After a while, and when all is over, that is news again. */
async function isDueAgain(
  { store, policy, now }: IntakeDeps,
  { startedAt, incidentId }: SeenFinding,
) {
  const hours = (now().getTime() - Date.parse(startedAt ?? '')) / 3_600_000;
  if (hours < policy.limits.reassessAfterHours || !incidentId) return false;
  return (await store.records.findIncident(incidentId))?.status === 'closed';
}

async function repeated(
  { store }: IntakeDeps,
  identity: string,
  seen: SeenFinding,
  type: string,
): Promise<Accepted> {
  const { alertId, incidentId } = seen;
  await store.findings.save(identity, seen, { ...seen, repeats: seen.repeats + 1 });
  if (!incidentId) throw new Conflict('a finding that was started has an incident', { alertId });
  await store.records.changeIncident(incidentId, (incident) => ({
    ...incident,
    version: incident.version + 1,
    alerts: incident.alerts.map((one) =>
      one.alertId === alertId ? { ...one, repeats: one.repeats + 1 } : one,
    ),
  }));
  return { outcome: 'repeat', type, alertId, incidentId };
}

/** The incident that it belongs to: the one joined before a crash, one that shares a key, or its own. */
async function joinIncident(deps: IntakeDeps, alert: Alert, joined: string | null) {
  const { store, policy, now } = deps;
  const keys = correlationKeys(alert);
  const own = `inc-${alert.alertId.slice('al-'.length)}`;
  const tied = await Promise.all(keys.map((key) => store.findings.incidentOf(key, now())));
  const wanted = joined ?? tied.find((incidentId) => incidentId !== null) ?? own;
  const existing = await store.records.findIncident(wanted);
  const incidentId = existing ? wanted : own;
  const until = new Date(now().getTime() + policy.limits.groupingWindowMinutes * 60_000);
  // The keys first: of two that want to found an incident for one key, the second fails here, and joins.
  for (const [index, key] of keys.entries())
    if (tied[index] === null || tied[index] === incidentId)
      await store.findings.tie(key, incidentId, until, now());
  const isNew = !existing && !(await store.records.findIncident(incidentId));
  const incident = isNew
    ? await openIncident(deps, alert, incidentId, keys)
    : await addTo(deps, alert, incidentId, keys);
  return { incident, isNew };
}

const listed = (alert: Alert, at: Date): IncidentAlert => ({
  alertId: alert.alertId,
  type: alert.type,
  title: alert.title,
  severity: alert.severity.label,
  receivedAt: at.toISOString(),
  repeats: 0,
  outcome: null,
});

const attentionAt = (at: Date) =>
  new Date(at.getTime() + OPEN_AT_MOST_MINUTES * 60_000).toISOString();

async function openIncident(
  { store, policy, now }: IntakeDeps,
  alert: Alert,
  incidentId: string,
  keys: string[],
) {
  const at = now();
  const incident: Incident = {
    incidentId,
    account: policy.account,
    region: alert.region,
    status: 'open',
    openedAt: at.toISOString(),
    closedAt: null,
    correlationKeys: keys,
    alerts: [listed(alert, at)],
    outcome: null,
    summary: '',
    attentionAt: attentionAt(at),
    history: append(incidentId, [], {
      at,
      by: 'intake',
      event: 'opened',
      text: `${alert.type}: ${alert.title}`,
    }),
    version: 1,
  };
  await store.records.createIncident(incident);
  return incident;
}

/** A new alert opens a closed incident again; one that is listed already was added before a crash. */
function addTo({ store, now }: IntakeDeps, alert: Alert, incidentId: string, keys: string[]) {
  return store.records.changeIncident(incidentId, (incident) => {
    if (incident.alerts.some(({ alertId }) => alertId === alert.alertId)) return null;
    const at = now();
    const full = incident.alerts.length >= MAX_LISTED_ALERTS;
    const text = `${alert.type}: ${alert.title}${full ? ' (counted, not listed)' : ''}`;
    return {
      ...noted(incident, { at, by: 'intake', event: 'alert-joined', text }),
      status: 'open',
      closedAt: null,
      outcome: null,
      alerts: full ? incident.alerts : [...incident.alerts, listed(alert, at)],
      correlationKeys: [...new Set([...incident.correlationKeys, ...keys])].slice(0, 50),
      attentionAt: attentionAt(at),
    };
  });
}

/** History that later incidents are judged by. It is of use, but no alert is lost for it. */
async function remember(
  { store, now, log }: IntakeDeps,
  alert: Omit<Alert, 'alertId'>,
  incidentId: string,
) {
  const at = now().toISOString();
  const event = { event: 'incident', incidentId, actionId: null, name: null, at } as const;
  const notes = alert.entities
    .filter(({ kind }) => kind !== 'alert')
    .slice(0, 20)
    .map((entity) => store.entityHistory.note(entity, event));
  for (const result of await Promise.allSettled(notes))
    if (result.status === 'rejected')
      log('warn', 'history not noted', { incidentId, ...errorFields(result.reason) });
}

function bounded(raw: unknown): unknown {
  return JSON.stringify(raw).length <= MAX_RAW_CHARACTERS
    ? raw
    : { note: `the event was larger than ${MAX_RAW_CHARACTERS} characters and is not kept` };
}

/** 16 characters of base 36: 82 bits. */
function shortHash(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, 16);
}
