// Asks the people of an escalation step, or of the next that can be reached.

import { type Action, concerns } from '../domain/action.ts';
import type { ApprovalRequest, Approver } from '../domain/approval.ts';
import { Unavailable } from '../domain/errors.ts';
import { openRequests, waitsFor } from '../domain/open-requests.ts';
import { capitalised } from '../domain/wording.ts';
import type { Message } from '../messaging/message.ts';
import { latestArrival, question } from '../messaging/question.ts';
import {
  collectedNames,
  notPagedNames,
  recipientsOf,
  type Sent,
  SLACK_FAILED,
  sendEach,
  troubleIn,
  withFailures,
} from '../messaging/send-all.ts';
import { notProposed } from '../messaging/texts/not-proposed.ts';
import { namesOf } from '../messaging/texts/phrases.ts';
import { type Note, withEntry } from '../store/hash-chain.ts';
import { ASKED_EARLY, amongOthers, askingText } from './asked-sooner.ts';
import type { ApproveDeps } from './deps.ts';
import { requestsAround } from './requests-around.ts';

/** The action with an entry about who is asked, or null when the step was asked before. */
export function recordAsked(current: Action, step: number, at: Date): Action | null {
  const { approval } = current;
  if (!approval?.rungs[step] || approval.acknowledged || approval.askedRungs > step) return null;
  const { ask } = approval.rungs[step];
  return {
    ...withEntry(current, {
      ...{ at, by: 'approve', event: 'asked', text: askingText(ask) },
      people: ask.map(({ id }) => id),
    }),
    approval: { ...approval, askedRungs: step + 1 },
  };
}

const earlyText = ({ rungs }: ApprovalRequest, step: number): string =>
  `Asked before the usual time: ${namesOf(rungs[step]?.ask ?? [])}`;

/** Whether the step's people received the request before its time, so that they aren't asked twice. */
export const wasAskedEarly = ({ history }: Action, request: ApprovalRequest, step: number) =>
  history.some(({ event, text }) => event === ASKED_EARLY && text === earlyText(request, step));

/** Whether Slack accepted the messages to the person. */
export const hasDirectMessage = (
  { policy: { channels } }: ApproveDeps,
  { history }: Action,
  { id }: Pick<Approver, 'id'>,
): boolean =>
  Boolean(channels.slack && channels.people[id]?.slack) &&
  !history.some((entry) =>
    entry.event === SLACK_FAILED ? concerns(entry, id) : OF_EARLIER_VERSION.test(entry.text),
  );

/** It names no people, so it counts for everyone. */
const OF_EARLIER_VERSION = /ot delivered: .*\bSlack to /;

/**
 * Asks the escalation steps from `due` on, until one has someone who can be reached and is below the hourly page limit.
 * `passedOver`: people of earlier steps who could not be reached. The time of the steps after `onTime` has not come
 * yet. Throws Unavailable when no step can be reached.
 */
export async function escalate(
  deps: ApproveDeps,
  action: Action,
  request: ApprovalRequest,
  due: number,
  { onTime = due, passedOver = [] }: { onTime?: number; passedOver?: Approver[] } = {},
): Promise<void> {
  const { incidentId, actionId } = action;
  const { records } = deps.store;
  const alert = await records.alert(incidentId, action.alertId);
  const alerts = (await records.readableIncident(incidentId))?.alerts ?? [];
  const { actions, isPartial } = await requestsAround(deps.store, action, alerts);
  const others = openRequests(actions, alerts, deps.now()).filter(
    (one) => one.actionId !== actionId,
  );
  const among = amongOthers(others, action, alert, alerts);
  const left = action.target ? notProposed([alert], actions, action.target) : [];
  const facts = (await records.findFacts(incidentId, action.alertId)) ?? null;
  let inDigest = false;
  const notReached = [...passedOver];
  for (let step = due; step < request.rungs.length; step++) {
    const own =
      step > onTime
        ? await records.changeAction(incidentId, actionId, (current) =>
            recordAsked(current, step, deps.now()),
          )
        : action;
    const rung = request.rungs[step];
    const people = rung?.ask ?? [];
    // One message asks for all requests of an alert.
    const toAsk = people.filter((person) => !among.isShown(person, rung?.at ?? ''));
    if (people.length > 0 && toAsk.length === 0) return;
    const messages = await Promise.all(
      toAsk.map(async (person) => ({
        ...(await question(deps, action, alert, person, step, {
          facts,
          others: others.filter((one) => waitsFor(one, person.id)),
          passedOver: notReached,
          isPartial,
          left,
        })),
        // The page about an earlier alert shows this request, too.
        ...(among.isAskedSooner(own, person) && {
          urgency: 'inform' as const,
          ...(notReached.length === 0 && { collectUntil: latestArrival(request) }),
        }),
      })),
    );
    const sent = await sendEach(deps.send, messages, deps.log);
    await recordTrouble(deps, action, sent);
    if (sent.unreached.length + sent.held.length < messages.length) {
      if (step > onTime)
        await recordOnce(deps, action, { event: ASKED_EARLY, text: earlyText(request, step) });
      return;
    }
    inDigest ||= sent.held.length > 0;
    notReached.push(...people);
  }
  // The digest links to the request. Without a decision, it expires as usual: people are notified and get a ticket.
  if (inDigest) return;
  throw new Unavailable('no approver of the escalation policy could be reached', { actionId });
}

/** Records who was not reached or not paged, and channels that failed. A retry with the same result adds no entry. */
export async function recordTrouble(deps: ApproveDeps, action: Action, sent: Sent): Promise<void> {
  const trouble = troubleIn({ ...sent, held: [], collected: [] }).slice('; '.length);
  const record = (event: string, messages: readonly Message[], text: string) =>
    recordOnce(deps, action, { event, text: capitalised(text), people: recipientsOf(messages) });
  if (trouble) await record('not-reached', sent.unreached, trouble);
  if (sent.collected.length > 0)
    await record('collected', sent.collected, collectedNames(sent.collected));
  if (sent.held.length > 0) await record('not-woken', sent.held, notPagedNames(sent.held));
  if (sent.notBy.length === 0) return;
  const { incidentId, actionId } = action;
  await deps.store.records.changeAction(incidentId, actionId, (current) => {
    const next = withFailures(current, sent, { at: deps.now(), by: 'approve' });
    return next === current ? null : next;
  });
}

const recordOnce = async (
  { store, now }: ApproveDeps,
  { incidentId, actionId }: Action,
  note: Pick<Note, 'event' | 'text' | 'people'>,
): Promise<void> =>
  void (await store.records.changeAction(incidentId, actionId, (current) =>
    current.history.some((entry) => entry.event === note.event && entry.text === note.text)
      ? null
      : withEntry(current, { at: now(), by: 'approve', ...note }),
  ));
