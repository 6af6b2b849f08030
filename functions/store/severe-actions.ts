// Reads whether an action concerns a high or critical alert.
import type { Action } from '../domain/action.ts';
import { isSevere } from '../domain/alert.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Incident } from '../domain/incident.ts';
import type { Store } from './store.ts';

/**
 * Whether the action's alert, as raised since, or another alert of its incident is high or critical. Such an action may
 * use reserved slots. False if neither can be read, which is stricter.
 */
export async function concernsSevere(
  { records }: Pick<Store, 'records'>,
  { incidentId, alertId, history }: Pick<Action, 'incidentId' | 'alertId' | 'history'>,
): Promise<boolean> {
  const alert = await records.readableAlert(incidentId, alertId);
  if (alert && isSevere(asRaised(alert, { history }).severity.label)) return true;
  return hasSevereAlert(await records.readableIncident(incidentId));
}

/** Whether an alert of the incident is high or critical. */
export const hasSevereAlert = (incident: Pick<Incident, 'alerts'> | undefined): boolean =>
  incident?.alerts.some(({ severity }) => isSevere(severity)) ?? false;
