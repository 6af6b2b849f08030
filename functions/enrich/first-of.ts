// Limits a look-up to the first entities of an alert that are in this account.
import type { Entity } from '../domain/alert.ts';
import { type Fact, unknown } from '../domain/facts.ts';
import type { Place } from '../domain/place.ts';
import { whyElsewhere } from '../domain/target-place.ts';

/** Looks up the first `most` of the entities. The others are unknown, for this reason. Null for other entities. */
export const firstOf =
  <T>(
    here: Place,
    wanted: readonly Entity[],
    { most, why }: { most: number; why: string },
    look: (entity: Entity) => Promise<Fact<T>>,
  ) =>
  async (entity: Entity): Promise<Fact<T> | null> => {
    const index = wanted.findIndex(({ ref }) => ref === entity.ref);
    if (index < 0) return null;
    const elsewhere = whyElsewhere(entity, here);
    if (elsewhere) return unknown(elsewhere);
    return index < most ? look(entity) : unknown(why);
  };
