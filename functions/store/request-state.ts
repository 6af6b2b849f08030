// Reads whether the findings behind an open request are still open.
import type { Action } from '../domain/action.ts';
import type { FindingState } from '../domain/alert.ts';
import { alertsAsking, stateForRequest } from '../domain/closed-finding.ts';
import type { Store } from './store.ts';

/** The state that ends the request, or `active`. A record that can't be read keeps the request open. */
export async function readRequestState(
  { records }: Pick<Store, 'records'>,
  action: Action,
): Promise<FindingState> {
  const { incidentId, alertId } = action;
  const incident = await records.readableIncident(incidentId);
  const stateOf = (id: string): FindingState =>
    incident?.alerts.find((one) => one.alertId === id)?.state ?? 'active';
  if (stateOf(alertId) === 'active') return 'active';
  const ids = alertsAsking(action, await records.actions(incidentId));
  const asking = await Promise.all(
    ids.map(async (id) => {
      const alert = await records.readableAlert(incidentId, id);
      return alert ? [{ alert, state: stateOf(id) }] : [];
    }),
  );
  return asking.every((one) => one.length > 0) ? stateForRequest(action, asking.flat()) : 'active';
}
