// The approve step: asks the people of one escalation step, or expires.

import * as z from 'zod/mini';
import { isOfEarlierVersion, replaced } from '../authority/earlier-request.ts';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import { type Alert, type FindingState, isMoreSevere } from '../domain/alert.ts';
import type { ApprovalRequest, Approver } from '../domain/approval.ts';
import { closedText, closingOf } from '../domain/closed-finding.ts';
import { asRaised } from '../domain/effect-state.ts';
import { InvalidInput, NotFound, Unavailable } from '../domain/errors.ts';
import { requestOrder, similarTo } from '../domain/similar-questions.ts';
import { capitalised } from '../domain/wording.ts';
import { notPagedNames, type Sent, sendEach, troubleIn } from '../messaging/send-all.ts';
import { namesOf } from '../messaging/texts/phrases.ts';
import { errorFields } from '../platform/log.ts';
import { transition, withEntry } from '../store/hash-chain.ts';
import { readRequestState } from '../store/request-state.ts';
import type { ApproveDeps } from './deps.ts';
import { question } from './question.ts';

export const ApproveInput = z.union([
  /** From the state machine: escalation step `rung`, from 0, is due. */
  z.object({
    incidentId: IncidentId,
    actionId: ActionId,
    rung: z.int().check(z.gte(0), z.lte(10)),
    taskToken: z.string().check(z.minLength(1)),
  }),
  /** From the state machine: the product closed this alert's finding. */
  z.strictObject({ incidentId: IncidentId, alertId: z.string(), closed: z.literal(true) }),
  /** From the page: an approver handed the request to the person `to`. */
  z.strictObject({
    incidentId: IncidentId,
    actionId: ActionId,
    to: z.string().check(z.minLength(1), z.maxLength(64)),
  }),
]);

export async function approve(deps: ApproveDeps, input: unknown): Promise<void> {
  const given = ApproveInput.parse(input);
  if ('to' in given) return askAnother(deps, given);
  if ('closed' in given) return endRequests(deps, given);
  const { incidentId, actionId, rung: step, taskToken } = given;
  const asked = await deps.store.records.action(incidentId, actionId);
  const state = await readRequestState(deps.store, asked);
  // Stores the token before asking, so that every decision finds a token to answer the state machine with.
  const action = await deps.store.records.changeAction(incidentId, actionId, (current) =>
    begin(current, { step, taskToken, state, at: deps.now() }),
  );
  if (!action.approval) throw new InvalidInput('the action has no approval request', { actionId });
  if (action.status !== 'awaiting-approval') return answer(deps, action, taskToken);
  // No one else is asked after an acknowledgement. After the last step, the state machine only waits.
  if (action.approval.acknowledged || step >= action.approval.rungs.length) return;
  await escalate(deps, action, action.approval, step);
}

/** Stores the token and records who is asked now, or expires the request. Does nothing after a decision. */
function begin(
  current: Action,
  {
    step,
    taskToken,
    state,
    at,
  }: { step: number; taskToken: string; state: FindingState; at: Date },
): Action | null {
  const { approval } = current;
  if (current.status !== 'awaiting-approval' || !approval) return null;
  const waiting = { ...approval, taskToken };
  if (isOfEarlierVersion(current))
    return replaced({ ...current, approval: waiting }, 'approve', at);
  if (state !== 'active') return closed({ ...current, approval: waiting }, state, at);
  const lastWait = approval.rungs.length + (approval.moreTime ? 1 : 0);
  if (step >= lastWait || Date.parse(approval.expiresAt) <= at.getTime())
    return transition(
      current,
      'expired',
      { at, by: 'approve', text: 'The time to decide ended' },
      // `attentionAt` remains set: the sweeper checks that people are notified.
      { approval: waiting },
    );
  // A retry has a new token, so it is stored even if the step was asked before.
  const asked = recordAsked(current, step, at) ?? { ...current, version: current.version + 1 };
  return { ...asked, approval: asked.approval && { ...asked.approval, taskToken } };
}

/** `attentionAt` remains set: the sweeper checks that people are notified. */
const closed = (action: Action, state: FindingState, at: Date): Action =>
  transition(action, 'expired', { at, by: 'approve', text: closedText(state) });

/** Ends the incident's requests whose findings were closed. A retry repeats the answer to the state machine. */
async function endRequests(
  deps: ApproveDeps,
  { incidentId }: { incidentId: string },
): Promise<void> {
  const { records } = deps.store;
  for (const { actionId } of (await records.actions(incidentId)).filter(isOpenOrClosed)) {
    const action = await records.changeAction(incidentId, actionId, async (current) => {
      if (current.status !== 'awaiting-approval') return null;
      const state = await readRequestState(deps.store, current);
      return state === 'active' ? null : closed(current, state, deps.now());
    });
    const taskToken = action.approval?.taskToken;
    if (taskToken && closingOf(action)) await answer(deps, action, taskToken);
  }
}

const isOpenOrClosed = (action: Action): boolean =>
  action.status === 'awaiting-approval' || closingOf(action) !== null;

/** The action with an entry about who is asked, or null when the step was asked before. */
function recordAsked(current: Action, step: number, at: Date): Action | null {
  const { approval } = current;
  if (!approval?.rungs[step] || approval.acknowledged || approval.askedRungs > step) return null;
  const text = `Asking ${namesOf(approval.rungs[step]?.ask ?? [])}`;
  return {
    ...withEntry(current, { at, by: 'approve', event: 'asked', text }),
    approval: { ...approval, askedRungs: step + 1 },
  };
}

