// Derives the correlation keys that join alerts into one incident.
import ipaddr from 'ipaddr.js';
import type { Alert, Entity } from '../domain/alert.ts';

const MAX_KEYS = 10;

/** Kinds that so many alerts share that unrelated alerts would be joined. */
const TOO_COMMON: readonly Entity['kind'][] = ['alert', 'domain', 'network-interface'];

/**
 * Keys such as `actor:111122223333:ip:203.0.113.7`, actors before resources, at most MAX_KEYS. They contain the
 * entity's account, because another account may have a user of the same name. Samples have no keys: all of them name
 * the same invented resources.
 */
export function correlationKeys({
  entities,
  sample,
}: Pick<Alert, 'entities' | 'sample'>): string[] {
  if (sample) return [];
  const keys = (part: Entity['part']) =>
    entities.filter((entity) => entity.part === part && isDistinctive(entity)).map(keyOf);
  return [...keys('actor'), ...keys('target')].slice(0, MAX_KEYS);
}

export const keyOf = ({ part, kind, value, place: { account } }: Entity): string =>
  `${part === 'actor' ? 'actor' : 'resource'}:${account}:${kind}:${value.slice(0, 512)}`;

/** Placeholders that templates and generators write instead of a name. */
const PLACEHOLDER = /^GeneratedFinding|^i-9{8,17}$|^(unknown|none|null|n\/a|example|-)$|[{}<>]/i;

function isDistinctive({ kind, value }: Entity): boolean {
  if (TOO_COMMON.includes(kind) || PLACEHOLDER.test(value)) return false;
  return kind !== 'ip' || isPublic(value);
}

/**
 * Private addresses identify no one: every network reuses them. Documentation addresses count as public for examples.
 */
function isPublic(value: string): boolean {
  if (!ipaddr.isValid(value)) return false;
  return ['unicast', 'reserved'].includes(ipaddr.process(value).range());
}
