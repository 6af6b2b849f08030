// Starts the hourly drift check of each action in force.

import { isInForce } from '../domain/action.ts';
import { errorFields } from '../platform/log.ts';
import type { Check } from '../store/checks.ts';
import type { SweepDeps } from './deps.ts';

/** Per sweep, because AWS throttles. If more are due, the sweeps of the next minutes start the others. */
const MAX_CHECKS = 20;

export async function checkEffects(deps: SweepDeps): Promise<void> {
  const { store, now, log } = deps;
  for (const check of await store.checks.due(now(), MAX_CHECKS)) {
    const { incidentId, actionId } = check;
    try {
      await startCheck(deps, check);
    } catch (error) {
      log('error', 'drift check not started', { incidentId, actionId, ...errorFields(error) });
      // One action that always fails must not block the checks of others.
      await store.checks.postpone(check, now());
    }
  }
}

/** Starts the check and plans the next one. Ends the checks of an action that isn't in force any more. */
async function startCheck({ store, startReverse, now }: SweepDeps, check: Check): Promise<void> {
  const { incidentId, actionId } = check;
  const action = await store.records.findAction(incidentId, actionId);
  if (action && isInForce(action)) {
    const hour = now().toISOString().slice(0, 13).replaceAll(/\D/g, '');
    const scope = action.scope ?? 'none';
    const input = { incidentId, actionId, scope, cause: 'check', by: 'sweep' };
    await startReverse(`check-${actionId}-${hour}`, input);
  } else if (action?.status !== 'executing') return store.checks.end(check, now());
  await store.checks.postpone(check, now());
}
