// Writes one log line per new history entry of a record.
import type { Action } from '../domain/action.ts';
import type { Incident, Member, OpenedIncident } from '../domain/incident.ts';
import type { Log } from '../platform/log.ts';

/** Logs the entries from number `from` on. */
export function logHistory(
  log: Log,
  record: Action | Incident | OpenedIncident | Member,
  from: number,
): void {
  const { incidentId } = record;
  const ids = {
    incidentId,
    ...('seat' in record && { alertId: record.alertId }),
    ...('actionId' in record && { actionId: record.actionId }),
  };
  for (const { at, by, event, text, hash } of record.history.slice(from))
    log('info', 'state changed', { ...ids, status: statusOf(record), event, by, at, text, hash });
}

function statusOf(record: Action | Incident | OpenedIncident | Member): string {
  if ('seat' in record) return record.outcome ?? 'open';
  return 'status' in record ? record.status : 'open';
}
