// Reads facts on each entity of an alert, writes them, and hands the analysis a brief: no table, no raw event.
import { z } from 'zod';
import { errorFields, type Log } from '../audit/log.ts';
import { IncidentId } from '../domain/action.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import { type EntityFacts, type Facts, known, unknown } from '../domain/facts.ts';
import type { Incident } from '../domain/incident.ts';
import type { Policy } from '../domain/policy.ts';
import type { EntityEvent } from '../store/entity-history.ts';
import type { Store } from '../store/store.ts';
import { addressFacts } from './address.ts';
import { protectingRule } from './protect.ts';

export type EnrichDeps = { store: Store; policy: Policy; now: () => Date; log: Log };

export const EnrichInput = z.object({ incidentId: IncidentId, alertId: z.string() });

export async function enrich(deps: EnrichDeps, input: unknown) {
  const { incidentId, alertId } = EnrichInput.parse(input);
  const { records } = deps.store;
  const [alert, incident] = await Promise.all([
    records.alert(incidentId, alertId),
    records.incident(incidentId),
  ]);
  const facts: Facts = {
    readAt: deps.now().toISOString(),
    entities: await Promise.all(alert.entities.map((entity) => factsOn(deps, entity, incidentId))),
  };
  await records.putFacts(incidentId, alertId, facts);
  return { incidentId, alertId, brief: briefOf(alert, facts, incident) };
}

async function factsOn(deps: EnrichDeps, entity: Entity, incidentId: string): Promise<EntityFacts> {
  return {
    ref: entity.ref,
    protectedBy: known(protectingRule(entity, deps.policy.protected)?.id ?? null),
    history: await historyOf(deps, entity, incidentId),
    address: entity.kind === 'ip' ? addressFacts(entity.value) : null,
  };
}

async function historyOf(
  { store, log }: EnrichDeps,
  entity: Entity,
  incidentId: string,
): Promise<EntityFacts['history']> {
  try {
    const events = await store.entityHistory.read(entity);
    const earlier = events.filter(
      (one) => one.event === 'incident' && one.incidentId !== incidentId,
    );
    return {
      earlierIncidents: known([...new Set(earlier.map((one) => one.incidentId))].slice(0, 20)),
      inForce: known(inForce(events).slice(0, 20)),
      reversedByPeople: known(events.filter(({ event }) => event === 'reversed-by-person').length),
      declined: known(events.filter(({ event }) => event === 'declined').length),
    };
  } catch (error) {
    log('warn', 'history not read', { incidentId, ref: entity.ref, ...errorFields(error) });
    const why = unknown('our own records could not be read');
    return { earlierIncidents: why, inForce: why, reversedByPeople: why, declined: why };
  }
}

/** Actions that came into force and have not ended since. */
function inForce(events: readonly EntityEvent[]): string[] {
  const ended = new Set(
    events
      .filter(({ event }) => event === 'ended' || event === 'reversed-by-person')
      .map((one) => one.actionId),
  );
  return events
    .filter(({ event, actionId }) => event === 'in-force' && !ended.has(actionId))
    .map(({ name, actionId }) => `${name} (${actionId})`);
}

/** The state machine carries 256 KB; a model reads better with less. */
const MAX_ENTITIES = 40;
const MAX_TEXT = 500;

/** What the analysis sees. All text in it is data from the event, cut to a length in which little can be hidden. */
function briefOf(alert: Alert, facts: Facts, incident: Incident) {
  const { alertId: _alertId, entities, notes, ...described } = alert;
  return {
    alert: {
      ...described,
      title: alert.title.slice(0, MAX_TEXT),
      description: alert.description.slice(0, 2 * MAX_TEXT),
      notes: notes.slice(0, 10),
      entities: entities.slice(0, MAX_ENTITIES).map(({ foundAt: _foundAt, ...entity }) => ({
        ...entity,
        value: entity.value.slice(0, MAX_TEXT),
        attributes: Object.fromEntries(
          Object.entries(entity.attributes)
            .slice(0, 12)
            .map(([name, value]) => [name, value.slice(0, 200)]),
        ),
      })),
    },
    facts: facts.entities.slice(0, MAX_ENTITIES),
    incident: {
      openedAt: incident.openedAt,
      alerts: incident.alerts
        .slice(-10)
        .map(({ type, severity, repeats, outcome }) => ({ type, severity, repeats, outcome })),
    },
  };
}
