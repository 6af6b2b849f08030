// Ends an alert's assessment: the outcome on the incident, and a summary to whoever follows it.

import * as z from 'zod/mini';
import { type Action, IncidentId, type Status } from '../domain/action.ts';
import { informs } from '../domain/action-catalog.ts';
import type { Incident, Outcome } from '../domain/incident.ts';
import { quoted } from '../domain/wording.ts';
import { judgeUrl } from '../messaging/links.ts';
import type { Message } from '../messaging/message.ts';
import { sendAll } from '../messaging/send-all.ts';
import { causedText, closedText, observedText } from '../messaging/texts/incident.ts';
import { LINKS } from '../messaging/texts/labels.ts';
import { standingLine } from '../messaging/texts/phrases.ts';
import { Caught, causeText } from '../platform/caught-error.ts';
import { errorFields } from '../platform/log.ts';
import { peopleOf } from '../policy/people.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { CloseDeps } from './deps.ts';

export const CloseInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** What the state machine caught, when something on the way died. */
  failure: z.optional(Caught),
});

/** From the one that most needs a person's eye to the one that least does. */
const PRECEDENCE: readonly Outcome[] = [
  'failed',
  'recommended-not-executed',
  'handed-off',
  'acted',
  'observed',
  'ticketed',
  'no-action',
];

export const mostTelling = (outcomes: readonly Outcome[]): Outcome =>
  PRECEDENCE.find((outcome) => outcomes.includes(outcome)) ?? 'no-action';

/** What shadow mode kept from changing something: people say whether it would have been right. */
export const isForJudgement = ({ status, name, failure }: Action): boolean =>
  status === 'observed' && failure === null && !informs(name);

/** What became of one action, in the terms of an incident's outcome. */
export function outcomeOf({ status, name }: Action): Outcome {
  switch (status) {
    case 'failed':
    case 'reversal-failed':
      return 'failed';
    case 'executing':
    case 'in-force':
    case 'kept':
    case 'reversing':
    case 'reversed':
      return informs(name) ? 'ticketed' : 'acted';
    case 'handed-off':
      return 'handed-off';
    case 'declined':
    case 'expired':
      return 'recommended-not-executed';
    case 'observed':
      return 'observed';
    case 'dropped':
      return 'no-action';
    // Nobody is working on these any more, and nothing was done: it is not a result.
    case 'proposed':
    case 'awaiting-approval':
    case 'approved':
      return 'failed';
  }
}

export async function close(deps: CloseDeps, input: unknown) {
  const { store, send, now, log } = deps;
  const { incidentId, alertId, failure } = CloseInput.parse(input);
  const { found, unreadable } = await store.records.readActions(incidentId);
  const actions = found.filter((action) => action.alertId === alertId);
  const spoiled = unreadable.find(({ ids }) =>
    String(ids.sk).includes(alertId.slice('al-'.length)),
  );
  const why = failure ? causeText(failure) : (spoiled?.message ?? null);
  const outcome = why === null ? mostTelling(standing(actions).map(outcomeOf)) : 'failed';
  const assessment = await store.records.findAssessment(incidentId, alertId);
  const said = assessment?.summary ?? 'There is no analysis.';

  const summary = summaryOf(actions, said, why).slice(0, MAX_SUMMARY);
  const incident = await store.records.changeIncident(incidentId, (current) => {
    const alert = current.alerts.find((one) => one.alertId === alertId);
    // What was asked anew may end as it did before, and still differently.
    const isSaid = alert?.outcome === outcome && current.summary === summary;
    return alert && !isSaid ? closed(current, alertId, outcome, summary, now()) : null;
  });
  const failed = (what: string) => (error: unknown) =>
    log('error', what, { incidentId, alertId, ...errorFields(error) });
  // The outcome is recorded, and whoever had to do something was told on the way.
  await tell({ send, store }, incident, alertId, outcome).catch(
    failed('outcome could not be announced'),
  );
  await askForJudgement(deps, incident, alertId, actions).catch(
    failed('nobody could be asked to judge'),
  );
  return { incidentId, alertId, outcome };
}

/** Where the record of an incident ends. */
const MAX_SUMMARY = 4000;
const OPEN: readonly Status[] = ['proposed', 'awaiting-approval', 'approved'];

/** What was asked anew counts by what became of it then; until that is known, as the question that expired. */
function standing(actions: readonly Action[]): Action[] {
  const passedOver = actions.flatMap(({ actionId, askedAnew }) => {
    const next = actions.find((one) => one.actionId === askedAnew?.actionId);
    return next ? [OPEN.includes(next.status) ? next.actionId : actionId] : [];
  });
  return actions.filter(({ actionId }) => !passedOver.includes(actionId));
}

function closed(
  current: Incident,
  alertId: string,
  outcome: Outcome,
  summary: string,
  at: Date,
): Incident {
  const alerts = current.alerts.map((alert) =>
    alert.alertId === alertId ? { ...alert, outcome } : alert,
  );
  const outcomes = alerts.map((alert) => alert.outcome).filter((one) => one !== null);
  const finished = outcomes.length === alerts.length;
  return {
    ...withEntry(current, { at, by: 'close', event: outcome, text: summary }),
    alerts,
    summary,
    ...(finished && {
      status: 'closed',
      closedAt: at.toISOString(),
      outcome: mostTelling(outcomes),
      attentionAt: null,
    }),
  };
}

function summaryOf(actions: readonly Action[], said: string, why: string | null): string {
  return [
    ...(why ? [`It could not be worked through to its end: ${why}`] : []),
    ...actions.map(standingLine),
    `Analysis: ${quoted(said, 1000)}`,
  ].join('\n');
}

async function tell(
  { send, store }: Pick<CloseDeps, 'send' | 'store'>,
  incident: Incident,
  alertId: string,
  outcome: Outcome,
): Promise<void> {
  const cause = incident.alerts.find((one) => one.alertId === alertId)?.causedBy ?? null;
  const action =
    cause?.incidentId && cause.actionId
      ? await store.records.findAction(cause.incidentId, cause.actionId)
      : undefined;
  await send({
    key: `close-${alertId}-${outcome}`,
    to: { kind: 'team' },
    ends: [],
    urgency: outcome === 'failed' || cause ? 'page' : 'inform',
    ...(cause
      ? causedText(incident, cause, action ?? null)
      : closedText(incident, alertId, outcome)),
    links: [],
    incidentId: incident.incidentId,
    actionId: null,
  });
}

/**
 * Managers decide whether an account goes live: each gets one message for an alert of which something was observed, with
 * a link for each action. Tickets and messages to people are nothing that could go wrong.
 */
async function askForJudgement(
  deps: CloseDeps,
  incident: Incident,
  alertId: string,
  actions: readonly Action[],
): Promise<void> {
  const { policy, send, now, log } = deps;
  const observed = actions.filter((one) => isForJudgement(one) && one.judgement === null);
  if (observed.length === 0) return;
  const { escalation } = policy;
  const messages = await Promise.all(
    peopleOf(escalation, escalation.managers).map(async (person): Promise<Message> => {
      const links = observed.map(async (action) => ({
        label: LINKS.judge(action),
        url: await judgeUrl(deps, action, person, now()),
      }));
      return {
        key: `judge-${alertId}-${person.id}`,
        to: { kind: 'person', ...person },
        urgency: 'inform',
        ends: [],
        ...observedText(incident, alertId, observed),
        links: await Promise.all(links),
        incidentId: incident.incidentId,
        actionId: null,
      };
    }),
  );
  await sendAll(send, messages, log);
}
