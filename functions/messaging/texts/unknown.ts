// Unknown facts that bear on open requests, and why.
import type { Action } from '../../domain/action.ts';
import { changesOf } from '../../domain/action-catalog.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import { worthOf } from '../../domain/entity-worth.ts';
import type { EntityFacts, Fact, Facts } from '../../domain/facts.ts';
import { folded, oneLine } from '../../domain/wording.ts';

/** `what`: a noun phrase. `of`: whose, unless it is the only target's. `why`: the reason why it could not be read. */
export type Unknown = { what: string; of?: string; why: string; isAboutTarget: boolean };

type Labels<Group> = { readonly [Name in keyof Group]-?: string | null };
type Group<Name extends keyof EntityFacts> = NonNullable<EntityFacts[Name]>;

/** Null: the reader needs no such fact. The compiler names a fact without a label. */
const ENTITY: Labels<Omit<EntityFacts, LookedUp>> = {
  ref: null,
  protectedBy: 'whether policy protects it',
  optedIn: null,
  plannedWork: null,
  // Groups with labels of their own.
  history: null,
  address: null,
  instance: null,
  lambda: null,
  identity: null,
};
/** Said last: what a resource or an identity is matters more than what else was looked up. What it did comes first. */
type LookedUp = 'activity' | 'changes' | 'configChanges' | 'flows' | 'scanner' | 'reverseDns';
const LOOKED_UP: Labels<Pick<EntityFacts, LookedUp>> = {
  activity: 'its activity in CloudTrail',
  flows: 'its traffic in flow logs',
  changes: 'its recent changes in CloudTrail',
  configChanges: 'its recent changes in AWS Config',
  scanner: 'whether policy declares a scanner there',
  reverseDns: 'its name in DNS',
};
const HISTORY: Labels<Group<'history'>> = {
  earlierIncidents: 'earlier incidents',
  inForce: 'earlier actions that still apply',
  reversedByPeople: 'how often people undid an action on it',
  declined: 'how often people declined an action on it',
};
const ADDRESS: Labels<Group<'address'>> = {
  cidr: 'whether this is an address',
  family: null,
  singleHost: 'whether it is one host',
  range: 'whether the address is public',
  awsServices: 'whether an AWS service uses it',
  ownedBy: 'whether one of your resources has it',
  seenOnWeb: 'web requests from it',
  scanner: null,
};
const INSTANCE: Labels<Group<'instance'>> = {
  networkAcls: 'the network ACLs of its subnets',
  tags: 'its tags',
  forwards: 'whether it forwards traffic',
  interfaceIds: 'its network interfaces',
  exposure: null,
  inbound: 'which of its ports are open to everyone',
};
const LAMBDA: Labels<Group<'lambda'>> = { tags: 'its tags' };
const IDENTITY: Labels<Group<'identity'>> = {
  serviceAccount: 'whether it is a service account',
  tags: 'its tags',
  groups: 'the user’s groups',
  consoleAccess: 'whether the user has a console password',
  mfa: 'whether the user has MFA',
  lastUsed: 'its last use',
  status: 'whether the key is active',
  createdAt: 'its creation',
  access: 'which policies it has',
  activeKeys: 'the user’s other keys',
};

/** For each unknown fact. */
const MAX_NAMES = 3;
/** The worth of an address of an actor. The alert only mentions what is worth less. */
const MAX_WORTH = 2;

/**
 * Without repetitions: first what is unknown about the targets of these actions, then what could speak for or against
 * an attack about the other entities of the alert.
 */
