// Reads the actions that a question must know of, at most those of 16 alerts.
import type { Action } from '../domain/action.ts';
import { bySeverity } from '../domain/alert.ts';
import type { IncidentAlert } from '../domain/incident.ts';
import type { Store } from '../store/store.ts';

/** Each question reads no more, so that the questions of a flood cost the same however many came before. */
const MOST_SEVERE = 8;
const LATEST = 7;

type Around = {
  actions: Action[];
  /** Whether the incident may have more. The decision page shows all of them. */
  isPartial: boolean;
};

/**
 * All actions of the incident if it has few alerts. Of many, those of the action's own alert, of the most severe and of
 * the latest ones: an open request among them has already asked the same people.
 */
export async function requestsAround(
  { records }: { records: Pick<Store['records'], 'actions' | 'readActionsOf'> },
  { incidentId, alertId }: Action,
  alerts: readonly IncidentAlert[],
): Promise<Around> {
  if (alerts.length <= 1 + MOST_SEVERE + LATEST)
    return { actions: await records.actions(incidentId), isPartial: false };
  const latestFirst = alerts.toReversed();
  const severest = latestFirst.toSorted((a, b) => bySeverity(a.severity, b.severity));
  const chosen = [...severest.slice(0, MOST_SEVERE), ...latestFirst.slice(0, LATEST)];
  const ids = new Set([alertId, ...chosen.map((one) => one.alertId)]);
  const read = await Promise.all([...ids].map((id) => records.readActionsOf(incidentId, id)));
  return { actions: read.flatMap(({ found }) => found), isPartial: true };
}
