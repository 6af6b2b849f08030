// Signs and writes a decided action, once.
import { withRuling } from '../authority/rulings.ts';
import type { Action } from '../domain/action.ts';
import { Conflict } from '../domain/errors.ts';
import { waitsOf } from './approval-request.ts';
import type { GateDeps } from './deps.ts';

/** The part of an action that the state machine reads. */
export type Routed = {
  incidentId: string;
  alertId: string;
  actionId: string;
  /** `news`: an open request of another alert, whose approvers must be notified of what this alert adds. */
  disposition: Action['disposition'] | 'news';
  scope: string;
  rung: number;
  waits: number[];
  waitSeconds: number;
};

/** Routes an open request to `notify`, which tells its approvers what another alert adds. */
export const newsOf = (action: Action): Routed => ({ ...route(action), disposition: 'news' });

/** A retry after a crash returns the action that the first attempt wrote. */
export const created = async (deps: GateDeps, composed: Action): Promise<Routed> =>
  route(await once(deps, composed));

async function once({ store, keys }: GateDeps, composed: Action): Promise<Action> {
  const action = await withRuling(keys.rulings, composed);
  try {
    await store.records.createAction(action);
    return action;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return store.records.action(action.incidentId, action.actionId);
  }
}

function route(action: Action): Routed {
  const { incidentId, alertId, actionId, disposition, scope, approval } = action;
  const waits = approval ? waitsOf(approval) : [];
  return {
    incidentId,
    alertId,
    actionId,
    disposition,
    scope: scope ?? 'none',
    rung: 0,
    waits,
    waitSeconds: waits[0] ?? 0,
  };
}
