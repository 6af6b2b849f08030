// What the history of an action says about its effect in AWS.
import type { Action } from './action.ts';

type History = Pick<Action, 'history'>;

/** Entries that the executor and the reverser write. Stored, so these texts must not change. */
export const IN_PLACE_BEFORE = 'Already in place before this action';
export const REMAINS_IN_PLACE = 'Already in place before this action, so it remains';
export const HELD_BY_ANOTHER =
  'Another action holds the same effect, which remains until the last one ends';

const lastText = ({ history }: History, event: string): string | undefined =>
  history.findLast((entry) => entry.event === event)?.text;

/** Whether the effect existed before the action. Then the action changed nothing, and neither does its undo. */
export const wasInPlaceBefore = (action: History): boolean =>
  lastText(action, 'in-force') === IN_PLACE_BEFORE ||
  lastText(action, 'reversed') === REMAINS_IN_PLACE;

/** Whether the last check found that someone else removed the effect of an action in force. */
export const isRemoved = ({ status, history }: Pick<Action, 'status' | 'history'>): boolean =>
  (status === 'in-force' || status === 'kept') &&
  history.findLast(({ event }) => event === 'drifted' || event === 'there-again')?.event ===
    'drifted';

/** Whether the action ended and its effect remains, because another action holds it. */
export const isHeldByAnother = ({ status, history }: Pick<Action, 'status' | 'history'>): boolean =>
  (status === 'reversed' || status === 'failed') &&
  lastText({ history }, status) === HELD_BY_ANOTHER;

/** Whether the last undo stopped, because nothing proves what it would restore. The record may be altered. */
export const isUnproven = (action: History): boolean =>
  lastText(action, 'reversal-failed')?.startsWith('Unproven:') ?? false;
