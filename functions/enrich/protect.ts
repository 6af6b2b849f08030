// Whether a rule of policy protects an entity: by identifier, by pattern, or by address.

import type { Entity, EntityKind } from '../domain/alert.ts';
import { APPROVER_ADDRESS, type Fact, known, mapFact, unknown } from '../domain/facts.ts';
import { isSingleHost, parseAddress } from '../platform/ip-address.ts';
import type { Policy } from '../policy/policy.ts';
import { type Interval, intervalOf, intervalOfCidr } from './intervals.ts';
import type { Tags } from './tags.ts';

type Rule = Policy['protected'][number];

/** What has no tags in AWS; the tags of everything else have to be read before a rule about them can be answered. */
const UNTAGGED: readonly EntityKind[] = ['ip', 'cognito-user', 'domain', 'email-message', 'alert'];
const UNREAD = unknown('tags of this kind of resource are not read');

/**
 * The id of the first rule that covers it, or null. Unknown for an address that cannot be read as one, and where a rule
 * asks for tags that could not be read.
 */
export function protection(
  entity: Entity,
  rules: readonly Rule[],
  tags: Fact<Tags> = UNREAD,
): Fact<string | null> {
  const parsed = entity.kind === 'ip' ? parseAddress(entity.value) : null;
  const interval = parsed && intervalOf(parsed);
  const rule = rules.find((rule) => covers(rule, entity, interval));
  if (rule) return known(rule.id);
  const byTag = rules.filter((one) => one.tags && isOfKind(one, entity));
  if (byTag.length > 0 && !UNTAGGED.includes(entity.kind)) {
    if (!tags.known) return unknown(`its tags are unknown: ${tags.why}`.slice(0, 300));
    const tagged = byTag.find((one) => hasTag(one, tags.value));
    if (tagged) return known(tagged.id);
  }
  return entity.kind === 'ip' && !interval
    ? unknown('it is not an IP address, so it cannot be compared with protected ranges')
    : known(null);
}

/** A network usually gives one person this much of IPv6, and devices change their address within it every day. */
const IPV6_BITS_OF_ONE = 64;

/** Where a person is who was seen at this address, or works in this range. Throws RangeError for what is neither. */
export function placeOf(text: string): Interval {
  const parsed = parseAddress(text);
  if (!parsed) throw new RangeError(`${text} is no address`);
  const isIpv6Host = isSingleHost(parsed) && parsed.address.kind() === 'ipv6';
  return intervalOf(isIpv6Host ? { ...parsed, bits: IPV6_BITS_OF_ONE } : parsed);
}

/** The same answer for where people are who are asked: blocking that would keep them from deciding. */
export function usedByApprovers(
  { kind, value }: Entity,
  places: Fact<readonly Interval[]>,
): Fact<string | null> {
  const parsed = kind === 'ip' ? parseAddress(value) : null;
  if (!parsed) return known(null);
  const interval = intervalOf(parsed);
  return mapFact(places, (all) =>
    all.some((place) => touches(place, interval)) ? APPROVER_ADDRESS : null,
  );
}

/** The first that protects; where none does, whatever may. */
export const either = (a: Fact<string | null>, b: Fact<string | null>): Fact<string | null> =>
  [a, b].find((one) => one.known && one.value !== null) ?? [a, b].find((one) => !one.known) ?? a;

function covers(
  { kinds, values = [], cidrs = [] }: Rule,
  entity: Entity,
  interval: Interval | null,
): boolean {
  if (!isOfKind({ kinds }, entity)) return false;
  return (
    namesOf(entity).some((name) => values.some((pattern) => matches(pattern, name))) ||
    (interval !== null && cidrs.some((cidr) => touches(intervalOfCidr(cidr), interval)))
  );
}

const isOfKind = ({ kinds }: Pick<Rule, 'kinds'>, entity: Entity): boolean =>
  !kinds || kindsOf(entity).some((kind) => kinds.includes(kind));

/** `key=value` with `*` in either; case does not count. */
const hasTag = ({ tags = [] }: Rule, found: Tags): boolean =>
  Object.entries(found).some(([key, value]) =>
    tags.some((pattern) => matches(pattern, `${key}=${value}`)),
  );

/** A key is protected with whoever holds it. */
const kindsOf = ({ kind }: Entity): EntityKind[] =>
  kind === 'access-key' ? [kind, 'iam-user', 'iam-role'] : [kind];

/** All that it is called in the alert: a key by its user, a resource by its ARN. */
export const namesOf = ({ value, attributes: { arn, userName, principalId } }: Entity): string[] =>
  [value, arn, userName, principalId].filter((name) => name !== undefined);

/** `*` stands for any characters; case does not count. */
export function matches(pattern: string, name: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'is').test(name);
}

/** Whether the two overlap: a wide range touches every protected one inside it. */
const touches = ([first, last]: Interval, [otherFirst, otherLast]: Interval): boolean =>
  first <= otherLast && otherFirst <= last;
