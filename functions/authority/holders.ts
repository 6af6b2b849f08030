// Which holders of an effect are proven, so that a planted one can't keep it.

import { MAY_HAVE_EFFECT, type Status } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { isSameEffect } from '../domain/effect-key.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Log } from '../platform/log.ts';
import { digestOf } from '../store/hash-chain.ts';
import { type Holder, holderIn, type Lease, type Living } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import { type Capture, type Evidence, isAbout, proven } from './claims.ts';
import { type EndKeys, readEnd } from './end.ts';
import { captureOf, inheritsUndo, inheritsWhileWaiting } from './inherited-undo.ts';

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

/**
 * For one more holder. A signed capture without a living holder is not enough: an old one may have been written back.
 */
export async function captureStatus(
  deps: Omit<HolderDeps, 'log'>,
  effectKey: string,
  actionId: string,
  lease: Lease,
): Promise<CaptureStatus> {
  const { keys, now } = deps;
  const claims = await captureOf(keys, effectKey, lease);
  if (claims?.actionId === actionId) return 'valid';
  const others = lease.holders.filter((one) => one !== actionId).map(holderIn(lease));
  const found = new Set<Hold['is']>();
  // The newest one is most likely to be living. One is enough, however many hold the effect.
  for (const other of others.toReversed()) {
    const hold = await readHold(deps, effectKey, other);
    if (hold?.is === 'living' && (await isBacked(deps, effectKey, lease, { claims, hold })))
      return 'valid';
    if (hold) found.add(hold.is);
  }
  if (found.has('living')) return 'unproven';
  if (found.size > 0) return 'ending';
  if (claims && (await inheritsWhileWaiting(deps, actionId, lease, claims))) return 'valid';
  if (lease.applies.length === 0) return 'nothing';
  const isNew = claims && minutesAfter(claims.at, WITHOUT_EVIDENCE_MINUTES) > now().toISOString();
  return isNew ? 'valid' : 'unproven';
}

/** Whether the living holder is capturing the lease's before-state, has captured it, or inherits its undo. */
async function isBacked(
  deps: Omit<HolderDeps, 'log'>,
  effectKey: string,
  lease: Lease,
  { claims, hold: { actionId, evidence } }: { claims: Capture | null; hold: Hold },
): Promise<boolean> {
  if (!evidence) return actionId === claims?.actionId;
  if (evidence.before === digestOf(lease.before ?? null)) return true;
  return inheritsUndo(deps, effectKey, lease, evidence);
}

type Hold = { actionId: string; is: 'living' | 'undone' | 'overdue'; evidence: Evidence | null };

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
    if (undoneBy !== null) return { actionId, is: 'undone', evidence };
    return { actionId, is: isOverdue ? 'overdue' : 'living', evidence };
  }
  const hold = await proven(keys.evidence, 'hold', origin.proof);
  const isNew = hold !== null && minutesAfter(hold.at, WITHOUT_EVIDENCE_MINUTES) > at;
  return isNew && hold.effectKey === effectKey && isAbout(hold, action)
    ? { actionId, is: 'living', evidence }
    : null;
}
