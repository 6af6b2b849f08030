// Whether a rule of policy protects an entity: by identifier, by pattern, or by address.
import ipaddr from 'ipaddr.js';
import type { Entity } from '../domain/alert.ts';
import type { Policy } from '../domain/policy.ts';
import { parseAddress } from './address.ts';

type Rule = Policy['protected'][number];

/** The first rule that covers it, or null. */
export const protectingRule = (entity: Entity, rules: readonly Rule[]): Rule | null =>
  rules.find((rule) => covers(rule, entity)) ?? null;

function covers({ kinds, values = [], cidrs = [] }: Rule, entity: Entity): boolean {
  if (kinds && !kinds.includes(entity.kind)) return false;
  return (
    namesOf(entity).some((name) => values.some((pattern) => matches(pattern, name))) ||
    (entity.kind === 'ip' && cidrs.some((cidr) => touches(cidr, entity.value)))
  );
}

/** All that it is called in the alert: a key is protected with its user, a resource by its ARN. */
const namesOf = ({ value, attributes: { arn, userName, principalId } }: Entity): string[] =>
  [value, arn, userName, principalId].filter((name) => name !== undefined);

/** `*` stands for any characters; case does not count. */
function matches(pattern: string, name: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'is').test(name);
}

/** Whether the two overlap: a wide range touches every protected one inside it. */
function touches(cidr: string, value: string): boolean {
  const rule = parseAddress(cidr);
  const target = parseAddress(value);
  if (!rule || !target || rule.address.kind() !== target.address.kind()) return false;
  const bits = Math.min(rule.bits, target.bits);
  const [a, b] = [rule.address, target.address];
  return a instanceof ipaddr.IPv4 && b instanceof ipaddr.IPv4
    ? a.match(b, bits)
    : a instanceof ipaddr.IPv6 && b instanceof ipaddr.IPv6 && a.match(b, bits);
}
