// Finds the planned work that may explain an alert.
import type { Alert, Entity } from '../domain/alert.ts';
import { isIdentity } from '../domain/service-account.ts';
import { isIn } from '../domain/weekly-window.ts';
import { type PlannedWork, windowOf } from '../policy/schemas/calendar.ts';
import { isWithin } from './intervals.ts';
import { matches, namesOf } from './protection.ts';

/**
 * The ID of the first planned work that names the entity, or null. Each list of the work must name an entity of the
 * alert, and `sources` each address that acts: a thief uses the same key from elsewhere at the same time. Its window
 * must contain the present, or the time when the product last saw the activity: a product may report hours later.
 */
export function plannedWorkFor(
  entity: Entity,
  { entities, lastSeenAt }: Pick<Alert, 'entities' | 'lastSeenAt'>,
  planned: readonly PlannedWork[],
  now: Date,
): string | null {
  const moments = [now, ...(lastSeenAt ? [new Date(lastSeenAt)] : [])];
  const isOpen = (work: PlannedWork): boolean => {
    const window = windowOf(work);
    return window === null || moments.some((at) => isIn(window, at));
  };
  const covers = (work: PlannedWork): boolean => {
    const lists = listsOf(work);
    return (
      lists.some((names) => names(entity)) &&
      lists.every((names) => entities.some(names)) &&
      entities.every((one) => !isCaller(one) || comesFrom(work, one))
    );
  };
  return planned.find((work) => isOpen(work) && covers(work))?.id ?? null;
}

function listsOf({ values, identities, sources, targets }: PlannedWork) {
  const named = (patterns: readonly string[], entity: Entity): boolean =>
    patterns.some((pattern) => namesOf(entity).some((name) => matches(pattern, name)));
  return [
    values && ((one: Entity) => named(values, one)),
    identities && ((one: Entity) => isIdentity(one) && named(identities, one)),
    sources && ((one: Entity) => isCaller(one) && comesFrom({ sources }, one)),
    targets && ((one: Entity) => one.part === 'target' && named(targets, one)),
  ].filter((list) => list !== undefined);
}

const isCaller = ({ kind, part }: Entity): boolean => kind === 'ip' && part === 'actor';

const comesFrom = ({ sources }: Pick<PlannedWork, 'sources'>, { value }: Entity): boolean =>
  sources?.some((source) => matches(source, value) || isWithin(source, value)) ?? true;
