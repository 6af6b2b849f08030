// Fills in what alerts of earlier versions did not record.
import type { Alert, Entity } from './alert.ts';
import { UNKNOWN } from './place.ts';

/**
 * Before entities had places, each was taken to be where the finding is. The alert's own entity always has a place now,
 * unless the finding names none.
 */
export function withPlaces(alert: Alert): Alert {
  const { account, region } = alert;
  const isEarlier = alert.entities.every(hasNoPlace) && account !== UNKNOWN;
  return isEarlier
    ? { ...alert, entities: alert.entities.map((one) => ({ ...one, place: { account, region } })) }
    : alert;
}

export const hasNoPlace = ({ place }: Pick<Entity, 'place'>): boolean =>
  place.account === UNKNOWN && place.region === UNKNOWN;
