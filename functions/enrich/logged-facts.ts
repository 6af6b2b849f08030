// Looks up what AWS's own logs say about the entities of an alert.
import type { Alert, Entity } from '../domain/alert.ts';
import type { EntityFacts } from '../domain/facts.ts';
import { type FlowDeps, flowsOf } from './flows.ts';
import type { SharedDeps } from './shared-activity.ts';
import { trailOf } from './trail.ts';

export type LoggedFacts = Pick<EntityFacts, 'activity' | 'changes' | 'flows'>;

export function loggedFactsOf(deps: SharedDeps & FlowDeps, alert: Alert, incidentId: string) {
  const trail = trailOf(deps, alert, incidentId);
  const flowsAbout = flowsOf(deps, alert, incidentId);
  return async (entity: Entity): Promise<LoggedFacts> => {
    const [listed, flows] = await Promise.all([trail(entity), flowsAbout(entity)]);
    return { ...listed, ...(flows && { flows }) };
  };
}
