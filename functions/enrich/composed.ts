// Composes the dossier of an alert. Its facts are stored before.
import type { Alert } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import type { Incident } from '../domain/incident.ts';
import { dossierOf } from '../dossier/dossier.ts';
import type { Dossier } from '../dossier/parts.ts';
import { errorFields } from '../platform/log.ts';
import type { EntityEvent } from '../store/entity-history.ts';
import type { EnrichDeps } from './deps.ts';
import { earlierDecisions, earlierIncidents } from './earlier.ts';

export const NOT_COMPOSED = 'the text that it gets could not be composed';

type About = {
  alert: Alert;
  incident: Incident;
  facts: Facts;
  histories: ReadonlyMap<string, readonly EntityEvent[]>;
};

/** Null after a fault, which may depend on the text of the alert: the playbook judges it. */
export async function composed(
  deps: EnrichDeps,
  { alert, incident, facts, histories }: About,
): Promise<Dossier | null> {
  const { incidentId } = incident;
  const { dossierTokens: budgets, tags } = deps.policy.analysis;
  try {
    const [earlier, decisions] = await Promise.all([
      earlierIncidents(deps, facts, incidentId),
      earlierDecisions(
        deps,
        [...histories].map(([ref, events]) => ({ ref, events })),
      ),
    ]);
    return dossierOf(
      {
        ...{ alert, facts, incident, earlier, decisions },
        plannedWork: deps.policy.plannedWork,
        now: deps.now().toISOString(),
      },
      { nonce: deps.nonce(), budgets, tags },
    );
  } catch (error) {
    const { alertId } = alert;
    deps.log('error', 'dossier not composed', { incidentId, alertId, ...errorFields(error) });
    return null;
  }
}
