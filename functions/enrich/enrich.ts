// Reads facts on each entity of an alert, writes them, and hands the analysis a brief: no table, no raw event.

import * as z from 'zod';
import { ActionId, IncidentId } from '../domain/action.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import {
  type EntityFacts,
  type Fact,
  type Facts,
  type FunctionFacts,
  type IdentityFacts,
  type InstanceFacts,
  known,
  unknown,
} from '../domain/facts.ts';
import { isIdentity } from '../domain/service-account.ts';
import { errorFields } from '../platform/log.ts';
import { MOST_READ } from '../store/entity-history.ts';
import { addressFacts } from './address.ts';
import { briefOf, type EarlierIncident } from './brief.ts';
import { calendarState, windowFor } from './calendar.ts';
import type { EnrichDeps } from './deps.ts';
import { functionFacts, unreadFunction } from './function.ts';
import { historyFacts, unreadHistory } from './history.ts';
import { identityFacts, unreadIdentity } from './identity.ts';
import { instanceFacts, unreadInstance } from './instance.ts';
import type { Interval } from './intervals.ts';
import { look } from './look.ts';
import { ownersOf } from './owned.ts';
import { either, placeOf, protection, usedByApprovers } from './protect.ts';
import { firstTags } from './tags.ts';
import { webTrafficOf } from './web-traffic.ts';

export const EnrichInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** The expired action that a manager wants asked anew: nothing is analysed again. */
  askAnew: ActionId.optional(),
});

/** A fact that cannot be read is unknown; only an alert or incident that cannot be read ends it. */
export async function enrich(deps: EnrichDeps, input: unknown) {
  const { incidentId, alertId, askAnew } = EnrichInput.parse(input);
  const { records } = deps.store;
  const [alert, incident] = await Promise.all([
    records.alert(incidentId, alertId),
    records.incident(incidentId),
  ]);
  const addresses = alert.entities.flatMap(({ kind, value }) => (kind === 'ip' ? value : []));
  const { waf, policy } = deps;
  const [ownerOf, trafficOf, approvers, calendar] = await Promise.all([
    ownersOf(deps, addresses),
    webTrafficOf(deps, { waf, webAcls: policy.webAcls }, addresses),
    placesOfApprovers(deps),
    calendarState(deps, policy),
  ]);
  const facts: Facts = {
    readAt: deps.now().toISOString(),
    calendar,
    entities: await Promise.all(
      alert.entities.map((entity) =>
        factsOn(deps, entity, { alert, incidentId, ownerOf, trafficOf, approvers }),
      ),
    ),
  };
  await records.putFacts(incidentId, alertId, facts);
  const earlier = await earlierIncidents(deps, facts, incidentId);
  return {
    incidentId,
    alertId,
    ...(askAnew && { askAnew }),
    brief: briefOf(alert, facts, incident, earlier),
  };
}

async function factsOn(
  deps: EnrichDeps,
  entity: Entity,
  { alert, incidentId, ownerOf, trafficOf, approvers }: Around,
): Promise<EntityFacts> {
  const { kind, value } = entity;
  const [history, instance, lambda, identity] = await Promise.all([
    historyOf(deps, entity, incidentId),
    kind === 'instance' ? instanceOf(deps, entity, alert) : null,
    kind === 'function' ? functionOf(deps, entity, alert) : null,
    isIdentity(entity) ? identityOf(deps, entity, alert) : null,
  ]);
  return {
    ref: entity.ref,
    // All tags count here; only the first few are kept.
    protectedBy: either(
      protection(entity, deps.policy.protected, (identity ?? instance ?? lambda)?.tags),
      usedByApprovers(entity, approvers),
    ),
    history,
    address:
      kind === 'ip'
        ? { ...addressFacts(value), ownedBy: ownerOf(value), seenOnWeb: trafficOf(value) }
        : null,
    instance: instance && { ...instance, tags: firstTags(instance.tags) },
    lambda: lambda && { tags: firstTags(lambda.tags) },
    identity: identity && { ...identity, tags: firstTags(identity.tags) },
    plannedWork: windowFor(entity, deps.policy.plannedWork, deps.now()),
  };
}

