// What joins alerts into one incident: the same resource attacked, or the same actor attacking.
import ipaddr from 'ipaddr.js';
import type { Alert, Entity } from '../domain/alert.ts';

const MAX_KEYS = 10;

/** Things that so many alerts share that they would join what has nothing to do with each other. */
const TOO_COMMON: readonly Entity['kind'][] = ['alert', 'domain', 'network-interface'];

/**
 * Keys such as `actor:111122223333:ip:203.0.113.7`, the most telling first: actors before resources. The account is
 * in them because a user or a bucket of the same name elsewhere is another one. A sample has none: all samples name
 * the same invented things.
 */
export function correlationKeys({
  account,
  entities,
  sample,
}: Pick<Alert, 'account' | 'entities' | 'sample'>): string[] {
  if (sample) return [];
  const keys = (part: Entity['part'], word: string) =>
    entities
      .filter((entity) => entity.part === part && isTelling(entity))
      .map(({ kind, value }) => `${word}:${account}:${kind}:${value.slice(0, 512)}`);
  return [...keys('actor', 'actor'), ...keys('target', 'resource')].slice(0, MAX_KEYS);
}

/** What templates and generators write where a name should be. */
const PLACEHOLDER = /^GeneratedFinding|^i-9{8,17}$|^(unknown|none|null|n\/a|example|-)$|[{}<>]/i;

function isTelling({ kind, value }: Entity): boolean {
  if (TOO_COMMON.includes(kind) || PLACEHOLDER.test(value)) return false;
  return kind !== 'ip' || isPublic(value);
}

/** A private address is somebody else in every network. Addresses for documentation count as public: examples use them. */
function isPublic(value: string): boolean {
  if (!ipaddr.isValid(value)) return false;
  return ['unicast', 'reserved'].includes(ipaddr.process(value).range());
}
