// Reserves a call of the model, which may not use the table.
import { type Alert, bySeverity } from '../domain/alert.ts';
import type { Incident } from '../domain/incident.ts';
import { errorFields } from '../platform/log.ts';
import type { EnrichDeps } from './deps.ts';

/** Why the model must not be asked, or null. A budget that can't be read allows no call. */
export async function modelRefusal(
  { asksModel, store, policy, now, log }: EnrichDeps,
  { severity: { label: severity } }: Pick<Alert, 'severity'>,
  { incidentId, alerts }: Pick<Incident, 'incidentId' | 'alerts'>,
): Promise<{ modelNotAsked: string } | null> {
  if (!asksModel) return null;
  const [worst = severity] = [severity, ...alerts.map((one) => one.severity)].sort(bySeverity);
  const wanted = { incidentId, severity, worst };
  try {
    const why = await store.modelCalls.reserve(wanted, policy.analysis.budget, now());
    return why === null ? null : { modelNotAsked: why };
  } catch (error) {
    log('error', 'model call not reserved', { incidentId, ...errorFields(error) });
    return { modelNotAsked: 'the budget of model calls could not be read' };
  }
}