/** Answers the state machine with the verdict, or with `expired`. */
async function answer(
  { callback, log }: ApproveDeps,
  action: Action,
  taskToken: string,
): Promise<void> {
  const { actionId } = action;
  const verdict = action.approval?.decision?.verdict ?? 'expired';
  try {
    await callback(taskToken, { verdict });
  } catch (error) {
    // The page on which the decision was made has already answered.
    if (error instanceof NotFound) return log('info', 'callback not needed', { actionId, verdict });
    log('warn', 'callback failed', { actionId, verdict, ...errorFields(error) });
    throw new Unavailable('the state machine did not accept the answer', { actionId }, error);
  }
}

/**
 * Asks the escalation step that is due. If no one in it can be reached, or all have reached their hourly page limit,
 * asks the next step immediately. Throws Unavailable when no step can be reached.
 */
async function escalate(
  deps: ApproveDeps,
  action: Action,
  request: ApprovalRequest,
  due: number,
): Promise<void> {
  const { incidentId, actionId } = action;
  const { records } = deps.store;
  const alert = await records.alert(incidentId, action.alertId);
  const similar = similarTo(action, await records.actions(incidentId));
  const ofSameAlert = similar.filter(({ alertId }) => alertId === action.alertId);
  if (ofSameAlert.some((one) => asksFirst(one, action))) return;
  const earlier = similar.filter((one) => one.alertId !== action.alertId && asksFirst(one, action));
  const asked = await asSevereAs(deps, asRaised(alert, action), earlier);
  let inDigest = false;
  const passedOver: Approver[] = [];
  for (let step = due; step < request.rungs.length; step++) {
    if (step > due)
      await records.changeAction(incidentId, actionId, (current) =>
        recordAsked(current, step, deps.now()),
      );
    const people = request.rungs[step]?.ask ?? [];
    const messages = await Promise.all(
      people.map(async (person) => ({
        ...(await question(deps, action, alert, person, step, ofSameAlert, passedOver)),
        // Similar requests page once: the approval page of the first one shows the later ones too.
        ...(asked.some((one) => isAsked(one, person)) && { urgency: 'inform' as const }),
      })),
    );
    const sent = await sendEach(deps.send, messages, deps.log);
    await recordTrouble(deps, action, sent);
    if (sent.unreached.length + sent.held.length < messages.length) return;
    inDigest ||= sent.held.length > 0;
    passedOver.push(...people);
  }
  // The digest links to the request. Without a decision, it expires as usual: people are notified and get a ticket.
  if (inDigest) return;
  throw new Unavailable('no approver of the escalation policy could be reached', { actionId });
}

/** The requests about alerts that are at least as severe: a page about a milder alert says nothing about this one. */
async function asSevereAs(
  { store: { records } }: ApproveDeps,
  { severity: { label } }: Alert,
  requests: readonly Action[],
): Promise<Action[]> {
  const [first] = requests;
  const incident = first && (await records.readableIncident(first.incidentId));
  return requests.filter((one) => {
    const severity = incident?.alerts.find(({ alertId }) => alertId === one.alertId)?.severity;
    return (
      severity &&
      !isMoreSevere(label, asRaised({ severity: { label: severity } }, one).severity.label)
    );
  });
}

/**
 * True when `one` comes before `action` and reached people. The first of an alert's similar requests asks for all of
 * them. A later alert's requests expire later, so they are asked separately.
 */
const asksFirst = (one: Action, action: Action): boolean =>
  requestOrder(one) < requestOrder(action) &&
  one.history.every(({ event }) => event !== 'not-reached');

const isAsked = ({ approval, history }: Action, { id }: Approver): boolean => {
  if (!approval || history.some(({ event }) => event === 'not-woken')) return false;
  const asked = approval.rungs.slice(0, approval.askedRungs).flatMap(({ ask }) => ask);
  return [...asked, ...approval.handedTo.map(({ to }) => to)].some((one) => one.id === id);
};

/** Asks the person that an approver handed the request to, with a personal link. */
async function askAnother(
  deps: ApproveDeps,
  { incidentId, actionId, to }: { incidentId: string; actionId: string; to: string },
): Promise<void> {
  const action = await deps.store.records.action(incidentId, actionId);
  const handed = action.approval?.handedTo.find((one) => one.to.id === to);
  if (!handed || action.status !== 'awaiting-approval') return;
  const alert = await deps.store.records.alert(incidentId, action.alertId);
  const asked = action.approval?.rungs.length ?? 0;
  const message = await question(deps, action, alert, handed.to, asked);
  const sent = await sendEach(deps.send, [message], deps.log);
  await recordTrouble(deps, action, sent);
}

/** Records failed deliveries and people who were not paged. A retry with the same result adds no entry. */
async function recordTrouble(
  { store, now }: ApproveDeps,
  { incidentId, actionId }: Action,
  sent: Sent,
): Promise<void> {
  const trouble = troubleIn({ ...sent, held: [] }).slice('; '.length);
  const entries = [
    { event: 'not-reached', trouble },
    { event: 'not-woken', trouble: sent.held.length > 0 ? notPagedNames(sent.held) : '' },
  ];
  for (const { event, trouble } of entries.filter((one) => one.trouble !== '')) {
    const text = capitalised(trouble);
    await store.records.changeAction(incidentId, actionId, (current) =>
      current.history.some((entry) => entry.event === event && entry.text === text)
        ? null
        : withEntry(current, { at: now(), by: 'approve', event, text }),
    );
  }
}
