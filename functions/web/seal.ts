// Proves the vote or order that a change adds.

import { identityOf, type Order, prove, type Signer } from '../authority/claims.ts';
import type { Action } from '../domain/action.ts';
import type { By, Change } from './decision.ts';

/** Earlier orders were carried out, or overruled by a later one. */
const MAX_ORDERS = 10;

/** Signs the last vote, which `change` has just added. Earlier votes keep the proof that they have, or none. */
export async function sealVote(mac: Signer, change: Change): Promise<Change> {
  if ('refused' in change) return change;
  const { next } = change;
  const vote = next.approval?.votes.at(-1);
  if (!next.approval || !vote) return change;
  const { by, verdict, durationMinutes, at } = vote;
  const { requestedAt } = next.approval;
  const claims = { ...identityOf(next), requestedAt, by, verdict, durationMinutes, at };
  const sealed = { ...vote, proof: await prove(mac, 'vote', claims) };
  const votes = [...next.approval.votes.slice(0, -1), sealed];
  return { next: { ...next, approval: { ...next.approval, votes } } };
}

/** Adds the signed order of a person to the change. */
export async function sealOrder(
  mac: Signer,
  change: Change,
  kind: Order['kind'],
  { person: by, now }: By,
): Promise<Change> {
  if ('refused' in change) return change;
  const { next } = change;
  const at = now.toISOString();
  const order = orderOn(next, kind, { by, at });
  const sealed = { kind, by, at, proof: await prove(mac, 'order', order) };
  return { next: { ...next, orders: [...next.orders, sealed].slice(-MAX_ORDERS) } };
}

function orderOn(next: Action, kind: Order['kind'], given: { by: string; at: string }): Order {
  const common = { ...identityOf(next), ...given };
  switch (kind) {
    case 'extend':
      return { kind, ...common, dueAt: next.dueAt ?? '' };
    case 'ask-anew':
      return { kind, ...common, next: next.askedAnew?.actionId ?? '' };
    default:
      return { kind, ...common };
  }
}
