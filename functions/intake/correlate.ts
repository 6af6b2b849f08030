// What joins alerts into one incident: the same resource attacked, or the same actor attacking.
import ipaddr from 'ipaddr.js';
import type { Alert, Entity } from '../domain/alert.ts';

const MAX_KEYS = 10;

/** Things that so many alerts share that they would join what has nothing to do with each other. */
const TOO_COMMON: readonly Entity['kind'][] = ['alert', 'domain', 'network-interface'];

/** Keys such as `actor:ip:203.0.113.7`, the most telling first: actors before resources. */
export function correlationKeys({
  account,
  entities,
}: Pick<Alert, 'account' | 'entities'>): string[] {
  const keys = (part: Entity['part'], word: string) =>
    entities
      .filter((entity) => entity.part === part && isTelling(entity))
      .map(({ kind, value }) => `${word}:${account}:${kind}:${value.slice(0, 512)}`);
  return [...keys('actor', 'actor'), ...keys('target', 'resource')].slice(0, MAX_KEYS);
}

function isTelling({ kind, value }: Entity): boolean {
  if (TOO_COMMON.includes(kind)) return false;
  // GuardDuty's samples all name the same invented resources.
  if (/^GeneratedFinding/i.test(value)) return false;
  return kind !== 'ip' || isPublic(value);
}

/** A private address is somebody else in every network. */
function isPublic(value: string): boolean {
  if (!ipaddr.isValid(value)) return false;
  return ['unicast', 'reserved'].includes(ipaddr.process(value).range());
}