export function unknownsOf(
  actions: readonly Action[],
  facts: Facts | null,
  alert: Pick<Alert, 'entities'> | undefined,
): Unknown[] {
  if (facts === null)
    return [
      {
        ...{ what: 'everything about the target', why: 'The facts cannot be read' },
        isAboutTarget: true,
      },
    ];
  const targets = [...new Set(actions.flatMap(({ target }) => target ?? []))];
  const refs = new Set(targets.map(({ ref }) => ref));
  const dependsOnHosts = actions.some(({ name }) => name && changesOf(name)?.dependsOn);
  const others = (alert?.entities ?? [])
    .filter((one) => one.kind !== 'alert' && !refs.has(one.ref) && worthOf(one) <= MAX_WORTH)
    .toSorted((a, b) => worthOf(a) - worthOf(b));
  const about = (
    entities: readonly Pick<Entity, 'ref' | 'value'>[],
    read: (found: EntityFacts) => Read[],
    isAboutTarget: boolean,
  ) =>
    entities.flatMap(({ ref, value }) => {
      const found = facts.entities.find((one) => one.ref === ref);
      const named = { name: oneLine(value, 40), isAboutTarget };
      return found ? read(found).map((one) => ({ ...one, ...named })) : [];
    });
  const all = [
    ...about(targets, inEntity, true),
    ...inGroup(facts, { calendar: 'the change calendar' }).map((one) => ({
      ...{ ...one, name: null, isAboutTarget: true },
    })),
    ...about(others, (one) => inOther(one, dependsOnHosts), false),
  ];
  const isNamed = refs.size > 1;
  const groups = Map.groupBy(all, ({ what, why }) => `${what}: ${why}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { what, why, isAboutTarget } = first;
    const names = [...new Set(same.flatMap(({ name }) => name ?? []))];
    const isOfAll = same.every((one) => one.isAboutTarget) && !isNamed;
    const of = isOfAll || names.length === 0 ? {} : { of: folded(names, MAX_NAMES).join(', ') };
    return { what: 'of' in of ? what.replace(/^its /, '') : what, why, isAboutTarget, ...of };
  });
}

type Read = Pick<Unknown, 'what' | 'why'>;

const inEntity = (facts: EntityFacts): Read[] => [
  ...inGroup(facts, ENTITY),
  ...inGroup(facts.history, HISTORY),
  ...(facts.address ? inGroup(facts.address, ADDRESS) : []),
  ...(facts.instance ? inGroup(facts.instance, INSTANCE) : []),
  ...(facts.lambda ? inGroup(facts.lambda, LAMBDA) : []),
  ...(facts.identity ? inGroup(facts.identity, IDENTITY) : []),
  ...inGroup(facts, LOOKED_UP),
];

/** What could speak for or against an attack. Some actions also depend on what the hosts are. */
function inOther(facts: EntityFacts, dependsOnHosts: boolean): Read[] {
  const { instance, identity, address } = facts;
  const { inbound } = INSTANCE;
  const { serviceAccount, lastUsed, access, activeKeys } = IDENTITY;
  const { ownedBy, awsServices } = ADDRESS;
  return [
    ...inGroup(facts, LOOKED_UP),
    ...(identity ? inGroup(identity, { access, lastUsed, serviceAccount, activeKeys }) : []),
    ...(instance ? inGroup(instance, dependsOnHosts ? INSTANCE : { inbound }) : []),
    ...(address ? inGroup(address, { ownedBy, awsServices }) : []),
  ];
}

function inGroup<G extends object>(group: G, labels: Partial<Labels<G>>): Read[] {
  return Object.entries(labels).flatMap(([name, what]) => {
    const fact: unknown = group[name as keyof G];
    return typeof what === 'string' && isUnknown(fact)
      ? [{ what, why: oneLine(withoutClass(fact.why)) }]
      : [];
  });
}

/** Without the name of the error's class before its message, and without a full stop. */
const withoutClass = (why: string): string =>
  why.replace(/(could not be read: )[A-Za-z][\w.]*: (?=\S)/, '$1').replace(/\.$/, '');

const isUnknown = (fact: unknown): fact is Extract<Fact<unknown>, { known: false }> =>
  typeof fact === 'object' && fact !== null && 'known' in fact && fact.known === false;
