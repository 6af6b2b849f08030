// Gathers what the console shows from the records and the stand-ins.
import type { Action } from '../../functions/domain/action.ts';
import type { Incident } from '../../functions/domain/incident.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import { issueLink } from '../../functions/web/link.ts';
import { loadDefinition, stateNames } from '../engine/definition.ts';
import type { EngineEvent } from '../engine/state-machines.ts';
import type { Runtime } from '../runtime.ts';
import { loadSamples } from '../samples.ts';
import type { Overview, ShownIncident, Step } from './model.ts';

const SHOWN_INCIDENTS = 12;
const SHOWN_MESSAGES = 15;
const WAY = stateNames(loadDefinition('respond'));
/** States that every alert passes; the others are drawn where an alert reached them. */
const ALWAYS = ['enrich', 'analyse', 'gate', 'close'];

export type ConsoleDeps = {
  runtime: Runtime;
  policy: Policy;
  analyst: string;
  webBaseUrl: string;
  now: () => Date;
};

export async function overview(deps: ConsoleDeps): Promise<Overview> {
  const { runtime, policy, analyst, now } = deps;
  const incidents = await runtime.store.records.recentIncidents(SHOWN_INCIDENTS);
  const shown = await Promise.all(incidents.map((incident) => showIncident(runtime, incident)));
  const inForce = shown
    .flatMap(({ actions }) => actions)
    .filter(
      ({ status, dueAt, target }) =>
        target?.kind !== 'alert' && (status === 'kept' || (status === 'in-force' && dueAt)),
    );
  return {
    now: now(),
    account: policy.account,
    mode: policy.mode,
    analyst,
    killSwitch: await runtime.store.killSwitch.read(policy.account, now()),
    samples: loadSamples().map(({ id, title, story }) => ({ id, title, story })),
    incidents: shown,
    inbox: runtime
      .inbox()
      .slice(-SHOWN_MESSAGES)
      .reverse()
      .map(({ at, message }) => ({
        id: message.key,
        to: message.to.kind === 'person' ? message.to.name : 'the team',
        at,
        subject: message.subject,
        paragraphs: message.paragraphs,
        links: message.links,
      })),
    ipSets: runtime.ipSets(),
    inForce: await Promise.all(
      inForce.map(async (action) => ({ action, reviewUrl: await reviewUrl(deps, action) })),
    ),
  };
}

async function showIncident(runtime: Runtime, incident: Incident): Promise<ShownIncident> {
  const { incidentId } = incident;
  const newest = incident.alerts.at(-1);
  const [actions, assessment] = await Promise.all([
    runtime.store.records.actions(incidentId),
    newest && runtime.store.records.findAssessment(incidentId, newest.alertId),
  ]);
  return {
    incident,
    actions,
    verdict: assessment
      ? `${assessment.verdict} (${assessment.origin}): ${assessment.summary}`
      : null,
    ways: incident.alerts
      .slice(-3)
      .reverse()
      .map(({ alertId, outcome }) => ({
        alertId,
        steps: stepsOf(runtime.events, alertId, outcome !== null),
      })),
  };
}

/** The way of one alert. After a restart the engine's events are gone; what has ended is drawn as done. */
function stepsOf(events: readonly EngineEvent[], alertId: string, ended: boolean): Step[] {
  const mine = events.filter(
    ({ execution }) => execution === alertId || execution.startsWith(`${alertId}-`),
  );
  const last = new Map(mine.flatMap(({ state, type }) => (state ? [[state, type] as const] : [])));
  return WAY.filter((name) => ALWAYS.includes(name) || last.has(name)).map((name) => ({
    name,
    state: stepState(last.get(name), ended),
  }));
}

function stepState(type: EngineEvent['type'] | undefined, ended: boolean): Step['state'] {
  if (type === 'exited' || (type === undefined && ended)) return 'done';
  if (type === 'failed' || type === 'caught') return 'failed';
  return type === undefined ? 'ahead' : 'now';
}

/** A desk has one person at it: whoever approved, or the first on call. */
async function reviewUrl(
  { runtime, policy, webBaseUrl, now }: ConsoleDeps,
  action: Action,
): Promise<string> {
  const person = action.approval?.decision?.by ?? policy.escalation.ladder[0]?.ask[0] ?? '';
  const token = await issueLink(runtime.mac, {
    purpose: 'review',
    incidentId: action.incidentId,
    actionId: action.actionId,
    digest: action.digest,
    person,
    // Whole hours, so that the page is the same from one second to the next.
    expires: (Math.floor(now().getTime() / 3_600_000) + 2) * 3600,
  });
  return `${webBaseUrl}/review/${token}`;
}
