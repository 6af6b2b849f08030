// Facts from our own records: incidents, actions in force, people's decisions.

import type * as z from 'zod/mini';
import type { Fact, HistoryFacts, InForce } from '../domain/facts.ts';
import { known, unknown } from '../domain/facts.ts';
import type { EntityEvent } from '../store/entity-history.ts';

type Facts = z.infer<typeof HistoryFacts>;

const MAX_LISTED = 20;
/** Why what an entity with more events than are read did before is unknown. */
export const ONLY_NEWEST = 'only the newest of its many events were read';

/** Facts from an entity's newest events. `complete` is true when there are no older events. */
export function historyFacts(
  events: readonly EntityEvent[],
  incidentId: string,
  complete: boolean,
): Facts {
  const earlier = events
    .filter((one) => one.event === 'incident' && one.incidentId !== incidentId)
    .map((one) => one.incidentId);
  const count = (event: EntityEvent['event']): Fact<number> => {
    const found = events.filter((one) => one.event === event).length;
    return found > 0 || complete ? known(found) : unknown(ONLY_NEWEST);
  };
  return {
    earlierIncidents:
      earlier.length > 0 || complete
        ? known([...new Set(earlier)].slice(0, MAX_LISTED))
        : unknown(ONLY_NEWEST),
    inForce: known(inForce(events).slice(0, MAX_LISTED)),
    reversedByPeople: count('reversed-by-person'),
    declined: count('declined'),
  };
}

/** Unknown facts for an entity whose history is not read, with the reason. */
export function unreadHistory(why = "Countermand's records could not be read"): Facts {
  const fact = unknown(why);
  return { earlierIncidents: fact, inForce: fact, reversedByPeople: fact, declined: fact };
}

/** Actions that came into force and have not ended since. The newest events include the start of every such action. */
function inForce(events: readonly EntityEvent[]): InForce[] {
  const ended = new Set(
    events
      .filter(({ event }) => event === 'ended' || event === 'reversed-by-person')
      .map((one) => one.actionId),
  );
  return events
    .filter(({ event, actionId }) => event === 'in-force' && !ended.has(actionId))
    .map(({ name, actionId, effect }) => ({
      name: name ?? 'unknown',
      actionId: actionId ?? 'unknown',
      effect,
    }));
}
