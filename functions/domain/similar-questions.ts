// Similar open requests: one page and message for all, one answer for each.
import type { Action } from './action.ts';

/** The other open requests of the incident for the same action on other targets, oldest first. */
export const similarTo = (
  action: Pick<Action, 'actionId' | 'name'>,
  ofTheIncident: readonly Action[],
): Action[] =>
  ofTheIncident
    .filter(
      ({ actionId, name, status }) =>
        status === 'awaiting-approval' && name === action.name && actionId !== action.actionId,
    )
    .sort((a, b) => (requestOrder(a) < requestOrder(b) ? -1 : 1));

/** Sort key: creation time, then number. The first of several requests represents all of them. */
export const requestOrder = ({
  createdAt,
  actionId,
}: Pick<Action, 'createdAt' | 'actionId'>): string =>
  `${createdAt} ${actionId.replace(/-(\d)(?!\d)/, '-0$1')}`;
