// Which holders of an effect are proven, so that a planted one can't keep it.

import { MAY_HAVE_EFFECT, type Status } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import type { Instant } from '../domain/alert.ts';
import { isSameEffect } from '../domain/effect-key.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Log } from '../platform/log.ts';
import { digestOf } from '../store/hash-chain.ts';
import { type Holder, holderIn, type Lease, type Living, type Released } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import { type Capture, type Evidence, isAbout, proven } from './claims.ts';
import { type EndKeys, isOver, readEnd } from './end.ts';

type HolderDeps = { store: Pick<Store, 'records'>; keys: EndKeys; now: () => Date; log: Log };

/** An execution takes the lease before it records that it began. */
const MAY_HOLD: readonly Status[] = ['proposed', 'approved', ...MAY_HAVE_EFFECT];

/** Longer than an execution takes from the lease to its evidence, with all retries. */
const WITHOUT_EVIDENCE_MINUTES = 20;
/** A holder past its due time still ends itself. After this, it no longer keeps the effect for others. */
const OVERDUE_MINUTES = 5;

/** For `leases.release`: the holders that may keep the effect. Each other one is logged, which raises an alarm. */
export const livingHolders =
  (deps: HolderDeps, effectKey: string): Living =>
  async (holders) => {
    const living: string[] = [];
    for (const holder of holders) {
      const hold = await readHold(deps, effectKey, holder);
      if (hold?.is === 'living') living.push(holder.actionId);
      // An ordered undo ends its own hold.
      else if (hold?.is !== 'undone')
        deps.log('error', ALARMING.recordAltered, {
          effectKey,
          actionId: holder.actionId,
          why: 'a holder of the effect has no valid proof and no longer keeps the effect in place',
        });
    }
    return living;
  };

/**
 * Whether the before-state of a lease is still valid after an apply has begun:
 *
 * - `valid`: a living holder has the same before-state, or an apply whose end is not known may have made the change.
 * - `ending`: an action whose undo is due or ordered. Its change may still be in place.
 * - `unproven`: a living holder has another before-state. Someone may have changed the lease.
 * - `nothing`: no holder is left. Someone else made any change that is in place.
 */
export type CaptureStatus = 'valid' | 'ending' | 'unproven' | 'nothing';

/** For one more holder. A signed capture without a living holder is not enough: an old one may have been written back. */
export async function captureStatus(
  deps: Omit<HolderDeps, 'log'>,
  effectKey: string,
  actionId: string,
  lease: Lease,
): Promise<CaptureStatus> {
  const { keys, now } = deps;
  const digest = digestOf(lease.before ?? null);
  const claims = await captureOf(keys, effectKey, lease);
  if (claims?.actionId === actionId) return 'valid';
  const others = lease.holders.filter((one) => one !== actionId).map(holderIn(lease));
  const held = await Promise.all(others.map((one) => readHold(deps, effectKey, one)));
  const living = held.filter((one) => one?.is === 'living');
  const isCapturing = others.some((one, i) => {
    const hold = held[i];
    return hold?.is === 'living' && !hold.evidence && one.actionId === claims?.actionId;
  });
  if (isCapturing || living.some((one) => one?.evidence?.before === digest)) return 'valid';
  for (const one of living)
    if (one?.evidence && (await isLeftByEnded(deps, effectKey, lease, one.evidence)))
      return 'valid';
  if (living.length > 0) return 'unproven';
  if (held.some((one) => one !== null)) return 'ending';
  if (claims && (await isLeftTo(deps, actionId, lease, claims))) return 'valid';
  if (lease.applies.length === 0) return 'nothing';
  const isNew = claims && minutesAfter(claims.at, WITHOUT_EVIDENCE_MINUTES) > now().toISOString();
  return isNew ? 'valid' : 'unproven';
}

/**
 * Whether an ended holder left a change to this one, which had found the effect in place before that. Then the lease's
 * before-state is to be restored in the end, and not that of this holder.
 */
export async function isLeftByEnded(
  deps: Pick<HolderDeps, 'store' | 'keys' | 'now'>,
  effectKey: string,
  lease: Released,
  { at }: { at: Instant } = { at: '' },
): Promise<boolean> {
  const { store, keys, now } = deps;
  if (!lease.handedOn || !lease.captured) return false;
  const claims = await captureOf(keys, effectKey, lease);
  if (!claims || claims.at < at) return false;
  const origin = lease.origins[claims.actionId];
  const holder = origin && (await store.records.findAction(origin.incidentId, claims.actionId));
  const end = holder && (await readEnd(keys, holder));
  // A holder that is not over still needs the effect, although this lease may not list it.
  return Boolean(end?.evidence && end.evidence.before === claims.before && isOver(end, now()));
}

/**
 * Whether an ended holder left its change to this one, which had the lease and waited at that time. The hold of this
 * action must be older than that end: then no one can have written the lease back later.
 */
async function isLeftTo(
  { store, keys }: Pick<HolderDeps, 'store' | 'keys'>,
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
async function captureOf(
  keys: EndKeys,
  effectKey: string,
  { capture, before }: Pick<Lease, 'capture' | 'before'>,
): Promise<Capture | null> {
  const claims = await proven(keys.evidence, 'capture', capture);
  return claims?.effectKey === effectKey && claims.before === digestOf(before ?? null)
    ? claims
    : null;
}

type Hold = { is: 'living' | 'undone' | 'overdue'; evidence: Evidence | null };

/** The hold of a proven holder: living, or one whose undo was ordered or is overdue. Null for any other holder. */
async function readHold(
  { store, keys, now }: Omit<HolderDeps, 'log'>,
  effectKey: string,
  { actionId, origin }: Holder,
): Promise<Hold | null> {
  if (!origin) return null;
  const action = await store.records.findAction(origin.incidentId, actionId);
  if (!action || !isSameEffect(action.effectKey, effectKey) || !MAY_HOLD.includes(action.status))
    return null;
  const { evidence, dueAt, undoneBy } = await readEnd(keys, action);
  const at = now().toISOString();
  if (evidence) {
    const isOverdue = dueAt !== null && minutesAfter(dueAt, OVERDUE_MINUTES) <= at;
    if (undoneBy !== null) return { is: 'undone', evidence };
    return { is: isOverdue ? 'overdue' : 'living', evidence };
  }
  const hold = await proven(keys.evidence, 'hold', origin.proof);
  const isNew = hold !== null && minutesAfter(hold.at, WITHOUT_EVIDENCE_MINUTES) > at;
  return isNew && hold.effectKey === effectKey && isAbout(hold, action)
    ? { is: 'living', evidence }
    : null;
}
