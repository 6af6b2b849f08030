// The commands in an incident's ticket, for actions that a person carries out.
import type { Action } from '../../domain/action.ts';
import { informs } from '../../domain/action-catalog.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import { oneLine } from '../../domain/wording.ts';
import { headlineOf } from './action-line.ts';
import { manualSteps } from './manual.ts';
import { steps, type Text } from './phrases.ts';
import type { AlertRecord } from './ticket.ts';

const NEEDS_COMMANDS: readonly Action['status'][] = [
  'handed-off',
  'expired',
  'failed',
  'reversal-failed',
];

/** Not for a request whose finding was closed, or that a manager requested again. */
const needsCommands = (action: Action): boolean =>
  NEEDS_COMMANDS.includes(action.status) &&
  !informs(action.name) &&
  !closingOf(action) &&
  !(action.status === 'expired' && action.askedAnew);

export const ticketSteps = (
  actions: readonly Action[],
  alerts: readonly AlertRecord[],
): Text['steps'] => {
  const wanted = actions.filter(needsCommands);
  const more = wanted.length - MAX_ACTIONS;
  const shown = wanted.slice(0, MAX_ACTIONS).flatMap((action) => {
    const own = alerts.find(({ alert }) => alert.alertId === action.alertId);
    const headline = oneLine(headlineOf(action));
    return manualSteps(action, own?.alert, own?.facts ?? null).map(({ title, lines }) => ({
      title: `${headline}. ${title}`,
      lines,
    }));
  });
  return more > 0 ? [...shown, ...steps(`${more} more actions`, [IN_THEIR_MESSAGES])] : shown;
};

/** Ticket systems limit the text. */
const MAX_ACTIONS = 20;
const IN_THEIR_MESSAGES = 'The message about each of these has its commands.';
