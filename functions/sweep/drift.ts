// Which of the actions in force have their effect looked for in AWS now: each once an hour, few at a time.

import { createHash } from 'node:crypto';
import type { Action } from '../domain/action.ts';
import type { SweepDeps } from './deps.ts';

/** In one sweep: AWS throttles what asks too much. Where more fall on one minute, each hour has others left out. */
const MOST_AT_ONCE = 20;

/** Spread over the hour by the action's own id, so that nothing has to be remembered. */
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
  for (const { incidentId, actionId, scope } of due.slice(0, MOST_AT_ONCE))
    await startReverse(`check-${actionId}-${hour}`, {
      incidentId,
      actionId,
      scope: scope ?? 'none',
      cause: 'check',
      by: 'sweep',
    });
}
