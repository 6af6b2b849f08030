// Looks up a resource once a minute for all alerts of an incident.
import type { Entity } from '../domain/alert.ts';
import { type Fact, unknown } from '../domain/facts.ts';
import { errorFields } from '../platform/log.ts';
import type { SharedDeps } from './shared-activity.ts';

/**
 * Many alerts of an incident name the same resource. Looks it up if the record of look-ups does not answer. What was
 * found is not shared: it may name others by the references of one alert.
 */
export async function oncePerMinute<T>(
  { store, now, log }: Pick<SharedDeps, 'store' | 'now' | 'log'>,
  { incidentId, entity }: { incidentId: string; entity: Pick<Entity, 'kind' | 'value'> },
  look: () => Promise<Fact<T>>,
): Promise<Fact<T>> {
  const about = { incidentId, entity, since: now().toISOString() };
  const claim = await store.activityLookups.claim(about, now()).catch((error: unknown) => {
    log('warn', 'look-up not claimed', { incidentId, kind: entity.kind, ...errorFields(error) });
    return null;
  });
  return claim && 'found' in claim
    ? unknown('another alert of this incident looked it up in this minute')
    : look();
}
