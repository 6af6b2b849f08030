// Gathers the console's data from the records and the stand-ins.

import { isForJudgement } from '../functions/close/close.ts';
import { type Action, APPLIED } from '../functions/domain/action.ts';
import type { InvalidInput } from '../functions/domain/errors.ts';
import type { Incident } from '../functions/domain/incident.ts';
import { worstOf } from '../functions/domain/incident.ts';
import { waitsFor } from '../functions/domain/open-requests.ts';
import { judgeUrl, reviewUrl } from '../functions/messaging/links.ts';
import type { Message } from '../functions/messaging/message.ts';
import { subjectWithSeverity } from '../functions/messaging/texts/delivery.ts';
import { onCallOf } from '../functions/policy/people.ts';
import type { Policy } from '../functions/policy/policy.ts';
import type { Delivered } from '../local/aws/inbox.ts';
import { loadDefinition, stateNames } from '../local/engine/definition.ts';
import type { EngineEvent } from '../local/engine/state-machines.ts';
import type { Runtime } from '../local/runtime.ts';
import type { Overview, ShownIncident, ShownMessage, Step } from './model.ts';
import { INBOX, INCIDENTS, ORIGINS, statusBadge } from './texts.ts';

const SHOWN_INCIDENTS = 12;
const SHOWN_MESSAGES = 15;
const SHOWN_REJECTED = 5;
const STATE_NAMES = stateNames(loadDefinition('respond'));
/** States of every alert. Others are shown if an alert reached them. */
/** Every execution begins with this Choice state, which says nothing about the alert. */
const FIRST_CHOICE = 'is-finding-closed';
const COMMON_STATES = ['enrich', 'analyse', 'gate', 'close'];

export type ConsoleDeps = {
  runtime: Runtime;
  policy: Policy;
  analyst: string;
  webBaseUrl: string;
  now: () => Date;
};

export async function overview(deps: ConsoleDeps): Promise<Overview> {
  const { runtime, policy, analyst, now } = deps;
  const { records } = runtime.store;
  const incidents = await records.readIncidents(SHOWN_INCIDENTS);
  const shown = await Promise.all(incidents.found.map((one) => showIncident(deps, one)));
  const { found: outstanding, unreadable } = await records.outstanding();
  const inForce = outstanding.filter(({ status }) => APPLIED.includes(status));
  const waiting = outstanding.filter(isWaiting);
  const inbox = await Promise.all(
    questionsFirst(runtime.inbox(), waiting).map((delivered) =>
      showMessage(runtime, delivered, { waiting, now: now() }),
    ),
  );
  const allUnreadable = [
    ...incidents.unreadable,
    ...unreadable,
    ...shown.flatMap((one) => one.unreadable),
  ].map(({ ids: { pk, sk }, message }) => ({ key: `${pk} ${sk}`, why: message }));
  return {
    now: now(),
    account: policy.account,
    mode: policy.mode,
    analyst,
    killSwitch: await runtime.store.killSwitch.read(policy.account),
    waiting: waiting.length,
    incidents: shown,
    unreadable: [...new Map(allUnreadable.map((one) => [one.key, one])).values()],
    inbox,
    ipSets: runtime.ipSets(),
    identities: runtime.identities(),
    networkAcls: runtime.networkAcls(),
    inForce: await Promise.all(
      inForce.map(async (action) => ({ action, reviewUrl: await reviewUrlOf(deps, action) })),
    ),
    rejected: runtime.rejected().slice(-SHOWN_REJECTED).reverse(),
  };
}

const isWaiting = ({ status }: Action): boolean => status === 'awaiting-approval';

/** All open questions first, then the latest other messages; newest first. */
function questionsFirst(delivered: readonly Delivered[], waiting: readonly Action[]): Delivered[] {
  const asks = ({ message }: Delivered) =>
    message.links.length > 0 && waiting.some((one) => isAskedBy(message, one));
  const newestFirst = delivered.toReversed();
  const others = newestFirst.filter((one) => !asks(one));
  return [...newestFirst.filter(asks), ...others.slice(0, SHOWN_MESSAGES)];
}

/** The page of a question shows all requests of its incident that wait for the reader. */
const isAskedBy = ({ key, incidentId, actionId, to }: Message, request: Action): boolean =>
  request.actionId === actionId ||
  (key.startsWith('ask-') &&
    request.incidentId === incidentId &&
    to.kind === 'person' &&
    waitsFor(request, to.id));

