// Lets one alert of an incident look up a resource in a minute.
import type { Entity } from '../domain/alert.ts';
import { type Fact, unknown } from '../domain/facts.ts';
import { errorFields } from '../platform/log.ts';
import type { SharedDeps } from './shared-activity.ts';

type Deps = Pick<SharedDeps, 'store' | 'now' | 'log'>;
/** `entity.value`: the resource, with the name of the look-up if several look up the same resource. */
type About = { incidentId: string; alertId: string; entity: Pick<Entity, 'kind' | 'value'> };

/**
 * Many alerts of an incident name the same resource. What was found is not shared: it may name others by the references
 * of one alert.
 */
export const oncePerMinute = async <T>(
  deps: Deps,
  about: About,
  look: () => Promise<Fact<T>>,
): Promise<Fact<T>> =>
  (await isLookedUp(deps, about))
    ? unknown('another alert of this incident looked it up in this minute')
    : look();

/** False if the record of look-ups does not answer. */
async function isLookedUp({ store, now, log }: Deps, about: About): Promise<boolean> {
  const { incidentId, entity } = about;
  const wanted = { ...about, since: now().toISOString() };
  const claim = await store.activityLookups.claim(wanted, now()).catch((error: unknown) => {
    log('warn', 'look-up not claimed', { incidentId, kind: entity.kind, ...errorFields(error) });
    return null;
  });
  return claim !== null && 'found' in claim;
}
