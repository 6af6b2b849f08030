// Which holders of an effect are proven, so that a planted one can't keep it.

import { MAY_HAVE_EFFECT, type Status } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Log } from '../platform/log.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { Holder, Lease, Living } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { isAbout, proven } from './claims.ts';
import { type End, type EndKeys, readEnd } from './end.ts';

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
      if (hold && !hold.isUndone) living.push(holder.actionId);
      if (!hold)
        deps.log('error', ALARMING.recordAltered, {
          effectKey,
          actionId: holder.actionId,
          why: 'a holder of the effect is not proven, so it no longer keeps it',
        });
    }
    return living;
  };

/**
 * Whether the lease's before-state is valid for one more holder. A capture alone may have been planted long after: it
 * counts if it is this action's own or new, or if a holder that is not over has the same before-state.
 */
export async function isValidBefore(
  deps: Omit<HolderDeps, 'log'>,
  effectKey: string,
  actionId: string,
  { capture, before, holders, origins }: Lease,
): Promise<boolean> {
  const { keys, now } = deps;
  const digest = digestOf(before ?? null);
  const claims = await proven(keys.evidence, 'capture', capture);
  if (claims?.effectKey === effectKey && claims.before === digest) {
    const isNew = minutesAfter(claims.at, WITHOUT_EVIDENCE_MINUTES) > now().toISOString();
    if (isNew || claims.actionId === actionId) return true;
  }
  for (const holder of holders.filter((one) => one !== actionId)) {
    const hold = await readHold(deps, effectKey, {
      actionId: holder,
      origin: origins[holder] ?? null,
    });
    if (hold?.evidence?.before === digest && !hold.isUndone) return true;
  }
  return false;
}

/**
 * The hold of a proven holder, with its evidence once there is some; null for a planted holder or one that should have
 * ended. `isUndone` if a person ordered its undo.
 */
async function readHold(
  { store, keys, now }: Omit<HolderDeps, 'log'>,
  effectKey: string,
  { actionId, origin }: Holder,
): Promise<(Pick<End, 'evidence'> & { isUndone: boolean }) | null> {
  if (!origin) return null;
  const action = await store.records.findAction(origin.incidentId, actionId);
  if (!action || action.effectKey !== effectKey || !MAY_HOLD.includes(action.status)) return null;
  const { evidence, dueAt, undoneBy } = await readEnd(keys, action);
  const at = now().toISOString();
  if (evidence) {
    const isOverdue = dueAt !== null && minutesAfter(dueAt, OVERDUE_MINUTES) <= at;
    return isOverdue ? null : { evidence, isUndone: undoneBy !== null };
  }
  const hold = await proven(keys.evidence, 'hold', origin.proof);
  const isNew = hold !== null && minutesAfter(hold.at, WITHOUT_EVIDENCE_MINUTES) > at;
  return isNew && hold.effectKey === effectKey && isAbout(hold, action)
    ? { evidence, isUndone: false }
    : null;
}
