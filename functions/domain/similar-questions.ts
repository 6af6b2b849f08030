// Questions that are alike: one page and one message for all of them, and an answer for each.
import type { Action } from './action.ts';

/** The open ones of the same incident that ask for the same action on other targets, oldest first; without itself. */
export const alikeTo = (
  action: Pick<Action, 'actionId' | 'name'>,
  ofTheIncident: readonly Action[],
): Action[] =>
  ofTheIncident
    .filter(
      ({ actionId, name, status }) =>
        status === 'awaiting-approval' && name === action.name && actionId !== action.actionId,
    )
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));

/** By time, then by number: the first of those that came together speaks for all of them. */
export const orderOf = ({ createdAt, actionId }: Pick<Action, 'createdAt' | 'actionId'>): string =>
  `${createdAt} ${actionId.replace(/-(\d)(?!\d)/, '-0$1')}`;
