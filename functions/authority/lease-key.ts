// The key of the lease that an action holds, or joins.

import { type Action, MAY_HAVE_EFFECT } from '../domain/action.ts';
import { effectKeyIn, withoutPlace } from '../domain/effect-key.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Mechanisms } from '../mechanisms/job.ts';
import type { Store } from '../store/store.ts';
import { type EndKeys, readEnd } from './end.ts';

type LeaseKeyDeps = { store: Pick<Store, 'leases'>; keys: EndKeys; mechanisms: Mechanisms };

/**
 * The key in the executor's evidence. Before there is any: the key of the lease that the action holds or can join,
 * first that of an earlier version, which has no place. It is used until the last holder of that lease has ended.
 *
 * @param carried Evidence that came with the schedule.
 */
export async function leaseKeyOf(
  { store, keys, mechanisms }: LeaseKeyDeps,
  action: Action,
  carried: string | null = null,
): Promise<string> {
  const { actionId, effectKey, account, region, mechanism, status } = action;
  if (effectKey === null) throw new InvalidInput('the action names no effect', { actionId });
  const { evidence } = await readEnd(keys, action, carried);
  if (evidence) return evidence.effectKey;
  const effect = withoutPlace(effectKey);
  const isGlobal = mechanisms.get(mechanism ?? '')?.info.isGlobal ?? false;
  const held = [effect, effectKeyIn({ account, region }, effect, isGlobal)];
  const leases = await Promise.all(held.map((key) => store.leases.find(key)));
  const isOver =
    status !== 'proposed' && status !== 'approved' && !MAY_HAVE_EFFECT.includes(status);
  const found = leases.findIndex((one) => one && (!isOver || one.holders.includes(actionId)));
  return held[found] ?? effectKey;
}
