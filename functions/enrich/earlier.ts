// Reads earlier incidents and decisions of people about the same entities.
import type { Action } from '../domain/action.ts';
import type { Entity } from '../domain/alert.ts';
import { type Fact, type Facts, known, unknown } from '../domain/facts.ts';
import type { EarlierDecision, EarlierIncident } from '../dossier/input.ts';
import { errorFields } from '../platform/log.ts';
import { type EntityEvent, MOST_READ } from '../store/entity-history.ts';
import type { EnrichDeps } from './deps.ts';
import { ONLY_NEWEST } from './history.ts';

/** Each costs one read. */
const MAX_READ = 5;

type EntityEvents = { ref: string; events: readonly EntityEvent[] };

/** The newest decisions against an action on one of the entities. An unreadable action has no reason. */
export async function earlierDecisions(
  { store, log }: Pick<EnrichDeps, 'store' | 'log'>,
  histories: readonly EntityEvents[],
): Promise<EarlierDecision[]> {
  const against = histories
    .flatMap(({ ref, events }) => events.map((one) => ({ ...one, ref })))
    .filter(({ event }) => event === 'declined' || event === 'reversed-by-person')
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, MAX_READ);
  return Promise.all(
    against.map(async ({ ref, event, at, name, incidentId, actionId }) => {
      const read = async () =>
        actionId ? await store.records.findAction(incidentId, actionId) : undefined;
      const action = await read().catch((error: unknown) => {
        log('warn', 'earlier decision not read', { incidentId, ...errorFields(error) });
        return undefined;
      });
      return { ref, event, at, action: name ?? 'an action', ...whyIn(action) };
    }),
  );
}

function whyIn(action: Action | undefined): Pick<EarlierDecision, 'reasons' | 'text'> {
  const { declineReasons = [], votes = [] } = action?.approval ?? {};
  const texts = [
    ...declineReasons.map(({ note }) => note),
    ...votes.filter(({ verdict }) => verdict === 'declined').map(({ reason }) => reason),
  ];
  return {
    reasons: [...new Set(declineReasons.map(({ why }) => why))],
    text: texts.filter(Boolean).join(' ').slice(0, 1000),
  };
}

const MAX_EARLIER = 5;

/** The latest incidents about these entities, those of attackers and targets first. */
export async function earlierIncidents(
  { store, log }: Pick<EnrichDeps, 'store' | 'log'>,
  { entities }: Facts,
  incidentId: string,
): Promise<Fact<EarlierIncident[]>> {
  const ids = entities.flatMap(({ history: { earlierIncidents: ids } }) =>
    ids.known ? ids.value : [],
  );
  return incidentsOf({ store, log }, ids, incidentId);
}

/** The latest incidents about one entity, without the one it is asked about. */
export async function incidentsWith(
  deps: Pick<EnrichDeps, 'store' | 'log'>,
  entity: Entity,
  incidentId: string,
): Promise<Fact<EarlierIncident[]>> {
  try {
    const events = await deps.store.entityHistory.read(entity);
    const ids = events.map((one) => one.incidentId).filter((id) => id !== incidentId);
    return ids.length === 0 && events.length >= MOST_READ
      ? unknown(ONLY_NEWEST)
      : await incidentsOf(deps, ids, incidentId);
  } catch (error) {
    deps.log('warn', 'related alerts not read', { incidentId, ...errorFields(error) });
    return unknown("Countermand's records could not be read");
  }
}

async function incidentsOf(
  { store, log }: Pick<EnrichDeps, 'store' | 'log'>,
  ids: readonly string[],
  incidentId: string,
): Promise<Fact<EarlierIncident[]>> {
  try {
    const found = await Promise.all(
      [...new Set(ids)].slice(0, MAX_EARLIER).map((id) => store.records.findIncident(id)),
    );
    const read = found.flatMap((one) =>
      one
        ? {
            incidentId: one.incidentId,
            openedAt: one.openedAt,
            types: [...new Set(one.alerts.map(({ type }) => type))].slice(0, 5),
            outcome: one.outcome,
          }
        : [],
    );
    if (read.length === 0 && ids.length > 0) throw new Error('none of their records is readable');
    return known(read);
  } catch (error) {
    log('warn', 'earlier incidents not read', { incidentId, ...errorFields(error) });
    return unknown("Countermand's records could not be read");
  }
}