/** What is the same for every entity of one alert. */
type Around = {
  alert: Alert;
  incidentId: string;
  ownerOf: Awaited<ReturnType<typeof ownersOf>>;
  trafficOf: Awaited<ReturnType<typeof webTrafficOf>>;
  approvers: Fact<readonly Interval[]>;
};

/** What policy says of people, and where they were when they opened a link. */
function placesOfApprovers(deps: EnrichDeps): Promise<Fact<Interval[]>> {
  const { store, policy, now } = deps;
  const fixed = Object.values(policy.escalation.people).flatMap(({ addresses = [] }) => addresses);
  return look(deps, 'Where the approvers are', async () =>
    [...fixed, ...(await store.approverAddresses.recent(now()))].map(placeOf),
  );
}

async function identityOf(deps: EnrichDeps, entity: Entity, alert: Alert): Promise<IdentityFacts> {
  const why = whyNotRead(deps, alert, alert.entities.filter(isIdentity).indexOf(entity), '');
  return why ? unreadIdentity(why) : identityFacts(deps, entity);
}

async function instanceOf(deps: EnrichDeps, entity: Entity, alert: Alert): Promise<InstanceFacts> {
  const why = whyNotRead(deps, alert, placeAmongItsKind(entity, alert), ' instances');
  return why ? unreadInstance(why) : instanceFacts(deps, entity.value);
}

async function functionOf(deps: EnrichDeps, entity: Entity, alert: Alert): Promise<FunctionFacts> {
  const why = whyNotRead(deps, alert, placeAmongItsKind(entity, alert), ' functions');
  return why ? unreadFunction(why) : functionFacts(deps, entity, alert);
}

const placeAmongItsKind = (entity: Entity, { entities }: Alert): number =>
  entities.filter(({ kind }) => kind === entity.kind).indexOf(entity);

/** Each is some calls and some kilobytes; an alert that names more is looked into by a person. */
const MOST_READ_ALIKE = 10;

/** Null for what is of this account, and among the first of those that are alike; `place` counts from 0. */
function whyNotRead(
  { policy }: EnrichDeps,
  { account }: Alert,
  place: number,
  noun: string,
): string | null {
  if (account !== policy.account) return `it is in account ${account}, which we cannot look into`;
  return place < MOST_READ_ALIKE ? null : `only the first ${MOST_READ_ALIKE}${noun} are looked at`;
}

async function historyOf({ store, log }: EnrichDeps, entity: Entity, incidentId: string) {
  try {
    const events = await store.entityHistory.read(entity);
    return historyFacts(events, incidentId, events.length < MOST_READ);
  } catch (error) {
    log('warn', 'history not read', { incidentId, ref: entity.ref, ...errorFields(error) });
    return unreadHistory();
  }
}

const MAX_EARLIER = 5;

/** How earlier incidents around these entities ended; attackers and targets come first. */
async function earlierIncidents(
  { store, log }: EnrichDeps,
  { entities }: Facts,
  incidentId: string,
): Promise<Fact<EarlierIncident[]>> {
  const ids = entities.flatMap(({ history: { earlierIncidents: ids } }) =>
    ids.known ? ids.value : [],
  );
  try {
    const found = await Promise.all(
      [...new Set(ids)].slice(0, MAX_EARLIER).map((id) => store.records.findIncident(id)),
    );
    return known(
      found.flatMap((one) =>
        one
          ? {
              incidentId: one.incidentId,
              openedAt: one.openedAt,
              types: [...new Set(one.alerts.map(({ type }) => type))].slice(0, 5),
              outcome: one.outcome,
            }
          : [],
      ),
    );
  } catch (error) {
    log('warn', 'earlier incidents not read', { incidentId, ...errorFields(error) });
    return unknown('our own records could not be read');
  }
}
