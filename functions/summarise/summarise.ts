// The summarise step: writes the summaries of incidents whose records changed.
import { Conflict } from '../domain/errors.ts';
import { namingAlert } from '../domain/naming-alert.ts';
import { keysOf } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { summaryOf } from './summary-of.ts';

export type SummariseDeps = {
  store: Pick<Store, 'records' | 'summaries'>;
  newId: () => string;
};

/**
 * Writes whole summaries from consistent reads, then a new revision. One incident that fails does not stop the others:
 * throws AggregateError at the end, so that the stream delivers the changes again.
 */
export async function summarise(
  { store, newId }: SummariseDeps,
  incidentIds: Iterable<string>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const incidentId of new Set(incidentIds))
    await summariseOne(store, incidentId).catch((error: unknown) => failures.push(error));
  await store.summaries.setRevision(newId());
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} incidents could not be summarised`);
}

/** Incidents per invocation. Reading them takes some seconds. */
const BACKFILLED = 100;

/** Summarises incidents of earlier versions, newest first. Returns false when none is left. */
export async function backfill(deps: SummariseDeps): Promise<boolean> {
  const next = await deps.store.summaries.toBackfill(BACKFILLED);
  if (!next) return false;
  if (next.ids.length > 0) await summarise(deps, next.ids);
  await next.done();
  return true;
}

/** Does nothing for an incident whose record does not exist yet. */
async function summariseOne(
  { records, summaries }: SummariseDeps['store'],
  incidentId: string,
): Promise<void> {
  const { incident, actions, unreadable, versions } = await summaries.readWhole(incidentId);
  const keys = keysOf(unreadable);
  if (!incident) {
    if (keys.length > 0) await summaries.putUnreadable(incidentId, keys, versions);
    return;
  }
  const known = await summaries.find(incident);
  const isRead = (alertId: string) => known?.readAlerts.includes(alertId) ?? false;
  const unread = incident.alerts.filter(({ alertId }) => !isRead(alertId));
  const alerts = await Promise.all(
    unread.map(({ alertId }) => records.readableAlert(incidentId, alertId)),
  );
  const named = namingAlert(incident.alerts, actions)?.alertId ?? '';
  const worstAlert =
    alerts.find((one) => one?.alertId === named) ??
    (await records.readableAlert(incidentId, named));
  const summary = summaryOf({
    incident,
    actions,
    worstAlert: worstAlert ?? null,
    alerts: alerts.filter((one) => one !== undefined),
    known,
    unreadable: keys,
    versions,
  });
  await summaries.put(summary).catch((error: unknown) => {
    // Another invocation read newer records and was faster.
    if (!(error instanceof Conflict)) throw error;
  });
}
