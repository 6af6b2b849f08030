// Finds the policy rule that protects an entity, by name, tag or address.

import type { Entity, EntityKind } from '../domain/alert.ts';
import { APPROVER_ADDRESS, type Fact, known, mapFact, unknown } from '../domain/facts.ts';
import { isSingleHost, parseAddress } from '../platform/ip-address.ts';
import type { Policy } from '../policy/policy.ts';
import { type Interval, intervalOf, intervalOfCidr, intervalsOf } from './intervals.ts';
import type { Tags } from './tags.ts';

type Rule = Policy['protected'][number];

/** Kinds without tags in AWS. For all others, a rule about tags needs their tags. */
const UNTAGGED: readonly EntityKind[] = ['ip', 'cognito-user', 'domain', 'email-message', 'alert'];
const UNREAD = unknown('tags of this kind of resource are not read');

/**
 * The ID of the first rule that covers the entity, or null. Unknown for text that should be an address and isn't, and
 * when a rule needs tags that could not be read.
 */
export function protection(
  entity: Entity,
  rules: readonly Rule[],
  tags: Fact<Tags> = UNREAD,
): Fact<string | null> {
  const parsed = entity.kind === 'ip' ? parseAddress(entity.value) : null;
  const intervals = parsed ? intervalsOf(parsed) : [];
  const rule = rules.find((rule) => covers(rule, entity, intervals));
  if (rule) return known(rule.id);
  const byTag = rules.filter((one) => one.tags && isOfKind(one, entity));
  if (byTag.length > 0 && !UNTAGGED.includes(entity.kind)) {
    if (!tags.known) return unknown(`its tags are unknown: ${tags.why}`.slice(0, 300));
    const tagged = byTag.find((one) => hasTag(one, tags.value));
    if (tagged) return known(tagged.id);
  }
  return entity.kind === 'ip' && !parsed
    ? unknown("not an IP address, so it can't be compared with protected ranges")
    : known(null);
}

/** IPv6 hosts change their address within their /64 daily (RFC 8981), so one person's prefix is a /64. */
const IPV6_PREFIX_OF_PERSON = 64;

/** The addresses of an approver seen at this address or in this range. Throws RangeError for text that is neither. */
export function rangeOfApprover(text: string): Interval {
  const parsed = parseAddress(text);
  if (!parsed) throw new RangeError(`${text} is not an address`);
  const isIpv6Host = isSingleHost(parsed) && parsed.address.kind() === 'ipv6';
  return intervalOf(isIpv6Host ? { ...parsed, bits: IPV6_PREFIX_OF_PERSON } : parsed);
}

/** APPROVER_ADDRESS when the entity is an approver's address, or null. Blocking it would stop them from deciding. */
export function approverAddress(
  { kind, value }: Entity,
  places: Fact<readonly Interval[]>,
): Fact<string | null> {
  const parsed = kind === 'ip' ? parseAddress(value) : null;
  if (!parsed) return known(null);
  const intervals = intervalsOf(parsed);
  return mapFact(places, (all) =>
    all.some((place) => intervals.some((one) => overlap(place, one))) ? APPROVER_ADDRESS : null,
  );
}

/** The first fact that names a rule; otherwise the first unknown one; otherwise null. */
export const firstProtection = (
  a: Fact<string | null>,
  b: Fact<string | null>,
): Fact<string | null> =>
  [a, b].find((one) => one.known && one.value !== null) ?? [a, b].find((one) => !one.known) ?? a;

function covers(
  { kinds, values = [], cidrs = [] }: Rule,
  entity: Entity,
  intervals: readonly Interval[],
): boolean {
  if (!isOfKind({ kinds }, entity)) return false;
  return (
    namesOf(entity).some((name) => values.some((pattern) => matches(pattern, name))) ||
    intervals.some((one) => cidrs.some((cidr) => overlap(intervalOfCidr(cidr), one)))
  );
}

const isOfKind = ({ kinds }: Pick<Rule, 'kinds'>, entity: Entity): boolean =>
  !kinds || kindsOf(entity).some((kind) => kinds.includes(kind));

/** Tag patterns are `key=value`; see `matches`. */
const hasTag = ({ tags = [] }: Rule, found: Tags): boolean =>
  Object.entries(found).some(([key, value]) =>
    tags.some((pattern) => matches(pattern, `${key}=${value}`)),
  );

/** A rule about users or roles also protects their access keys. */
const kindsOf = ({ kind }: Entity): EntityKind[] =>
  kind === 'access-key' ? [kind, 'iam-user', 'iam-role'] : [kind];

/** All names of the entity in the alert: its value, its ARN, and a key's user. */
export const namesOf = ({ value, attributes: { arn, userName, principalId } }: Entity): string[] =>
  [value, arn, userName, principalId].filter((name) => name !== undefined);

/** `*` in the pattern matches any characters. Ignores case. */
export function matches(pattern: string, name: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'is').test(name);
}

const overlap = ([first, last]: Interval, [otherFirst, otherLast]: Interval): boolean =>
  first <= otherLast && otherFirst <= last;
