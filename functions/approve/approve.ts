// The approve step: asks the people of one escalation step, or expires.

import * as z from 'zod/mini';
import { isOfEarlierVersion, replaced } from '../authority/earlier-request.ts';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import type { FindingState } from '../domain/alert.ts';
import { closedText, closingOf } from '../domain/closed-finding.ts';
import { InvalidInput, NotFound, Unavailable } from '../domain/errors.ts';
import { openRequestsTo } from '../domain/open-requests.ts';
import { Undelivered } from '../domain/undelivered.ts';
import { question } from '../messaging/question.ts';
import { sendEach } from '../messaging/send-all.ts';
import { errorFields } from '../platform/log.ts';
import { transition } from '../store/hash-chain.ts';
import { readRequestState } from '../store/request-state.ts';
import { askPast } from './bounced.ts';
import type { ApproveDeps } from './deps.ts';
import { escalate, recordAsked, recordTrouble, wasAskedEarly } from './escalate.ts';
import { showVotes } from './votes.ts';

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
  /** From the page or Slack: a vote that does not decide yet. */
  z.strictObject({ incidentId: IncidentId, actionId: ActionId, voted: z.literal(true) }),
  /** From `bounce`: the email to the person did not arrive. */
  z.strictObject({
    incidentId: IncidentId,
    actionId: ActionId,
    bounced: z.string().check(z.minLength(1), z.maxLength(64)),
    why: Undelivered,
    /** The email was a digest. */
    digest: z.optional(z.literal(true)),
  }),
]);

export async function approve(deps: ApproveDeps, input: unknown): Promise<void> {
  const given = ApproveInput.parse(input);
  if ('to' in given) return askAnother(deps, given);
  if ('closed' in given) return endRequests(deps, given);
  if ('voted' in given) return showVotes(deps, given);
  if ('bounced' in given) return askPast(deps, given);
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
  if (wasAskedEarly(action, action.approval, step)) return;
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
  const ended: Action[] = [];
  for (const { actionId } of (await records.actions(incidentId)).filter(isOpenOrClosed)) {
    const action = await records.changeAction(incidentId, actionId, async (current) => {
      if (current.status !== 'awaiting-approval') return null;
      const state = await readRequestState(deps.store, current);
      return state === 'active' ? null : closed(current, state, deps.now());
    });
    if (closingOf(action)) ended.push(action);
  }
  // All of them have ended by now, so that one message reports them.
  for (const action of ended)
    if (action.approval?.taskToken) await answer(deps, action, action.approval.taskToken);
}

const isOpenOrClosed = (action: Action): boolean =>
  action.status === 'awaiting-approval' || closingOf(action) !== null;

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
  const { records } = deps.store;
  const open = openRequestsTo(to, await records.actions(incidentId), [], deps.now());
  const others = open.filter((one) => one.actionId !== actionId);
  const facts = (await records.findFacts(incidentId, action.alertId)) ?? null;
  const message = await question(deps, action, alert, handed.to, asked, { facts, others });
  const sent = await sendEach(deps.send, [message], deps.log);
  await recordTrouble(deps, action, sent);
}
