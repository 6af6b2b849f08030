// Writes one change if the current state allows it, or returns the refusal.
import type { Action } from '../domain/action.ts';
import type { Store } from '../store/store.ts';
import { type Change, type Refusal, refuse } from './decision.ts';
import { REFUSED } from './texts/answers.ts';

export type Written = { action: Action; refusal: Refusal | null };

/**
 * After a lost race, `change` runs again on the newer record. Refuses a record that is not the shown one: a signed
 * order or vote would be about what no one read.
 */
export async function write(
  { store }: { store: Pick<Store, 'records'> },
  { incidentId, actionId, digest }: Pick<Action, 'incidentId' | 'actionId' | 'digest'>,
  change: (current: Action) => Change | Promise<Change>,
): Promise<Written> {
  let refusal: Refusal | null = null;
  const action = await store.records.changeAction(incidentId, actionId, async (current) => {
    const result: Change =
      current.digest === digest ? await change(current) : refuse('settled', REFUSED.notProven);
    refusal = 'refused' in result ? result : null;
    return result.next ?? null;
  });
  return { action, refusal };
}
