// Whether a product's closing of a finding ends a request about it. Pure.
import * as z from 'zod/mini';
import { type Action, type HistoryEntry, IncidentId } from './action.ts';
import { type Alert, type FindingState, isSevere } from './alert.ts';
import { joinedIn } from './effect-state.ts';

/** The input of an execution that only ends the open requests about a closed finding. */
export const ClosedInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  closed: z.literal(true),
});

/** An alert as it arrived, and what its product said last. */
export type AlertNow = { alert: Pick<Alert, 'state' | 'severity'>; state: FindingState };

/** The alerts of the incident that propose the action's effect: its own alert first. */
export function alertsAsking(action: Action, actions: readonly Action[]): string[] {
  const { name, target, alertId } = action;
  const same = actions.filter(
    (one) =>
      one.name === name && one.target?.kind === target?.kind && one.target?.value === target?.value,
  );
  return [...new Set([alertId, ...same.map((one) => one.alertId)])];
}

/**
 * The state that ends the request, or `active` while the request stays open: for a severe finding, because an attacker
 * may close it; for a closed finding that a person sent; and while another alert proposes the same effect. Tickets and
 * notifications need no finding.
 */
export function stateForRequest(
  action: Pick<Action, 'target' | 'history' | 'incidentId'>,
  asking: readonly AlertNow[],
): FindingState {
  const isJoined = joinedIn(action).some((id) => id !== action.incidentId);
  if (isJoined || action.target?.kind === 'alert') return 'active';
  const endsIt = ({ alert, state }: AlertNow) =>
    state !== 'active' && alert.state === 'active' && !isSevere(alert.severity.label);
  return asking.every(endsIt) ? (asking[0]?.state ?? 'active') : 'active';
}

/** The beginning of the history entry. Stored, so this text must not change. */
const CLOSED = 'The finding was closed. Its product marks it as';
export const closedText = (state: FindingState): string => `${CLOSED} ${state}`;

/** The entry that ended the request because its finding was closed; null for any other action. */
export function closingOf({
  status,
  history,
}: Pick<Action, 'status' | 'history'>): HistoryEntry | null {
  if (status !== 'expired') return null;
  const ended = history.findLast(({ event }) => event === 'expired');
  return ended?.text.startsWith(CLOSED) ? ended : null;
}
