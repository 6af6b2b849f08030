// Writes one change if the current state allows it, or returns the refusal.
import type { Action } from '../domain/action.ts';
import type { Store } from '../store/store.ts';
import type { Change, Refusal } from './decision.ts';

export type Written = { action: Action; refusal: Refusal | null };

/** After a lost race, `change` runs again on the newer record. */
export async function write(
  { store }: { store: Pick<Store, 'records'> },
  { incidentId, actionId }: Pick<Action, 'incidentId' | 'actionId'>,
  change: (current: Action) => Change | Promise<Change>,
): Promise<Written> {
  let refusal: Refusal | null = null;
  const action = await store.records.changeAction(incidentId, actionId, async (current) => {
    const result = await change(current);
    refusal = 'refused' in result ? result : null;
    return result.next ?? null;
  });
  return { action, refusal };
}
