// Puts the question to the people whose turn it is, keeps the callback, and ends the request when its time is over.
import { z } from 'zod';
import { moveTo, noted } from '../audit/chain.ts';
import { errorFields, type Log } from '../audit/log.ts';
import {
  type Action,
  ActionId,
  type ApprovalRequest,
  type Approver,
  IncidentId,
} from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import { alikeTo, orderOf } from '../domain/alike.ts';
import { InvalidInput, NotFound, Unavailable } from '../domain/errors.ts';
import { type Message, questionKey, type Send } from '../notify/message.ts';
import { type Sent, sendEach, troubleIn } from '../notify/send-all.ts';
import { askText } from '../notify/texts.ts';
import type { Store } from '../store/store.ts';
import { issueLink } from '../web/link.ts';
import type { Mac } from '../web/seal.ts';

export type ApproveDeps = {
  store: Store;
  send: Send;
  mac: Pick<Mac, 'generate'>;
  /** Answers the waiting state machine. Rejects with NotFound when it no longer waits. */
  callback: (taskToken: string, output: { verdict: string }) => Promise<void>;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

export const ApproveInput = z.union([
  /** From the state machine: it is this rung's turn. */
  z.object({
    incidentId: IncidentId,
    actionId: ActionId,
    rung: z.int().min(0).max(10),
    taskToken: z.string().min(1),
  }),
  /** From the page: somebody handed it to this person. */
  z.strictObject({ incidentId: IncidentId, actionId: ActionId, to: z.string().min(1).max(64) }),
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
    throw new InvalidInput('an action without a request cannot be asked about', { actionId });
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
    return moveTo(
      current,
      'expired',
      { at, by: 'approve', text: 'Nobody decided in time' },
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
    ...noted(current, { at, by: 'approve', event: 'asked', text }),
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
    throw new Unavailable('the state machine could not be answered', { actionId }, error);
  }
}

/** Asks the rung that is due. Where nobody of it can be reached, the next one is asked at once, not when its time comes. */
async function climb(
  deps: ApproveDeps,
  action: Action,
  request: ApprovalRequest,
  due: number,
): Promise<void> {
  const { incidentId, actionId } = action;
  const { records } = deps.store;
  const alert = await records.alert(incidentId, action.alertId);
  const alike = await alikeInAlert(deps, action);
  if (alike.some((one) => speaksFor(one, action))) return;
  for (let rung = due; rung < request.rungs.length; rung++) {
    if (rung > due)
      await records.changeAction(incidentId, actionId, (current) =>
        asking(current, rung, deps.now()),
      );
    const people = request.rungs[rung]?.ask ?? [];
    const messages = await Promise.all(
      people.map((person) => question(deps, action, alert, person, rung, alike)),
    );
    const sent = await sendEach(deps.send, messages, deps.log);
    if (troubleIn(sent)) await recordTrouble(deps, action, sent);
    if (sent.unreached.length < messages.length) return;
  }
  throw new Unavailable('nobody on the ladder could be reached', { actionId });
}

/** Alerts that come later bring questions of their own; those of one alert are one question. */
const alikeInAlert = async ({ store }: ApproveDeps, action: Action): Promise<Action[]> =>
  alikeTo(action, await store.records.actions(action.incidentId)).filter(
    ({ alertId }) => alertId === action.alertId,
  );

/** The first of them asks for all, unless nobody could be reached about it. */
const speaksFor = (one: Action, action: Action): boolean =>
  orderOf(one) < orderOf(action) && one.history.every(({ event }) => event !== 'not-reached');

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
  if (troubleIn(sent)) await recordTrouble(deps, action, sent);
}

/** A failed delivery is part of what happened; a retry that fails the same way adds nothing. */
async function recordTrouble(
  { store, now }: ApproveDeps,
  { incidentId, actionId }: Action,
  sent: Sent,
): Promise<void> {
  const trouble = troubleIn(sent).slice('; '.length);
  const text = `${trouble.charAt(0).toUpperCase()}${trouble.slice(1)}`;
  await store.records.changeAction(incidentId, actionId, (current) =>
    current.history.some((entry) => entry.event === 'not-reached' && entry.text === text)
      ? null
      : noted(current, { at: now(), by: 'approve', event: 'not-reached', text }),
  );
}

/** In seconds since 1970. The record says when the request ends; the link outlives that by the time that policy may add. */
const lastMoment = ({ approval }: Action): number =>
  Math.floor(Date.parse(approval?.expiresAt ?? '') / 1000) + 60 * (approval?.moreTimeMinutes ?? 0);

async function question(
  { mac, webBaseUrl }: ApproveDeps,
  action: Action,
  alert: Alert,
  person: Approver,
  rung: number,
  alike: readonly Action[] = [],
): Promise<Message> {
  const { incidentId, actionId, digest, approval } = action;
  const token = await issueLink(mac, {
    purpose: 'approve',
    incidentId,
    actionId,
    digest,
    person: person.id,
    expires: lastMoment(action),
  });
  const before = approval?.rungs.slice(0, rung).flatMap(({ ask }) => ask) ?? [];
  return {
    key: questionKey(actionId, rung, person.id),
    to: { kind: 'person', ...person },
    urgency: 'page',
    ends: [],
    ...askText(action, alert, before, alike),
    links: [{ label: 'Look, then approve or decline', url: `${webBaseUrl}/approve/${token}` }],
    incidentId,
    actionId,
  };
}
