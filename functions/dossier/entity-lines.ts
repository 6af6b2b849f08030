// One line per entity with its facts, the ones that decide first.
import type { Alert, Entity, EntityKind } from '../domain/alert.ts';
import { worthOf } from '../domain/entity-worth.ts';
import type { EntityFacts, Fact, SeenOnWeb } from '../domain/facts.ts';
import { closed, domainOf, networkOf } from './agents.ts';
import { exposureText, inboundText } from './exposure-text.ts';
import { featuresOf, knownWords, type Quote } from './features.ts';
import { scannerText } from './scanner-text.ts';
import { tagsShown } from './tags.ts';
import { type Unknown, unknownsOf } from './unknowns.ts';
import { minute, nameFeatures, shownValue } from './values.ts';

/** The kinds whose value AWS assigns. The others have names that their creator chose. */
const ASSIGNED: readonly EntityKind[] = [
  'ip',
  'access-key',
  'instance',
  'network-interface',
  'root-user',
];
const ID =
  /^(?:[A-Z]{4}[A-Z\d]{12,124}|[a-z]{1,8}-[\da-f]{8,17}|root|[\da-fA-F.:]+(?:\/\d{1,3})?)$/;

type Line = { ref: string; text: string };

/** How many addresses of actors have lines of their own. */
const MAX_ADDRESSES = 5;

export type EntityLines = {
  lines: Line[];
  unknowns: Unknown[];
  /** Addresses without a line of their own. */
  others: Others | null;
};
type Others = { text: string; refs: string[] };

/** `signals` counts how often the evidence names each reference. */
export function entityLines(
  alert: Pick<Alert, 'entities'>,
  facts: ReadonlyMap<string, EntityFacts>,
  shownTags: readonly string[],
  signals: ReadonlyMap<string, number>,
  quote: Quote,
): EntityLines {
  const ranked = alert.entities
    .filter(({ kind }) => kind !== 'alert')
    .toSorted(
      (a, b) => worthOf(a) - worthOf(b) || (signals.get(b.ref) ?? 0) - (signals.get(a.ref) ?? 0),
    );
  const addresses = ranked.filter(({ kind, part }) => kind === 'ip' && part === 'actor');
  const rest = addresses.slice(MAX_ADDRESSES);
  const own = ranked.filter(
    ({ kind, part, attributes }) => kind === 'ip' && part !== 'actor' && attributes.side === 'ours',
  );
  const folded = new Set([...rest, ...own].map(({ ref }) => ref));
  const unknowns: Unknown[] = [];
  const lines = ranked
    .filter(({ ref }) => !folded.has(ref))
    .map((entity) => {
      const known = facts.get(entity.ref);
      if (known) unknowns.push(...unknownsOf(entity, known));
      return { ref: entity.ref, text: lineOf(entity, known, shownTags, quote) };
    });
  return { lines, unknowns, others: othersOf(rest, own) };
}

function othersOf(rest: readonly Entity[], own: readonly Entity[]): Others | null {
  const networks = new Set(rest.map(({ value }) => value.split(/[.:]/).slice(0, 3).join('.')));
  const parts = [
    rest.length > 0 &&
      `${rest.length} more attacking addresses in ${networks.size} networks: ${refsOf(rest)}`,
    own.length > 0 &&
      `addresses of this account: ${own
        .slice(0, 6)
        .map((one) => `${one.ref} ${one.value}`)
        .join(', ')}${own.length > 6 ? `, ${own.length - 6} more` : ''}`,
  ].filter(Boolean);
  const refs = [...rest, ...own].map(({ ref }) => ref);
  return parts.length > 0 ? { text: parts.join('; '), refs } : null;
}

const refsOf = (entities: readonly Entity[]): string => {
  const refs = entities.map(({ ref }) => ref);
  return refs.length <= 12 ? refs.join(' ') : `${refs.slice(0, 11).join(' ')} to ${refs.at(-1)}`;
};

function lineOf(
  entity: Entity,
  facts: EntityFacts | undefined,
  shownTags: readonly string[],
  quote: Quote,
): string {
  const { ref, kind, part, value, attributes } = entity;
  const shown =
    ASSIGNED.includes(kind) && ID.test(value)
      ? value
      : kind === 'domain'
        ? domainOf(value, quote)
        : nameFeatures(value);
  const said = [
    attributes.userType && closed(attributes.userType),
    attributes.country && country(attributes.country),
    attributes.asn && /^\d{1,10}$/.test(attributes.asn) && `AS${attributes.asn}`,
    attributes.organization && `network of ${networkOf(attributes.organization)}`,
    attributes.publicAccess && `public access ${shownValue(attributes.publicAccess)}`,
    attributes.affiliated && `caller's account affiliated: ${closedTruth(attributes.affiliated)}`,
    attributes.version && `version ${shownValue(attributes.version).slice(0, 20)}`,
    attributes.subject && `subject ${featuresOf(attributes.subject)}`,
    attributes.sender && `sender ${featuresOf(attributes.sender)}`,
    roleKind(entity),
  ].filter(Boolean);
  const tags = tagsShown(tagsOf(entity, facts), shownTags);
  const details = [...said, ...(facts ? factsOf(entity, facts) : []), ...(tags ? [tags] : [])];
  return `${ref} ${kind} ${part} ${shown}${details.length > 0 ? `: ${details.join('; ')}` : ''}`;
}

