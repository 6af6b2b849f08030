// Restarts or gives up an incident whose assessment never ended.

import type { Incident } from '../domain/incident.ts';
import { minutesAfter } from '../domain/time.ts';
import { unfinishedText } from '../messaging/texts/operation.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { SweepDeps } from './deps.ts';

const MAX_RESTARTS = 2;
/** Longer than an assessment with every escalation step takes. */
const RESTART_WITHIN_MINUTES = 90;

/** Starts the assessment again, at most twice; every step is idempotent. After that, pages the team and closes it. */
export async function resume(deps: SweepDeps, incident: Incident): Promise<void> {
  const { incidentId } = incident;
  const restarts = incident.history.filter(({ event }) => event === 'restarted').length;
  const unfinished = incident.alerts.filter(({ outcome }) => outcome === null);
  const restart = restarts < MAX_RESTARTS;
  if (restart)
    for (const { alertId } of unfinished)
      await deps.startRespond(`${alertId}-restart-${restarts + 1}`, { incidentId, alertId });
  // The page goes out before the write, because a closed incident is not checked again.
  if (!restart)
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
      : restart
        ? {
            ...withEntry(current, {
              at,
              by: 'sweep',
              event: 'restarted',
              text: 'The assessment did not finish',
            }),
            attentionAt: minutesAfter(at, RESTART_WITHIN_MINUTES),
          }
        : {
            ...withEntry(current, {
              at,
              by: 'sweep',
              event: 'failed',
              text: 'Gave up and paged the team',
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
