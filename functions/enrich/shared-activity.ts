// Looks up an identity once for all alerts of an incident in some minutes.
import type { Activity } from '../domain/activity.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { Fact } from '../domain/facts.ts';
import { minutesAfter } from '../domain/time.ts';
import { errorFields } from '../platform/log.ts';
import type { Store } from '../store/store.ts';
import { type ActivityDeps, activities, activityOf } from './activity.ts';

export type SharedDeps = ActivityDeps & { store: Pick<Store, 'activityLookups'> };

/** Runs each read after the one before. */
export type InTurn = <T>(read: () => Promise<T>) => Promise<T>;

export const sharedActivities = (
  deps: SharedDeps,
  alert: Alert,
  { incidentId, inTurn }: { incidentId: string; inTurn: InTurn },
) =>
  activities(deps, alert, (entity) =>
    inTurn(() => sharedActivityOf(deps, entity, { alert, incidentId })),
  );

/** Looks it up even if the shared record can't be read or written. */
async function sharedActivityOf(
  deps: SharedDeps,
  entity: Entity,
  { alert, incidentId }: { alert: Alert; incidentId: string },
): Promise<Fact<Activity>> {
  const { store, now, log } = deps;
  const { alertId, firstSeenAt: since } = alert;
  const about = { incidentId, alertId, entity, since: since ?? minutesAfter(now(), -24 * 60) };
  const unshared = (error: unknown) => {
    log('warn', 'activity not shared', { incidentId, ref: entity.ref, ...errorFields(error) });
    return null;
  };
  const claim = await store.activityLookups.claim(about, now()).catch(unshared);
  if (claim && 'found' in claim) return claim.found;
  const found = await activityOf(deps, entity, { since, days: 1 });
  if (claim) await store.activityLookups.store(about, now(), found, claim.version).catch(unshared);
  return found;
}
