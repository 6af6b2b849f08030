// Which undo a holder inherits from one that ended earlier, as proofs show it.
import type { Instant } from '../domain/reference.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { Lease, Released } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import { type Capture, proven } from './claims.ts';
import { type EndKeys, isOver, readEnd } from './end.ts';

type InheritDeps = { store: Pick<Store, 'records'>; keys: EndKeys; now: () => Date };

/**
 * Whether the undo must restore the lease's before-state, and not the one that the heir captured:
 *
 * 1. The heir found the effect in place and captured that.
 * 2. Someone else removed the effect, and another action captured its absence and applied it again.
 * 3. That action ended before the heir, and so left its undo to the heir.
 *
 * `heir`: the evidence of the holder that remains; absent if it has none.
 */
export async function inheritsUndo(
  deps: InheritDeps,
  effectKey: string,
  lease: Omit<Released, 'isLifted'>,
  heir?: { at: Instant },
): Promise<boolean> {
  const { store, keys, now } = deps;
  if (!lease.handedOn || !lease.captured) return false;
  const claims = await captureOf(keys, effectKey, lease);
  if (!claims || (heir && claims.at < heir.at)) return false;
  const origin = lease.origins[claims.actionId];
  const holder = origin && (await store.records.findAction(origin.incidentId, claims.actionId));
  const end = holder && (await readEnd(keys, holder));
  // A holder that is not over still needs the effect, although this lease may not list it.
  return Boolean(end?.evidence && end.evidence.before === claims.before && isOver(end, now()));
}

/**
 * Whether an action that had the lease and had not applied yet inherits the undo of a holder that ended meanwhile. Its
 * hold must be older than that end: then no one can have written the lease back later.
 */
export async function inheritsWhileWaiting(
  { store, keys }: Pick<InheritDeps, 'store' | 'keys'>,
  actionId: string,
  { handedOn, origins }: Lease,
  claims: Capture,
): Promise<boolean> {
  const origin = origins[claims.actionId];
  const mine = await proven(keys.evidence, 'hold', origins[actionId]?.proof);
  if (!handedOn || !origin || !mine) return false;
  const holder = await store.records.findAction(origin.incidentId, claims.actionId);
  if (holder?.status !== 'reversed' && holder?.status !== 'failed') return false;
  const { evidence } = await readEnd(keys, holder);
  const endedAt = holder.history.findLast(({ event }) => event === holder.status)?.at ?? '';
  return evidence?.before === claims.before && mine.at <= endedAt;
}

/** Who captured the lease's before-state, if an executor proves it. */
export async function captureOf(
  keys: EndKeys,
  effectKey: string,
  { capture, before }: Pick<Lease, 'capture' | 'before'>,
): Promise<Capture | null> {
  const claims = await proven(keys.evidence, 'capture', capture);
  return claims?.effectKey === effectKey && claims.before === digestOf(before ?? null)
    ? claims
    : null;
}
