// Builds the brief that the analysis gets: a bounded summary of the alert.
import type { Alert, Entity } from '../domain/alert.ts';
import {
  type EntityFacts,
  type Fact,
  type Facts,
  type InForce,
  type InstanceFacts,
  mapFact,
} from '../domain/facts.ts';
import type { Incident } from '../domain/incident.ts';
import { truncate } from '../domain/wording.ts';

/** A closed incident as the brief shows it. */
export type EarlierIncident = {
  incidentId: string;
  openedAt: string;
  types: string[];
  outcome: Incident['outcome'];
};
type Limits = { entities: number; text: number; attributes: number; attribute: number };

/** Step Functions limits a payload to 256 KiB. A shorter brief also gives better answers. */
export const MAX_BRIEF_BYTES = 60_000;

/** From strict to generous. The strictest fits even when every character is escaped to six bytes. */
const LIMITS: readonly [Limits, ...Limits[]] = [
  { entities: 12, text: 80, attributes: 4, attribute: 60 },
  { entities: 20, text: 200, attributes: 8, attribute: 120 },
  { entities: 40, text: 500, attributes: 12, attribute: 200 },
];

/**
 * The fullest brief of at most MAX_BRIEF_BYTES. All text in it is untrusted data from the event. Entities keep the
 * order of the alert: the alert itself, attackers, targets, others.
 */
export function briefOf(
  alert: Alert,
  facts: Facts,
  incident: Incident,
  earlier: Fact<EarlierIncident[]>,
) {
  const [least, ...fuller] = LIMITS;
  const brief = (limits: Limits) => within(limits, alert, facts, incident, earlier);
  const fits = (given: unknown) => sizeOf(given) <= MAX_BRIEF_BYTES;
  return fuller.toReversed().map(brief).find(fits) ?? brief(least);
}

/** Size in bytes of the JSON that is sent to the model, which has `<` escaped. */
const sizeOf = (brief: unknown): number =>
  Buffer.byteLength(JSON.stringify(brief).replaceAll('<', '\\u003c'));

function within(
  limits: Limits,
  alert: Alert,
  facts: Facts,
  incident: Incident,
  earlier: Fact<EarlierIncident[]>,
) {
  const { alertId: _alertId, entities, notes, evidence = [], ...described } = alert;
  return {
    alert: {
      ...described,
      findingId: shorter(alert.findingId, limits.text),
      title: shorter(alert.title, limits.text),
      description: shorter(alert.description, 2 * limits.text),
      notes: notes.slice(0, 10).map((note) => shorter(note, limits.text)),
      evidence: evidence.slice(0, limits.entities).map(({ foundAt: _foundAt, ...one }) => ({
        ...one,
        values: fewOf(one.values, limits),
        untrusted: fewOf(one.untrusted, limits),
      })),
      entities: entities.slice(0, limits.entities).map((entity) => shortened(entity, limits)),
      entitiesLeftOut: Math.max(0, entities.length - limits.entities),
    },
    facts: facts.entities.slice(0, limits.entities).map((entity) => fewer(entity, limits)),
    incident: {
      openedAt: incident.openedAt,
      alerts: incident.alerts
        .slice(-10)
        .map(({ type, severity, repeats, outcome }) => ({ type, severity, repeats, outcome })),
      earlier,
    },
  };
}

const shortened = ({ foundAt: _foundAt, ...entity }: Entity, limits: Limits) => ({
  ...entity,
  value: shorter(entity.value, limits.text),
  attributes: fewOf(entity.attributes, limits),
});

const fewOf = (named: Readonly<Record<string, string>>, limits: Limits) =>
  Object.fromEntries(
    Object.entries(named)
      .slice(0, limits.attributes)
      .map(([name, value]) => [name, shorter(value, limits.attribute)]),
  );

const MAX_IDS = 5;
const fewer = (
  { history, instance, lambda, identity, address, ...facts }: EntityFacts,
  limits: Limits,
) => ({
  ...facts,
  address: address && {
    ...address,
    seenOnWeb: mapFact(address.seenOnWeb, ({ requests, lastAt, example }) => ({
      requests,
      lastAt,
      example: example && shorter(example, limits.attribute),
    })),
  },
  instance: instance && {
    networkAcls: countedOnly(instance.networkAcls),
    tags: mapFact(instance.tags, (tags) => fewOf(tags, limits)),
    forwards: instance.forwards,
  },
  lambda: lambda && { tags: mapFact(lambda.tags, (tags) => fewOf(tags, limits)) },
  identity: identity && {
    ...identity,
    tags: mapFact(identity.tags, (tags) => fewOf(tags, limits)),
    groups: firstOf(identity.groups),
  },
  history: {
    ...history,
    earlierIncidents: firstOf(history.earlierIncidents),
    inForce: firstOf(named(history.inForce)),
  },
});
/** Replaces lists of IDs by counts: they show how much a block at the ACL would affect. */
const countedOnly = (acls: InstanceFacts['networkAcls']) =>
  mapFact(acls, (all) =>
    all.map(({ networkAclId, isDefault, subnets, instances, otherInterfaces }) => ({
      networkAclId,
      isDefault,
      subnets: subnets.count,
      instances: instances.count,
      otherInterfaces,
    })),
  );
const named = (fact: Fact<InForce[]>): Fact<string[]> =>
  mapFact(fact, (all) => all.map(({ name, actionId }) => `${name} (${actionId})`));
const firstOf = (fact: Fact<string[]>): Fact<string[]> =>
  mapFact(fact, (all) => all.slice(0, MAX_IDS));

/** Cuts the text and says so, because the model must not take a part for the full text. */
const shorter = (text: string, most: number): string =>
  text.length <= most ? text : `${truncate(text, most)}… [cut, ${text.length} characters in total]`;
