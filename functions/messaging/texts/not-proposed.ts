// Counts the actors and targets of an alert that no action covers.

import type { Action } from '../../domain/action.ts';
import { informs } from '../../domain/action-catalog.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import { joinReason } from '../../domain/effect-state.ts';
import { counted } from '../../domain/wording.ts';
import { KINDS, roleOf } from './phrases.ts';

/**
 * A line for each kind and role of which only some entities are proposed: `37 of 40 IP addresses (attacker), in 4
 * networks`. `actions` are those of the incident. With `like`, only its kind and role are counted.
 */
export function notProposed(
  alerts: readonly Pick<Alert, 'entities'>[],
  actions: readonly Action[],
  like?: Pick<Entity, 'kind' | 'part'>,
): string[] {
  const named = alerts
    .flatMap(({ entities }) => entities)
    .filter(({ kind, part }) => kind !== 'alert' && part !== 'related')
    .filter(({ kind, part }) => !like || (kind === like.kind && part === like.part));
  const distinct = new Map(named.map((one) => [nameOf(one), one])).values();
  const proposed = new Set(
    actions.filter(isProposed).flatMap(({ target }) => (target ? nameOf(target) : [])),
  );
  return [...Map.groupBy(distinct, groupOf).values()].flatMap((all) => {
    const left = all.filter((one) => !proposed.has(nameOf(one)));
    const isCut = left.length > 0 && left.length < all.length;
    return isCut ? lineOf(left, all.length) : [];
  });
}

const groupOf = ({ kind, part }: Entity): string => `${kind} ${part}`;
const nameOf = (one: Entity): string => `${groupOf(one)} ${one.value}`;

/** Whether it proposes a change, or joins an action that does. */
const isProposed = (action: Action): boolean =>
  !informs(action.name) && (action.status !== 'dropped' || joinReason(action) !== null);

function lineOf(left: readonly Entity[], total: number): string[] {
  const [first] = left;
  if (!first) return [];
  const networks = new Set(left.map(({ value }) => networkOf(value))).size;
  const where = first.kind === 'ip' ? `, in ${counted(networks, 'network')}` : '';
  return [`${left.length} of ${total} ${plural(KINDS[first.kind])} (${roleOf(first)})${where}`];
}

const plural = (noun: string): string => (noun.endsWith('s') ? `${noun}es` : `${noun}s`);

/**
 * The first 24 bits of an IPv4 address or the first 64 bits of an IPv6 address, both in canonical form. No parser: this
 * runs in the executors, whose bundles are small.
 */
function networkOf(value: string): string {
  if (!value.includes(':')) return value.split('.').slice(0, 3).join('.');
  const [head = [], tail = []] = value.split('::').map((part) => part.split(':'));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