/** A message needs an answer while the action is in the state that the message is about. */
async function showMessage(
  runtime: Runtime,
  { at, message }: Delivered,
  { waiting, now }: { waiting: readonly Action[]; now: Date },
): Promise<ShownMessage> {
  const isOpen = waiting.some((one) => isAskedBy(message, one));
  const { key, to, paragraphs, facts, steps, links, incidentId, actionId } = message;
  const action =
    links.length > 0 && actionId
      ? await runtime.store.records.readableAction(incidentId, actionId)
      : undefined;
  return {
    id: key,
    to: to.kind === 'person' ? to.name : INBOX.team,
    at,
    subject: subjectWithSeverity(message),
    paragraphs,
    facts,
    steps,
    links,
    settled: action && !isAsking(key, action) && !isOpen ? statusBadge(action, now) : null,
  };
}

/** The key says whether the message is a question, a reminder, a review or an outcome. */
function isAsking(key: string, { status, reviewAt }: Action): boolean {
  if (key.startsWith('ask-')) return status === 'awaiting-approval';
  if (!key.startsWith('remind-')) return true;
  return status === 'in-force' || (status === 'kept' && key.includes(`${reviewAt}`));
}

async function showIncident(
  deps: ConsoleDeps,
  incident: Incident,
): Promise<ShownIncident & { unreadable: InvalidInput[] }> {
  const { runtime } = deps;
  const { incidentId } = incident;
  const worst = worstOf(incident.alerts);
  const [{ found: actions, unreadable }, assessment] = await Promise.all([
    runtime.store.records.readActions(incidentId),
    worst && runtime.store.records.findAssessment(incidentId, worst.alertId),
  ]);
  return {
    incident,
    actions,
    judgeUrls: Object.fromEntries(
      await Promise.all(
        actions
          .filter(isForJudgement)
          .map(async (action) => [action.actionId, await judgeUrlOf(deps, action)] as const),
      ),
    ),
    unreadable,
    verdict: assessment
      ? INCIDENTS.verdict(assessment.verdict, ORIGINS[assessment.origin], assessment.summary)
      : null,
    progress: incident.alerts
      .slice(-3)
      .reverse()
      .map(({ alertId, outcome }) => ({
        alertId,
        steps: stepsOf(
          runtime.events,
          alertId,
          outcome !== null,
          actions.filter((action) => action.alertId === alertId),
        ),
      })),
  };
}

/** The steps of one alert. After a restart the engine has no events: finished steps come from the records. */
function stepsOf(
  events: readonly EngineEvent[],
  alertId: string,
  ended: boolean,
  actions: readonly Action[],
): Step[] {
  const mine = events.filter(
    ({ execution }) => execution === alertId || execution.startsWith(`${alertId}-`),
  );
  const last = new Map(mine.flatMap(({ state, type }) => (state ? [[state, type] as const] : [])));
  const passed = new Set([
    ...COMMON_STATES,
    ...last.keys(),
    ...(ended ? actions.flatMap(statesPassedBy) : []),
  ]);
  return STATE_NAMES.filter((name) => passed.has(name) && name !== FIRST_CHOICE).map((name) => ({
    name,
    state: stepState(last.get(name), ended),
  }));
}

/** The states named in the history of an action. */
function statesPassedBy({ history, approval }: Action): string[] {
  const by = history.map((entry) => entry.by);
  if (approval?.decision?.verdict !== 'approved') return by;
  const executed = by.map((one) => (one === 'execute' ? 'execute-approved' : one));
  return [...executed, 'enrich-again', 'gate-again'];
}

function stepState(type: EngineEvent['type'] | undefined, ended: boolean): Step['state'] {
  if (type === 'exited' || (type === undefined && ended)) return 'done';
  if (type === 'failed' || type === 'caught') return 'failed';
  return type === undefined ? 'ahead' : 'now';
}

/** In the name of the first manager, who decides whether an account goes live. */
const judgeUrlOf = (
  { runtime, policy, webBaseUrl, now }: ConsoleDeps,
  action: Action,
): Promise<string> => {
  const id = policy.escalation.managers[0] ?? '';
  return judgeUrl({ mac: runtime.mac, webBaseUrl }, action, { id }, wholeHour(now()));
};

/** In the name of the approver, or else of the first person on call. */
const reviewUrlOf = (
  { runtime, policy, webBaseUrl, now }: ConsoleDeps,
  action: Action,
): Promise<string> => {
  const id = action.approval?.decision?.by ?? onCallOf(policy.escalation)[0]?.id ?? '';
  const until = new Date(wholeHour(now()).getTime() + 2 * 3_600_000);
  return reviewUrl({ mac: runtime.mac, webBaseUrl }, action, { id }, until);
};

/** Rounded, so that the page does not change every second. */
const wholeHour = (now: Date): Date => new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);
