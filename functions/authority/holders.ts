// Which holders of an effect are proven, so that a planted one can't keep it.

import type { Status } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Log } from '../platform/log.ts';
import type { Holder, Living } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { isAbout, proven } from './claims.ts';
import { type EndKeys, readEnd } from './end.ts';

type HolderDeps = { store: Pick<Store, 'records'>; keys: EndKeys; now: () => Date; log: Log };

const MAY_HOLD: readonly Status[] = [
  'proposed',
  'approved',
  'executing',
  'in-force',
  'kept',
  'reversing',
  'reversal-failed',
];

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
      if (await isLiving(deps, effectKey, holder)) living.push(holder.actionId);
      else
        deps.log('error', ALARMING.recordAltered, {
          effectKey,
          actionId: holder.actionId,
          why: 'a holder of the effect is not proven, so it no longer keeps it',
        });
    }
    return living;
  };

async function isLiving(
  { store, keys, now }: HolderDeps,
  effectKey: string,
  { actionId, origin }: Holder,
): Promise<boolean> {
  if (!origin) return false;
  const action = await store.records.findAction(origin.incidentId, actionId);
  if (!action || action.effectKey !== effectKey || !MAY_HOLD.includes(action.status)) return false;
  const { evidence, dueAt, undoneBy } = await readEnd(keys, action);
  const at = now().toISOString();
  if (evidence)
    return undoneBy === null && (dueAt === null || minutesAfter(dueAt, OVERDUE_MINUTES) > at);
  const hold = await proven(keys.evidence, 'hold', origin.proof);
  return (
    hold !== null &&
    hold.effectKey === effectKey &&
    isAbout(hold, action) &&
    minutesAfter(hold.at, WITHOUT_EVIDENCE_MINUTES) > at
  );
}
