// Restarts or gives up an incident whose assessment never ended.

import type { Incident, Member } from '../domain/incident.ts';
import { minutesAfter } from '../domain/time.ts';
import { unfinishedText } from '../messaging/texts/operation.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { SweepDeps } from './deps.ts';

const MAX_RESTARTS = 2;
/** Longer than an assessment with every escalation step takes. */
const RESTART_WITHIN_MINUTES = 90;

/**
 * For an incident of layout 1. Starts the assessment again, at most twice; every step is idempotent. After that, pages
 * the team and closes it.
 */
export async function resume(deps: SweepDeps, incident: Incident): Promise<void> {
  const { incidentId } = incident;
  const restarts = restartsOf(incident);
  const unfinished = incident.alerts.filter(({ outcome }) => outcome === null);
  const restart = restarts < MAX_RESTARTS;
  if (restart)
    for (const { alertId } of unfinished)
      await deps.startRespond(`${alertId}-restart-${restarts + 1}`, { incidentId, alertId });
  // The page goes out before the write, because a closed incident is not checked again.
  if (!restart) await pageTeam(deps, incidentId, restarts);
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

const restartsOf = ({ history }: Pick<Incident, 'history'>): number =>
  history.filter(({ event }) => event === 'restarted').length;

/** For alerts of one incident of layout 2: each has its own restarts, and one page is about all that are given up. */
export async function resumeAlerts(deps: SweepDeps, members: readonly Member[]): Promise<void> {
  for (const member of members.filter((one) => restartsOf(one) < MAX_RESTARTS))
    await restartAlert(deps, member);
  const givenUp = members.filter((one) => restartsOf(one) >= MAX_RESTARTS);
  const [first] = givenUp;
  if (!first) return;
  // The page goes out before the writes, because an alert with an outcome is not checked again.
  await pageTeam(deps, first.incidentId, MAX_RESTARTS);
  for (const member of givenUp) await giveUp(deps, member);
}

async function restartAlert({ store, startRespond, now }: SweepDeps, member: Member) {
  const { incidentId, alertId } = member;
  await startRespond(`${alertId}-restart-${restartsOf(member) + 1}`, { incidentId, alertId });
  const at = now();
  const text = 'The assessment did not finish';
  await changeUnless(store, member, (current) => ({
    ...withEntry(current, { at, by: 'sweep', event: 'restarted', text }),
    attentionAt: minutesAfter(at, RESTART_WITHIN_MINUTES),
  }));
}

async function giveUp({ store, now }: SweepDeps, member: Member) {
  const at = now();
  const text = 'Gave up and paged the team';
  await changeUnless(store, member, (current) => ({
    ...withEntry(current, { at, by: 'sweep', event: 'failed', text }),
    ...(current.outcome === null && {
      outcome: 'failed' as const,
      summary: text,
      closedAt: at.toISOString(),
    }),
    attentionAt: null,
  }));
}

/** Does nothing when `close` was faster. A repeat of the alert must not hide it from the sweeper. */
const changeUnless = (
  { records }: SweepDeps['store'],
  seen: Member,
  derive: (current: Member) => Member,
) =>
  records.changeMember(seen.incidentId, seen.alertId, (current) =>
    current.outcome === seen.outcome && current.attentionAt === seen.attentionAt
      ? derive(current)
      : null,
  );

const pageTeam = async ({ send }: SweepDeps, incidentId: string, restarts: number) => {
  await send({
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
};
