// One change by one person: written if the state allows it at that moment, refused with the reason otherwise.
import type { Action } from '../domain/action.ts';
import type { Store } from '../store/store.ts';
import type { Change, Refusal } from './decision.ts';

export type Written = { action: Action; refusal: Refusal | null };

/** `change` is pure; it is asked again, on the newer record, when another writer was faster. */
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
