// Puts the question to the people whose turn it is, keeps the callback, and ends the request when its time is over.

import * as z from 'zod/mini';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { ApprovalRequest, Approver } from '../domain/approval.ts';
import { InvalidInput, NotFound, Unavailable } from '../domain/errors.ts';
import { requestOrder, similarTo } from '../domain/similar-questions.ts';
import { answerToken, questionUrl } from '../messaging/links.ts';
import { type Message, questionKey } from '../messaging/message.ts';
import { notWoken, type Sent, sendEach, troubleIn } from '../messaging/send-all.ts';
import { askText } from '../messaging/texts/asked.ts';
import { LINKS } from '../messaging/texts/labels.ts';
import { errorFields } from '../platform/log.ts';
import { slackMemberOf } from '../policy/people.ts';
import { transition, withEntry } from '../store/hash-chain.ts';
import type { ApproveDeps } from './deps.ts';

export const ApproveInput = z.union([
  /** From the state machine: it is this rung's turn. */
  z.object({
    incidentId: IncidentId,
    actionId: ActionId,
    rung: z.int().check(z.gte(0), z.lte(10)),
    taskToken: z.string().check(z.minLength(1)),
  }),
  /** From the page: somebody handed it to this person. */
  z.strictObject({
    incidentId: IncidentId,
    actionId: ActionId,
    to: z.string().check(z.minLength(1), z.maxLength(64)),
  }),
]);

export async function approve(deps: ApproveDeps, input: unknown): Promise<void> {
  const given = ApproveInput.parse(input);
  if ('to' in given) return askOneMore(deps, given);
  const { incidentId, actionId, rung, taskToken } = given;
  // The token first: from here on a decision can wake the state machine.
  const action = await deps.store.records.changeAction(incidentId, actionId, (current) =>
    begin(current, rung, taskToken, deps.now()),
  );
  if (!action.approval)
    throw new InvalidInput('an action without a request cannot be approved', { actionId });
  if (action.status !== 'awaiting-approval') return answer(deps, action, taskToken);
  // Who said that they are on it is not joined by others; past the ladder there is only time left.
  if (action.approval.acknowledged || rung >= action.approval.rungs.length) return;
  await climb(deps, action, action.approval, rung);
}

/** Keeps the token and says who is asked now; or ends the request when its time is over. A decision made meanwhile wins. */
function begin(current: Action, rung: number, taskToken: string, at: Date): Action | null {
  const { approval } = current;
  if (current.status !== 'awaiting-approval' || !approval) return null;
  const waiting = { ...approval, taskToken };
  const lastWait = approval.rungs.length + (approval.moreTime ? 1 : 0);
  if (rung >= lastWait || Date.parse(approval.expiresAt) <= at.getTime())
    return transition(
      current,
      'expired',
      { at, by: 'approve', text: 'No one decided in time' },
      // The sweeper stays in charge until people were told.
      { approval: waiting },
    );
  // A repeated attempt comes with a token of its own.
  const asked = asking(current, rung, at) ?? { ...current, version: current.version + 1 };
  return { ...asked, approval: asked.approval && { ...asked.approval, taskToken } };
}

/** The action with the entry that says who is asked, or null when it is there already. */
function asking(current: Action, rung: number, at: Date): Action | null {
  const { approval } = current;
  if (!approval?.rungs[rung] || approval.acknowledged || approval.askedRungs > rung) return null;
  const text = `Asking ${namesOf(approval.rungs[rung]?.ask ?? [])}`;
  return {
    ...withEntry(current, { at, by: 'approve', event: 'asked', text }),
    approval: { ...approval, askedRungs: rung + 1 },
  };
}

const namesOf = (people: readonly Pick<Approver, 'name'>[]) =>
  people.map(({ name }) => name).join(', ');

/** Passes on what was decided between two rungs, or at the end. */
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
    // It has its answer already, from the page on which the decision was made.
    if (error instanceof NotFound) return log('info', 'callback not needed', { actionId, verdict });
    log('warn', 'callback not taken', { actionId, verdict, ...errorFields(error) });
    throw new Unavailable('the state machine did not accept the answer', { actionId }, error);
  }
}

/**
 * Asks the rung that is due. Where nobody of it can be reached, or woken any more within this hour, the next one is
 * asked at once, not when its time comes.
 */
