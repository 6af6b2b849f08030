// Writes items into the table of a test world as an attacker would.
import type { Action } from '../../functions/domain/action.ts';
import { indexKeys } from '../../functions/store/due.ts';
import { append } from '../../functions/store/hash-chain.ts';
import { incidentKey, singleKey } from '../../functions/store/layout.ts';
import type { World } from './world.ts';

/** PutItem, without a condition and with a history that is well-formed. */
export async function plantIn(world: World, action: Action): Promise<Action> {
  const planted = {
    ...action,
    version: action.version + 1,
    history: append(action.actionId, action.history, {
      at: world.clock.now(),
      by: 'gate',
      event: action.status,
      text: 'As decided',
    }),
  };
  const { table } = world.runtime.store;
  const key = incidentKey('action', action.incidentId, action.actionId);
  await table.put({
    ...indexKeys(key, planted),
    ...key,
    record: planted,
    version: planted.version,
  });
  return planted;
}
/** Replaces the lease of the action's effect. */
export async function plantLeaseIn(world: World, action: Action, change: object): Promise<void> {
  const { table } = world.runtime.store;
  const key = singleKey('lease', action.effectKey ?? '');
  const lease = await table.get(key);
  await table.put({ ...lease, ...key, ...change });
}
