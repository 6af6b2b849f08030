// Starts the hourly drift check of each action in force.

import { createHash } from 'node:crypto';
import type { Action } from '../domain/action.ts';
import type { SweepDeps } from './deps.ts';

/** Per sweep, because AWS throttles. If more actions share a minute, each hour leaves out different ones. */
const MAX_CHECKS = 20;

/** The minute of the hour in which an action is checked, derived from its ID. */
export const minuteOf = ({ actionId }: Pick<Action, 'actionId'>): number => numberOf(actionId) % 60;

const numberOf = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE();

export async function checkEffects({ store, startReverse, now }: SweepDeps): Promise<void> {
  const at = now();
  const { found } = await store.records.outstanding();
  const due = found
    .filter(({ status }) => status === 'in-force' || status === 'kept')
    .filter((action) => minuteOf(action) === at.getUTCMinutes());
  const hour = at.toISOString().slice(0, 13).replaceAll(/\D/g, '');
  const turn = ({ actionId }: Action): number => numberOf(`${actionId} ${hour}`);
  due.sort((a, b) => turn(a) - turn(b));
  for (const { incidentId, actionId, scope } of due.slice(0, MAX_CHECKS))
    await startReverse(`check-${actionId}-${hour}`, {
      incidentId,
      actionId,
      scope: scope ?? 'none',
      cause: 'check',
      by: 'sweep',
    });
}
