// Looks something up once for all alerts of an incident in some minutes.
import { type Fact, unknown } from '../domain/facts.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { About, Shared } from '../store/look-ups.ts';
import type { Store } from '../store/store.ts';

export type SharingDeps = {
  store: Pick<Store, 'lookUps'>;
  now: () => Date;
  log: Log;
};

/**
 * An answer holds no reference, because references belong to one alert. `whyNot` says why it does not fit a record.
 * Looks it up even if the shared record can't be read or written.
 */
export async function sharedLookUp<T>(
  { store, now, log }: SharingDeps,
  about: About,
  shared: Shared<T> & { whyNot?: (value: T) => string | null },
  look: () => Promise<Fact<T>>,
): Promise<Fact<T>> {
  const { incidentId, entity } = about;
  const unshared = (error: unknown) => {
    log('warn', 'look-up not shared', { incidentId, kind: entity.kind, ...errorFields(error) });
    return null;
  };
  const claim = await store.lookUps.claim(about, now(), shared).catch(unshared);
  if (claim && 'found' in claim) return claim.found;
  const found = await look();
  const whyNot = (found.known && shared.whyNot?.(found.value)) || null;
  const answer = whyNot === null ? found : unknown(whyNot);
  if (claim) await store.lookUps.store(about, now(), answer, claim.version).catch(unshared);
  return found;
}