/** Country names of AWS's own database. */
const country = (text: string): string | false => /^[\p{L} ().'-]{2,40}$/u.test(text) && text;
const closedTruth = (text: string): string => (/^(?:true|false)$/.test(text) ? text : 'unknown');

/** Roles of Identity Center and of AWS services are recognised by the names that AWS gives them. */
function roleKind({ kind, value }: Entity): string | false {
  if (kind !== 'iam-role') return false;
  const [, set] = /^AWSReservedSSO_(.+)_[\da-f]{8,16}$/.exec(value) ?? [];
  if (set)
    return `role of Identity Center, permission set words: ${knownWords(set).join(' ') || 'none known'}`;
  return value.startsWith('AWSServiceRole') && 'service-linked role';
}

const tagsOf = ({ attributes }: Entity, facts: EntityFacts | undefined): Record<string, string> => {
  const read = [facts?.instance?.tags, facts?.lambda?.tags, facts?.identity?.tags].find(
    (one) => one?.known,
  );
  const inEvent = Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith('tag:') ? [[name.slice(4), value] as const] : [],
  );
  return { ...Object.fromEntries(inEvent), ...(read?.known ? read.value : {}) };
};

const when = <T>(
  fact: Fact<T> | undefined | null,
  say: (value: T) => string | false | null,
): string[] => {
  const said = fact?.known ? say(fact.value) : null;
  return said ? [said] : [];
};
const day = (at: string): string => at.slice(0, 10);

function factsOf({ kind }: Entity, facts: EntityFacts): string[] {
  const { address, instance, identity, history } = facts;
  return [
    ...when(facts.protectedBy, (rule) => rule && `PROTECTED by ${rule}`),
    ...(facts.plannedWork ? [`covered by planned work ${facts.plannedWork}`] : []),
    ...when(address?.range, (range) => range !== 'unicast' && `${range} range`),
    ...when(address?.singleHost, (isOne) => !isOne && 'a range of addresses'),
    ...when(
      address?.awsServices,
      (all) => all.length > 0 && `published by AWS for ${all.join(' ')}`,
    ),
    ...when(address?.ownedBy, (owner) =>
      owner
        ? `OURS (${owner.match(/\b(?:i|eni)-[\da-f]+|Elastic IP|load balancer/)?.[0] ?? 'an interface'})`
        : 'not ours',
    ),
    ...scannerText(facts),
    ...when(address?.seenOnWeb, seen),
    ...when(instance?.forwards, (forwards) => forwards && 'forwards packets (NAT or router)'),
    ...when(instance?.exposure, exposureText),
    ...when(instance?.inbound, inboundText),
    ...when(
      instance?.networkAcls,
      (acls) =>
        `${acls.length} network ACLs, ${acls.reduce((sum, one) => sum + one.instances.count, 0)} instances behind them`,
    ),
    ...when(identity?.status, (status) => status && `key ${status}`),
    ...when(identity?.serviceAccount, (isService) =>
      isService ? 'service account' : 'a person or unmarked',
    ),
    ...when(identity?.createdAt, (at) => `created ${day(at)}`),
    ...when(identity?.lastUsed, (used) =>
      used
        ? `last used ${minute(used.at)} for ${used.service}${used.region ? ` in ${used.region}` : ''}`
        : kind === 'access-key' && 'never used before',
    ),
    ...when(identity?.consoleAccess, (has) => (has ? 'console password' : 'no console password')),
    ...when(identity?.mfa, (has) => (has ? 'MFA' : 'no MFA')),
    ...when(identity?.access, ({ isAdministrator, policies }) =>
      isAdministrator
        ? 'administrator by a policy of AWS'
        : `${policies} managed policies, not AdministratorAccess (inline ones were not read)`,
    ),
    ...when(identity?.activeKeys, (count) => `user has ${count} active keys`),
    ...when(
      identity?.groups,
      (groups) =>
        groups.length > 0 && `${groups.length} groups${said(knownWords(groups.join(' ')))}`,
    ),
    ...when(history.earlierIncidents, (ids) => ids.length > 0 && `${ids.length} earlier incidents`),
    ...when(
      history.inForce,
      (all) => all.length > 0 && `in force: ${[...new Set(all.map(({ name }) => name))].join(' ')}`,
    ),
    ...when(history.declined, (n) => n > 0 && `declined before: ${n}`),
    ...when(history.reversedByPeople, (n) => n > 0 && `reversed by people before: ${n}`),
  ];
}

const said = (words: readonly string[]): string =>
  words.length > 0 ? ` (words: ${words.join(' ')})` : '';

const seen = ({ requests, lastAt, example, sampled, population }: SeenOnWeb): string | false => {
  if (requests === 0) return `none of ${sampled} sampled web requests, of ${population}`;
  const method = /^(GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS)\b/.exec(example ?? '')?.[1] ?? '';
  const path = example ? ` ${method} ${featuresOf(example)}` : '';
  return `at least ${requests} web requests${lastAt ? `, last ${minute(lastAt)}` : ''}${path}`;
};
