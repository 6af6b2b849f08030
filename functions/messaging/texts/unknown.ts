// Unknown facts about the targets of open requests, and why.
import type { Action } from '../../domain/action.ts';
import { changesOf } from '../../domain/action-catalog.ts';
import type { EntityFacts, Fact, Facts } from '../../domain/facts.ts';
import { oneLine } from '../../domain/wording.ts';

/** `what`: a noun phrase. `of`: the target, on a page about several. `why`: the reason why it could not be read. */
export type Unknown = { what: string; of?: string; why: string };

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
/** Said last: what a resource or an identity is matters more than what else was looked up. */
type LookedUp = 'activity' | 'changes' | 'configChanges' | 'flows' | 'scanner' | 'reverseDns';
const LOOKED_UP: Labels<Pick<EntityFacts, LookedUp>> = {
  activity: 'its activity in CloudTrail',
  changes: 'its recent changes in CloudTrail',
  configChanges: 'its recent changes in AWS Config',
  flows: 'its traffic in flow logs',
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

/** Unknown facts about the targets of these actions, without repetitions. */
export function unknownsOf(actions: readonly Action[], facts: Facts | null): Unknown[] {
  if (facts === null)
    return [{ what: 'everything about the target', why: 'The facts cannot be read' }];
  const targets = [...new Set(actions.map(({ target }) => target?.ref))];
  const about = targets.flatMap((ref) => {
    const found = facts.entities.find((one) => one.ref === ref);
    const name = actions.find(({ target }) => target?.ref === ref)?.target?.value ?? '';
    const of = targets.length > 1 ? { of: oneLine(name, 40) } : {};
    return found ? inEntity(found).map((one) => ({ ...one, ...of })) : [];
  });
  const dependsOnHosts = actions.some(({ name }) => name && changesOf(name)?.dependsOn);
  const hosts = dependsOnHosts
    ? facts.entities.flatMap(({ instance }) => (instance ? inGroup(instance, INSTANCE) : []))
    : [];
  const all = [...about, ...hosts, ...inGroup(facts, { calendar: 'the change calendar' })];
  return [...new Map(all.map((one) => [`${one.what} ${one.of}`, one])).values()];
}

const inEntity = (facts: EntityFacts): Unknown[] => [
  ...inGroup(facts, ENTITY),
  ...inGroup(facts.history, HISTORY),
  ...(facts.address ? inGroup(facts.address, ADDRESS) : []),
  ...(facts.instance ? inGroup(facts.instance, INSTANCE) : []),
  ...(facts.lambda ? inGroup(facts.lambda, LAMBDA) : []),
  ...(facts.identity ? inGroup(facts.identity, IDENTITY) : []),
  ...inGroup(facts, LOOKED_UP),
];

function inGroup<G extends object>(group: G, labels: Partial<Labels<G>>): Unknown[] {
  return Object.entries(labels).flatMap(([name, what]) => {
    const fact: unknown = group[name as keyof G];
    return typeof what === 'string' && isUnknown(fact)
      ? [{ what, why: oneLine(withoutClass(fact.why)) }]
      : [];
  });
}

/** Without the name of the error's class before its message, and without a full stop. */
const withoutClass = (why: string): string =>
  why.replace(/(could not be read: )[A-Za-z]\w*: (?=\S)/, '$1').replace(/\.$/, '');

const isUnknown = (fact: unknown): fact is Extract<Fact<unknown>, { known: false }> =>
  typeof fact === 'object' && fact !== null && 'known' in fact && fact.known === false;