async function climb(
  deps: ApproveDeps,
  action: Action,
  request: ApprovalRequest,
  due: number,
): Promise<void> {
  const { incidentId, actionId } = action;
  const { records } = deps.store;
  const alert = await records.alert(incidentId, action.alertId);
  const alike = similarTo(action, await records.actions(incidentId));
  const together = alike.filter(({ alertId }) => alertId === action.alertId);
  if (together.some((one) => speaksFor(one, action))) return;
  const asked = alike.filter((one) => one.alertId !== action.alertId && speaksFor(one, action));
  let inDigest = false;
  const passedOver: Approver[] = [];
  for (let rung = due; rung < request.rungs.length; rung++) {
    if (rung > due)
      await records.changeAction(incidentId, actionId, (current) =>
        asking(current, rung, deps.now()),
      );
    const people = request.rungs[rung]?.ask ?? [];
    const messages = await Promise.all(
      people.map(async (person) => ({
        ...(await question(deps, action, alert, person, rung, together, passedOver)),
        // Woken once for all that are alike: the page of the first shows those that came later, too.
        ...(asked.some((one) => isAsked(one, person)) && { urgency: 'inform' as const }),
      })),
    );
    const sent = await sendEach(deps.send, messages, deps.log);
    await recordTrouble(deps, action, sent);
    if (sent.unreached.length + sent.held.length < messages.length) return;
    inDigest ||= sent.held.length > 0;
    passedOver.push(...people);
  }
  // The digest has its link while it is open, and at its end everybody is told and a ticket made, as always.
  if (inDigest) return;
  throw new Unavailable('no approver of the escalation policy could be reached', { actionId });
}

/**
 * Those of one alert are one question, and the first of them asks for all, unless nobody could be reached about it. Alerts
 * that come later bring questions of their own, as they end later.
 */
const speaksFor = (one: Action, action: Action): boolean =>
  requestOrder(one) < requestOrder(action) &&
  one.history.every(({ event }) => event !== 'not-reached');

const isAsked = ({ approval, history }: Action, { id }: Approver): boolean => {
  if (!approval || history.some(({ event }) => event === 'not-woken')) return false;
  const rungs = approval.rungs.slice(0, approval.askedRungs).flatMap(({ ask }) => ask);
  return [...rungs, ...approval.handedTo.map(({ to }) => to)].some((one) => one.id === id);
};

/** The person to whom it was handed, with a link of their own. */
async function askOneMore(
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

/** A failed delivery is part of what happened; a retry that fails the same way adds nothing. */
async function recordTrouble(
  { store, now }: ApproveDeps,
  { incidentId, actionId }: Action,
  sent: Sent,
): Promise<void> {
  const trouble = troubleIn({ ...sent, held: [] }).slice('; '.length);
  const entries = [
    { event: 'not-reached', trouble },
    { event: 'not-woken', trouble: sent.held.length > 0 ? notWoken(sent.held) : '' },
  ];
  for (const { event, trouble } of entries.filter((one) => one.trouble !== '')) {
    const text = `${trouble.charAt(0).toUpperCase()}${trouble.slice(1)}`;
    await store.records.changeAction(incidentId, actionId, (current) =>
      current.history.some((entry) => entry.event === event && entry.text === text)
        ? null
        : withEntry(current, { at: now(), by: 'approve', event, text }),
    );
  }
}

async function question(
  deps: ApproveDeps,
  action: Action,
  alert: Alert,
  person: Approver,
  rung: number,
  alike: readonly Action[] = [],
  passedOver: readonly Approver[] = [],
): Promise<Message> {
  const { incidentId, actionId, approval } = action;
  // One button would answer one of several questions: those are for the page.
  const withButtons = alike.length === 0 && slackMemberOf(deps.policy, person.id) !== null;
  const isPassedOver = ({ id }: Approver) => passedOver.some((one) => one.id === id);
  const before = approval?.rungs.slice(0, rung).flatMap(({ ask }) => ask) ?? [];
  const askedBefore = before.filter((one) => !isPassedOver(one));
  return {
    key: questionKey(actionId, rung, person.id),
    to: { kind: 'person', ...person },
    // A ticket that waits for an answer gets opened without one: nobody has to be woken for it.
    urgency: action.target?.kind === 'alert' ? 'inform' : 'page',
    ends: [],
    ...askText(action, alert, askedBefore, alike, passedOver),
    links: [{ label: LINKS.decide, url: await questionUrl(deps, action, person) }],
    ...(withButtons && { answerToken: await answerToken(deps, action, person) }),
    incidentId,
    actionId,
  };
}
