// An incident whose assessment never ended.

import type { Incident } from '../domain/incident.ts';
import { minutesAfter } from '../domain/time.ts';
import { unfinishedText } from '../messaging/texts/operation.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { SweepDeps } from './deps.ts';

const MAX_RESTARTS = 2;
/** Longer than an assessment takes, with every rung of the ladder. */
const RESTARTED_AT_MOST_MINUTES = 90;

/** An assessment that never ended: run it again from its start, which repeats nothing; at last, say that it failed. */
export async function resume(deps: SweepDeps, incident: Incident): Promise<void> {
  const { incidentId } = incident;
  const restarts = incident.history.filter(({ event }) => event === 'restarted').length;
  const unfinished = incident.alerts.filter(({ outcome }) => outcome === null);
  const again = restarts < MAX_RESTARTS;
  if (again)
    for (const { alertId } of unfinished)
      await deps.startRespond(`${alertId}-restart-${restarts + 1}`, { incidentId, alertId });
  // Told first: an incident that is closed is not looked at again.
  if (!again)
    await deps.send({
      key: `given-up-${incidentId}`,
      to: { kind: 'team' },
      urgency: 'page',
      ends: [],
      ...unfinishedText(incidentId, restarts),
      facts: [],
      steps: [],
      links: [],
      incidentId,
      actionId: null,
    });
  const at = deps.now();
  await deps.store.records.changeIncident(incidentId, (current) =>
    current.version !== incident.version
      ? null
      : again
        ? {
            ...withEntry(current, {
              at,
              by: 'sweep',
              event: 'restarted',
              text: 'The assessment did not finish',
            }),
            attentionAt: minutesAfter(at, RESTARTED_AT_MOST_MINUTES),
          }
        : {
            ...withEntry(current, {
              at,
              by: 'sweep',
              event: 'failed',
              text: 'Gave up and notified a person',
            }),
            status: 'closed',
            closedAt: at.toISOString(),
            outcome: 'failed',
            alerts: current.alerts.map((alert) => ({
              ...alert,
              outcome: alert.outcome ?? 'failed',
            })),
            attentionAt: null,
          },
  );
}
