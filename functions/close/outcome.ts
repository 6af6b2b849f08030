// The outcome of an alert, from the statuses of its actions.
import type { Action, Status } from '../domain/action.ts';
import { informs, opensTicketUnanswered } from '../domain/action-catalog.ts';
import { closingOf } from '../domain/closed-finding.ts';
import { lackedSlot } from '../domain/effect-state.ts';
import type { Outcome } from '../domain/incident.ts';

/** True for an action that shadow mode prevented and that people may judge. */
export const isForJudgement = ({ status, name, failure }: Action): boolean =>
  status === 'observed' && failure === null && !informs(name);

/** The incident outcome that follows from one action's status. */
export function outcomeOf(action: Action): Outcome {
  const { status, name } = action;
  switch (status) {
    case 'failed':
      return lackedSlot(action) ? 'ticketed' : 'failed';
    case 'reversal-failed':
      return 'failed';
    case 'executing':
    case 'in-force':
    case 'kept':
    case 'reversing':
    case 'reversed':
      return informs(name) ? 'ticketed' : 'acted';
    case 'handed-off':
      return 'handed-off';
    case 'declined':
      return 'recommended-not-executed';
    case 'expired':
      if (closingOf(action)) return 'no-action';
      return opensTicketUnanswered(name) ? 'ticketed' : 'recommended-not-executed';
    case 'observed':
      return 'observed';
    case 'dropped':
      return 'no-action';
    // The execution has ended, so no step will continue these.
    case 'proposed':
    case 'awaiting-approval':
    case 'approved':
      return 'failed';
  }
}

const OPEN: readonly Status[] = ['proposed', 'awaiting-approval', 'approved'];

/** Leaves out one of each pair of re-requested actions: the new one while it is open, and then the expired one. */
export function countedActions(actions: readonly Action[]): Action[] {
  const leftOut = actions.flatMap(({ actionId, askedAnew }) => {
    const next = actions.find((one) => one.actionId === askedAnew?.actionId);
    return next ? [OPEN.includes(next.status) ? next.actionId : actionId] : [];
  });
  return actions.filter(({ actionId }) => !leftOut.includes(actionId));
}
