// The commands in an incident's ticket, for actions that a person carries out.
import type { Action } from '../../domain/action.ts';
import { informs } from '../../domain/action-catalog.ts';
import { oneLine } from '../../domain/wording.ts';
import { headlineOf } from './action-line.ts';
import { manualSteps } from './manual.ts';
import type { Text } from './phrases.ts';
import type { AlertRecord } from './ticket.ts';

const NEEDS_COMMANDS: readonly Action['status'][] = [
  'handed-off',
  'expired',
  'failed',
  'reversal-failed',
];

export const ticketSteps = (
  actions: readonly Action[],
  alerts: readonly AlertRecord[],
): Text['steps'] =>
  actions
    .filter(({ status, name }) => NEEDS_COMMANDS.includes(status) && !informs(name))
    .flatMap((action) => {
      const own = alerts.find(({ alert }) => alert.alertId === action.alertId);
      const headline = oneLine(headlineOf(action));
      return manualSteps(action, own?.alert, own?.facts ?? null).map(({ title, lines }) => ({
        title: `${headline}. ${title}`,
        lines,
      }));
    });
