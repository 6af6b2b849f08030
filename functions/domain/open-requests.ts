// Open requests of an incident: one page for all, one answer for each.
import type { Action } from './action.ts';
import { bySeverity, type SeverityLabel } from './alert.ts';
import { peopleAsked } from './approval.ts';
import { asRaised } from './effect-state.ts';
import type { IncidentAlert } from './incident.ts';

/** The incident's requests that still wait for a decision: the most severe first, then the oldest. */
export function openRequests(
  ofTheIncident: readonly Action[],
  alerts: readonly Pick<IncidentAlert, 'alertId' | 'severity'>[],
  now: Date,
): Action[] {
  const severities = new Map(alerts.map(({ alertId, severity }) => [alertId, severity]));
  // Treats an unreadable severity as medium: it must hide neither this request nor a worse one.
  const severityOf = (action: Action): SeverityLabel => {
    const label = severities.get(action.alertId) ?? 'medium';
    return asRaised({ severity: { label } }, action).severity.label;
  };
  return ofTheIncident
    .filter(({ status }) => status === 'awaiting-approval')
    .filter(({ approval }) => Date.parse(approval?.expiresAt ?? '') > now.getTime())
    .toSorted(
      (a, b) =>
        bySeverity(severityOf(a), severityOf(b)) || (requestOrder(a) < requestOrder(b) ? -1 : 1),
    );
}

/** Whether the person was asked and has not answered. Policy may have changed since: check that as well. */
export const waitsFor = ({ approval }: Pick<Action, 'approval'>, person: string): boolean =>
  approval !== null &&
  peopleAsked(approval).some(({ id }) => id === person) &&
  approval.votes.every(({ by }) => by !== person);

/** The open requests that this person was asked about and has not answered. */
export const openRequestsTo = (
  person: string,
  ...given: Parameters<typeof openRequests>
): Action[] => openRequests(...given).filter((one) => waitsFor(one, person));

/** Sort key: creation time, then number. The first of several requests represents all of them. */
export const requestOrder = ({
  createdAt,
  actionId,
}: Pick<Action, 'createdAt' | 'actionId'>): string =>
  `${createdAt} ${actionId.replace(/-(\d)(?=\D?$)/, '-0$1')}`;
