// The enrich step: reads and stores facts about an alert, returns the brief.
import * as z from 'zod/mini';
import { ActionId, IncidentId } from '../domain/action.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import {
  type EntityFacts,
  type Fact,
  type Facts,
  type FunctionFacts,
  type IdentityFacts,
  type InstanceFacts,
  mapFact,
  unknown,
} from '../domain/facts.ts';
import { isOptedIn } from '../domain/opt-in.ts';
import { isIdentity } from '../domain/service-account.ts';
import { isHere, whyElsewhere } from '../domain/target-place.ts';
import { errorFields } from '../platform/log.ts';
import { signsOf } from '../playbook/signs.ts';
import { type EntityEvent, MOST_READ } from '../store/entity-history.ts';
import { addressFacts } from './address.ts';
import { ownersOf } from './address-owner.ts';
import { analysedFacts } from './analysed-facts.ts';
import { briefOf } from './brief.ts';
import { calendarState } from './calendar.ts';
import { composed, NOT_COMPOSED } from './composed.ts';
import type { EnrichDeps } from './deps.ts';
import { functionFacts, unreadFunction } from './function.ts';
import { historyFacts, unreadHistory } from './history.ts';
import { identityFacts, unreadIdentity } from './identity.ts';
import { instanceFacts, securityGroupsOf, unreadInstance } from './instance.ts';
import { type InstanceOf, instancesOf } from './instances.ts';
import type { Interval } from './intervals.ts';
import { loggedFactsOf } from './logged-facts.ts';
import { modelRefusal } from './model-call.ts';
import { optInOf } from './opt-in.ts';
import { plannedWorkFor } from './planned-work.ts';
import { approverAddress, firstProtection, protection, rangeOfApprover } from './protection.ts';
import { readFact } from './read-fact.ts';
import { scannersOf } from './scanner.ts';
import { firstTags } from './tags.ts';
import { webTrafficOf } from './web-traffic.ts';

export const EnrichInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** The expired action that a manager requests again. Passed through; it skips the analysis. */
  askAnew: z.optional(ActionId),
  /** The approved action for which the facts are read again, without another analysis. */
  actionId: z.optional(ActionId),
});

/** A fact that can't be read is unknown. Throws only when the alert or the incident can't be read. */
export async function enrich(deps: EnrichDeps, input: unknown) {
  const { incidentId, alertId, askAnew, actionId } = EnrichInput.parse(input);
  const { records } = deps.store;
  const [alert, incident] = await Promise.all([
    records.alert(incidentId, alertId),
    records.incident(incidentId),
  ]);
  const addresses = alert.entities.flatMap((entity) =>
    entity.kind === 'ip' && isHere(entity, deps.here) ? entity.value : [],
  );
  const [ownerOf, trafficOf, approvers, calendar] = await Promise.all([
    ownersOf(deps, addresses),
    webTrafficOf(deps, { waf: deps.waf, webAcls: deps.policy.webAcls }, addresses),
    rangesOfApprovers(deps),
    calendarState(deps, deps.policy),
  ]);
  const histories = new Map<string, readonly EntityEvent[]>();
  const isAsked = !askAnew && !actionId;
  const analysed = isAsked ? null : await analysedFacts(deps, incidentId, alert);
  const looking = { ...deps, instanceOf: instancesOf(deps) };
  const loggedOn = analysed?.loggedOn ?? loggedFactsOf(looking, alert, incidentId);
  const scannerOf = analysed?.scannerOf ?? scannersOf(looking, alert, ownerOf);
  const facts: Facts = {
    readAt: deps.now().toISOString(),
    calendar,
    entities: await Promise.all(
      alert.entities.map((entity) =>
        factsOn(looking, entity, {
          ...{ alert, incidentId, ownerOf, trafficOf, approvers, histories, loggedOn, scannerOf },
        }),
      ),
    ),
    ...analysed?.cited,
  };
  // Before the dossier, whose text may come from an attacker: the gate needs the facts in any case.
  await records.putFacts(incidentId, alertId, facts);
  const dossier = await composed(deps, { alert, incident, facts, histories });
  const { text, citable } = dossier ?? { text: '', citable: [] };
  if (isAsked && dossier) await records.putFacts(incidentId, alertId, { ...facts, citable });
  return {
    incidentId,
    alertId,
    ...(askAnew && { askAnew }),
    brief: briefOf(alert, { dossier: text, citable, signs: signsOf(alert, facts) }),
    ...(isAsked &&
      (dossier ? await modelRefusal(deps, alert, incident) : { modelNotAsked: NOT_COMPOSED })),
  };
}

type Looking = EnrichDeps & { instanceOf: InstanceOf };

