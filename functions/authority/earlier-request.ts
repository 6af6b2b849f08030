// Makes an open request of an earlier version again, with a proven ruling.

import { type Action, ActionId } from '../domain/action.ts';
import { transition } from '../store/hash-chain.ts';

/** The ID of the request that replaces this one, or null after the ninth. */
export function nextActionId(actionId: string): string | null {
  const [, base = '', times = '0'] = /^(.*?)(?:r(\d))?$/.exec(actionId) ?? [];
  const next = `${base}r${Number(times) + 1}`;
  return ActionId.safeParse(next).success ? next : null;
}

/** Earlier versions stored open requests without a proof of the ruling. */
export const isOfEarlierVersion = ({ status, ruling }: Action): boolean =>
  status === 'awaiting-approval' && ruling === null;

/** Ends the request. The sweeper starts the new one within a minute. */
export function replaced(action: Action, by: string, now: Date): Action {
  const next = nextActionId(action.actionId);
  const at = now.toISOString();
  const text = 'Requested by an earlier version of Countermand, so it is requested again';
  return transition(
    action,
    'expired',
    { at: now, by, text },
    { askedAnew: next ? { by: 'upgrade', at, actionId: next } : null, attentionAt: at },
  );
}
