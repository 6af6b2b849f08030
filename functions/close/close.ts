// The close step: records an alert's outcome and notifies the team.

import * as z from 'zod/mini';
import { type Action, IncidentId } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import { type Incident, isOutcomeKnown, mostUrgent, type Outcome } from '../domain/incident.ts';
import { minutesAfter, NOTIFIED_WITHIN_MINUTES } from '../domain/time.ts';
import { folded, oneLine, quoted, shortened } from '../domain/wording.ts';
import { judgeUrl } from '../messaging/links.ts';
import type { Message } from '../messaging/message.ts';
import { sendAll } from '../messaging/send-all.ts';
import { causedText, closedText, observedText } from '../messaging/texts/incident.ts';
import { LINKS } from '../messaging/texts/labels.ts';
import { moreActions, statusLine } from '../messaging/texts/phrases.ts';
import { Caught, causeText } from '../platform/caught-error.ts';
import { errorFields } from '../platform/log.ts';
import { peopleOf } from '../policy/people.ts';
import { withEntry } from '../store/hash-chain.ts';
import { layoutOf } from '../store/layout.ts';
import type { CloseDeps } from './deps.ts';
import { countedActions, isForJudgement, outcomeOf } from './outcome.ts';

export const CloseInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** The error that the state machine caught from an earlier step. */
  failure: z.optional(Caught),
});

export async function close(deps: CloseDeps, input: unknown) {
  const { store, send, log } = deps;
  const { incidentId, alertId, failure } = CloseInput.parse(input);
  const { found: actions, unreadable } = await store.records.readActionsOf(incidentId, alertId);
  const [corrupt] = unreadable;
  const why = failure ? causeText(failure) : (corrupt?.message ?? null);
  const outcome = why === null ? mostUrgent(countedActions(actions).map(outcomeOf)) : 'failed';
  const assessment = await store.records.findAssessment(incidentId, alertId);
  const analysis = assessment?.summary ?? 'There is no analysis.';

  const summary = summaryOf(actions, analysis, why);
  const ended = { incidentId, alertId, outcome, summary };
  if (await isSilent(deps, ended, actions)) {
    await recordMember(deps, ended, null);
    return { incidentId, alertId, outcome };
  }
  const incident = await recordOutcome(deps, ended);
  // A failed message doesn't fail the step: the outcome is recorded, and earlier steps have sent all requests.
  const succeeds = (sending: Promise<void>, message: string): Promise<boolean> =>
    sending.then(
      () => true,
      (error: unknown) => {
        log('error', message, { incidentId, alertId, ...errorFields(error) });
        return false;
      },
    );
  const announcing = announce({ send, store }, incident, alertId, outcome);
  const isAnnounced = await succeeds(announcing, 'outcome not announced');
  const asking = askForJudgement(deps, incident, alertId, actions);
  const isAsked = await succeeds(asking, 'request for judgement not sent');
  if (isAnnounced && isAsked) await endAttention(deps, ended);
  return { incidentId, alertId, outcome };
}

/** Maximum length of an incident's summary. */
const MAX_SUMMARY = 4000;
const MAX_LINES = 10;

type Ended = { incidentId: string; alertId: string; outcome: Outcome; summary: string };

/**
 * Records the alert's outcome, and returns the incident with the alert's summary. After a re-request the outcome may be
 * the same and the summary differ.
 */
async function recordOutcome({ store, now }: CloseDeps, ended: Ended): Promise<Incident> {
  const { incidentId, alertId, outcome, summary } = ended;
  if (layoutOf(incidentId) === 1)
    return store.records.changeIncident(incidentId, (current) => {
      const alert = current.alerts.find((one) => one.alertId === alertId);
      const isRecorded = alert?.outcome === outcome && current.summary === summary;
      return alert && !isRecorded ? closed(current, ended, now()) : null;
    });
  // The sweeper runs the assessment again if the outcome is not announced by then.
  await recordMember({ store, now }, ended, minutesAfter(now(), NOTIFIED_WITHIN_MINUTES));
  const incident = await store.records.readableIncident(incidentId);
  if (!incident) throw new InvalidInput('the incident cannot be read', { incidentId });
  return { ...incident, summary };
}

const recordMember = (
  { store, now }: Pick<CloseDeps, 'store' | 'now'>,
  { incidentId, alertId, outcome, summary }: Ended,
  attentionAt: string | null,
) =>
  store.records.changeMember(incidentId, alertId, (member) => {
    if (member.outcome === outcome && member.summary === summary) return null;
    const at = now();
    return {
      ...withEntry(member, { at, by: 'close', event: outcome, text: summary }),
      ...{ outcome, summary, closedAt: at.toISOString(), attentionAt },
    };
  });

/** Whether the outcome is not announced. It then needs one write, so that the alerts of a flood cost little. */
async function isSilent(
  { store }: CloseDeps,
  { incidentId, alertId, outcome }: Ended,
  actions: readonly Action[],
): Promise<boolean> {
  if (layoutOf(incidentId) === 1 || outcome === 'failed' || toJudge(actions).length > 0)
    return false;
  const alerts = (await store.records.readableIncident(incidentId))?.alerts ?? [];
  const own = alerts.find((one) => one.alertId === alertId);
  const isNew = own?.outcome === null && own.causedBy === null;
  const others = alerts.map((one) => (one === own ? { ...one, outcome } : one));
  return isNew && isOutcomeKnown(others, alertId);
}

const toJudge = (actions: readonly Action[]): Action[] =>
  actions.filter((one) => isForJudgement(one) && one.judgement === null);

/** Ends the sweeper's checks of the alert, unless a later event has reopened it. */
async function endAttention(
  { store }: CloseDeps,
  { incidentId, alertId, outcome }: Omit<Ended, 'summary'>,
): Promise<void> {
  if (layoutOf(incidentId) === 1) return;
  await store.records.changeMember(incidentId, alertId, (member) =>
    member.attentionAt !== null && member.outcome === outcome
      ? { ...member, attentionAt: null, version: member.version + 1 }
      : null,
  );
}

/** An incident of layout 1 with the outcome of the alert. It closes when all its alerts have one. */
function closed(current: Incident, { alertId, outcome, summary }: Ended, at: Date): Incident {
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
      outcome: mostUrgent(outcomes),
      attentionAt: null,
    }),
  };
}

function summaryOf(actions: readonly Action[], analysis: string, why: string | null): string {
  const lines = [
    ...(why ? [`Processing failed: ${why}`] : []),
    ...folded(
      actions.map((action) => oneLine(statusLine(action))),
      MAX_LINES,
      moreActions,
    ),
    `Analysis: ${quoted(analysis, 1000)}`,
  ];
  return shortened(lines.join('\n'), MAX_SUMMARY);
}

/** Notifies the team of the first alert of an incident with this outcome. The ticket has the others. */
async function announce(
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
  if (!cause && outcome !== 'failed' && isOutcomeKnown(incident.alerts, alertId)) return;
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
 * Sends each manager one message about the alert's observed actions, with a link for each. Managers decide whether an
 * account goes live. Tickets and notifications need no judgement.
 */
async function askForJudgement(
  deps: CloseDeps,
  incident: Incident,
  alertId: string,
  actions: readonly Action[],
): Promise<void> {
  const { policy, send, now, log } = deps;
  const observed = toJudge(actions);
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