async function factsOn(
  deps: Looking,
  entity: Entity,
  {
    alert,
    incidentId,
    ownerOf,
    trafficOf,
    approvers,
    histories,
    loggedOn,
    scannerOf,
  }: AlertContext,
): Promise<EntityFacts> {
  const { kind } = entity;
  const elsewhere = whyElsewhere(entity, deps.here);
  const asInstance = kind === 'instance' ? readInstance(deps, entity, alert) : null;
  const [history, instance, lambda, identity, logged, declared, tagged] = await Promise.all([
    elsewhere && !SHARED.includes(kind)
      ? unreadHistory(elsewhere)
      : historyOf(deps, entity, { incidentId, histories }),
    asInstance,
    kind === 'function' ? functionOf(deps, entity, alert) : null,
    isIdentity(entity) ? identityOf(deps, entity, alert) : null,
    loggedOn(entity, securityGroupsOf(asInstance)),
    scannerOf(entity),
    optInFact(deps, entity, alert),
  ]);
  const optedIn = lambda ? mapFact(lambda.tags, isOptedIn) : tagged;
  return {
    ref: entity.ref,
    // Protection looks at all tags; only the first few are stored.
    protectedBy: firstProtection(
      protection(entity, deps.policy.protected, (identity ?? instance ?? lambda)?.tags),
      approverAddress(entity, approvers),
    ),
    history,
    address: kind === 'ip' ? await factsOnAddress(entity, elsewhere, { ownerOf, trafficOf }) : null,
    instance: instance && { ...instance, tags: firstTags(instance.tags) },
    lambda: lambda && { tags: firstTags(lambda.tags) },
    ...(optedIn && { optedIn }),
    identity: identity && { ...identity, tags: firstTags(identity.tags) },
    ...logged,
    ...declared,
    plannedWork: elsewhere
      ? null
      : plannedWorkFor(entity, alert, deps.policy.plannedWork, deps.now()),
  };
}

/** The same in every account. Our records about other kinds are about the resource of that name that is here. */
const SHARED: readonly Entity['kind'][] = ['ip', 'domain', 'alert'];

async function factsOnAddress(
  { value }: Entity,
  elsewhere: string | null,
  { ownerOf, trafficOf }: Pick<AlertContext, 'ownerOf' | 'trafficOf'>,
): Promise<EntityFacts['address']> {
  const facts = await addressFacts(value);
  if (elsewhere) return { ...facts, ownedBy: unknown(elsewhere), seenOnWeb: unknown(elsewhere) };
  return { ...facts, ownedBy: ownerOf(value), seenOnWeb: trafficOf(value) };
}

/** Context that all entities of one alert share. */
type AlertContext = {
  alert: Alert;
  incidentId: string;
  ownerOf: Awaited<ReturnType<typeof ownersOf>>;
  trafficOf: Awaited<ReturnType<typeof webTrafficOf>>;
  approvers: Fact<readonly Interval[]>;
  /** Filled while the facts are read. */
  histories: Map<string, readonly EntityEvent[]>;
  loggedOn: ReturnType<typeof loggedFactsOf>;
  scannerOf: ReturnType<typeof scannersOf>;
};

/** Approvers' fixed addresses from policy and the addresses from which they recently opened a link. */
function rangesOfApprovers(deps: EnrichDeps): Promise<Fact<Interval[]>> {
  const { store, policy, now } = deps;
  const fixed = Object.values(policy.escalation.people).flatMap(({ addresses = [] }) => addresses);
  return readFact(deps, 'The addresses of the approvers', async () =>
    [...fixed, ...(await store.approverAddresses.recent(now()))].map(rangeOfApprover),
  );
}

async function identityOf(deps: EnrichDeps, entity: Entity, alert: Alert): Promise<IdentityFacts> {
  const why = reasonToSkip(deps, entity, alert.entities.filter(isIdentity).indexOf(entity), '');
  return why ? unreadIdentity(why) : identityFacts(deps, entity);
}

async function readInstance(deps: Looking, entity: Entity, alert: Alert): Promise<InstanceFacts> {
  const why = reasonToSkip(deps, entity, indexInKind(entity, alert), ' instances');
  if (why) return unreadInstance(why);
  const attackers = alert.entities.filter(({ kind, part }) => kind === 'ip' && part === 'actor');
  const attacked = { ...alert.traffic, attackers: attackers.map(({ value }) => value) };
  return instanceFacts(deps, entity.value, attacked);
}

async function functionOf(deps: EnrichDeps, entity: Entity, alert: Alert): Promise<FunctionFacts> {
  const why = reasonToSkip(deps, entity, indexInKind(entity, alert), ' functions');
  return why ? unreadFunction(why) : functionFacts(deps, entity);
}

async function optInFact(deps: EnrichDeps, entity: Entity, alert: Alert) {
  const why = reasonToSkip(deps, entity, indexInKind(entity, alert), '');
  return why ? null : optInOf(deps, entity);
}

const indexInKind = (entity: Entity, { entities }: Alert): number =>
  entities.filter(({ kind }) => kind === entity.kind).indexOf(entity);

/** Each entity costs several calls and kilobytes. A person investigates an alert that names more. */
const MAX_READ_PER_KIND = 10;

/** The reason not to read an entity, or null. `index` is its position among the entities of its kind, from 0. */
function reasonToSkip(
  { here }: EnrichDeps,
  entity: Entity,
  index: number,
  noun: string,
): string | null {
  const elsewhere = whyElsewhere(entity, here);
  if (elsewhere) return elsewhere;
  return index < MAX_READ_PER_KIND ? null : `only the first ${MAX_READ_PER_KIND}${noun} are read`;
}

async function historyOf(
  { store, log }: EnrichDeps,
  entity: Entity,
  { incidentId, histories }: Pick<AlertContext, 'incidentId' | 'histories'>,
) {
  try {
    const events = await store.entityHistory.read(entity);
    histories.set(entity.ref, events);
    return historyFacts(events, incidentId, events.length < MOST_READ);
  } catch (error) {
    log('warn', 'history not read', { incidentId, ref: entity.ref, ...errorFields(error) });
    return unreadHistory();
  }
}
