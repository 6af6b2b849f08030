// Looks up what AWS recorded about the entities of an alert.
import type { Alert, Entity } from '../domain/alert.ts';
import type { EntityFacts } from '../domain/facts.ts';
import { type ConfigDeps, configChangesOf } from './config-changes.ts';
import { type FlowDeps, flowsOf } from './flows.ts';
import type { SharingDeps } from './shared-look-up.ts';
import { trailOf } from './trail.ts';
import type { TrailDeps } from './trail-events.ts';

export type LoggedFacts = Pick<EntityFacts, 'activity' | 'changes' | 'flows' | 'configChanges'>;

export function loggedFactsOf(
  deps: TrailDeps & SharingDeps & FlowDeps & ConfigDeps,
  alert: Alert,
  incidentId: string,
) {
  const trail = trailOf(deps, alert, incidentId);
  const flowsAbout = flowsOf(deps, alert, incidentId);
  const configOf = configChangesOf(deps, alert, incidentId);
  /** `groups`: the security groups of an instance. */
  return async (entity: Entity, groups: Promise<readonly string[]>): Promise<LoggedFacts> => {
    const [listed, flows, configChanges] = await Promise.all([
      trail(entity),
      flowsAbout(entity),
      configOf(entity, groups),
    ]);
    return { ...listed, ...(flows && { flows }), ...(configChanges && { configChanges }) };
  };
}
