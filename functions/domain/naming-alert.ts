// The alert that names an incident.
import type { Action } from './action.ts';
import { informs } from './action-catalog.ts';
import { type IncidentAlert, worstOf } from './incident.ts';

type Led = Pick<Action, 'alertId' | 'name' | 'status'>;

/**
 * The most severe alert that led to a change or a request, if any did; otherwise the most severe one. A failed check
 * may be rated higher than the attack that people decide about.
 */
export function namingAlert<A extends Pick<IncidentAlert, 'alertId' | 'severity'>>(
  alerts: readonly A[],
  actions: readonly Led[],
): A | undefined {
  const led = new Set(
    actions
      .filter(({ name, status }) => !informs(name) && status !== 'dropped')
      .map(({ alertId }) => alertId),
  );
  return worstOf(alerts.filter(({ alertId }) => led.has(alertId))) ?? worstOf(alerts);
}
