// Writes one change if the current state allows it, or returns the refusal.
import type { Action } from '../domain/action.ts';
import type { Store } from '../store/store.ts';
import type { Change, Refusal } from './decision.ts';

export type Written = { action: Action; refusal: Refusal | null };

/** `change` is pure: after a lost race it runs again on the newer record. */
export async function write(
  { store }: { store: Store },
  { incidentId, actionId }: Pick<Action, 'incidentId' | 'actionId'>,
  change: (current: Action) => Change,
): Promise<Written> {
  let refusal: Refusal | null = null;
  const action = await store.records.changeAction(incidentId, actionId, (current) => {
    const result = change(current);
    refusal = 'next' in result ? null : result;
    return 'next' in result ? result.next : null;
  });
  return { action, refusal };
}
