// Looks up in CloudTrail what identities did and who changed resources.
import type { Alert, Entity } from '../domain/alert.ts';
import type { EntityFacts } from '../domain/facts.ts';
import { activities } from './activity.ts';
import { changesOfResources } from './resource-changes.ts';
import type { SharingDeps } from './shared-look-up.ts';
import type { TrailDeps } from './trail-events.ts';

type TrailFacts = Pick<EntityFacts, 'activity' | 'changes'>;

/** One entity after another: CloudTrail limits the requests of the account. */
export function trailOf(deps: TrailDeps & SharingDeps, alert: Alert, incidentId: string) {
  let queue: Promise<unknown> = Promise.resolve();
  function inTurn<T>(read: () => Promise<T>): Promise<T> {
    const looked = queue.then(read);
    queue = looked;
    return looked;
  }
  const activityOf = activities(deps, alert, { incidentId, inTurn });
  const changesOf = changesOfResources(deps, alert, { incidentId, inTurn });
  return async (entity: Entity): Promise<TrailFacts> => {
    const [activity, changes] = await Promise.all([activityOf(entity), changesOf(entity)]);
    return { ...(activity && { activity }), ...(changes && { changes }) };
  };
}
