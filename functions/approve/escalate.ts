// Asks the people of an escalation step, or of the next that can be reached.

import { type Action, concerns } from '../domain/action.ts';
import { opensTicketUnanswered } from '../domain/action-catalog.ts';
import { type Alert, isMoreSevere } from '../domain/alert.ts';
import { type ApprovalRequest, type Approver, askedSoFar } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import { Unavailable } from '../domain/errors.ts';
import type { Incident } from '../domain/incident.ts';
import { openRequests, requestOrder, waitsFor } from '../domain/open-requests.ts';
import { minutesAfter } from '../domain/time.ts';
import { capitalised } from '../domain/wording.ts';
import type { Message } from '../messaging/message.ts';
import { latestArrival, question } from '../messaging/question.ts';
import {
  collectedNames,
  notPagedNames,
  type Sent,
  sendEach,
  troubleIn,
} from '../messaging/send-all.ts';
import { notProposed } from '../messaging/texts/not-proposed.ts';
import { namesOf } from '../messaging/texts/phrases.ts';
import { type Note, withEntry } from '../store/hash-chain.ts';
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

const askingText = (people: readonly Approver[]): string => `Asking ${namesOf(people)}`;

const ASKED_EARLY = 'asked-early';
const earlyText = ({ rungs }: ApprovalRequest, step: number): string =>
  `Asked before the usual time: ${namesOf(rungs[step]?.ask ?? [])}`;

/** Whether the step's people received the request before its time, so that they aren't asked twice. */
export const wasAskedEarly = ({ history }: Action, request: ApprovalRequest, step: number) =>
  history.some(({ event, text }) => event === ASKED_EARLY && text === earlyText(request, step));

/** False if no message with the link reached the person. */
export const isReached = ({ history }: Action, { id }: Pick<Approver, 'id'>): boolean =>
  history.every((entry) => entry.event !== 'not-reached' || !concerns(entry, id));

/**
 * Whether Slack accepted the message with the link. The entries name the channels that failed. A similar name counts as
 * this person's, and someone else is asked.
 */
export const hasDirectMessage = (
  { policy: { channels } }: ApproveDeps,
  { history }: Action,
  { id, name }: Pick<Approver, 'id' | 'name'>,
): boolean =>
  Boolean(channels.slack && channels.people[id]?.slack) &&
  history.every(({ text }) => !text.includes(`Slack to ${name}`));

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
  const reaching = others.filter(reachesPeople);
  const first = reaching.filter((one) => rank(one) < rank(action));
  const asked = asSevereAs(asRaised(alert, action), reaching, alerts);
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
    const toAsk = people.filter(
      (person) => !first.some((one) => asksFor(one, action, person, rung?.at ?? '')),
    );
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
        ...(asked.some((one) => isAsked(one, person) && asksSooner(one, own, person)) && {
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

/** The requests about alerts that are at least as severe: a page about a milder alert says nothing about this one. */
const asSevereAs = (
  { severity: { label } }: Alert,
  requests: readonly Action[],
  alerts: Incident['alerts'],
): Action[] =>
  requests.filter((one) => {
    const severity = alerts.find(({ alertId }) => alertId === one.alertId)?.severity;
    return (
      severity &&
      !isMoreSevere(label, asRaised({ severity: { label: severity } }, one).severity.label)
    );
  });

const reachesPeople = ({ history }: Action): boolean =>
  history.every(({ event }) => event !== 'not-reached') ||
  // An early question lists the other requests, too.
  history.some(({ event }) => event === ASKED_EARLY);

/** Requests that page come first. */
const rank = (one: Action): string =>
  `${Number(opensTicketUnanswered(one.name))} ${requestOrder(one)}`;

/**
 * Whether `one` asked the person before `action` did. The order of the questions counts, not that of the requests: of
 * two requests that were made together, the later one may be asked about first. It is total, so that one of them pages.
 */
const asksSooner = (one: Action, action: Action, person: Approver): boolean => {
  const order = (each: Action) =>
    `${Number(opensTicketUnanswered(each.name))} ${firstAskedAt(each, person)} ${requestOrder(each)}`;
  return order(one) < order(action);
};

/** The gate writes the requests of an alert one after the other, within this time. */
const MADE_WITHIN_MINUTES = 1;

/**
 * Whether the message of `one`, of the same alert, shows `action` to the person no later than its own message would. A
 * later alert's requests expire later, so they are asked separately.
 */
function asksFor(one: Action, action: Action, { id }: Approver, at: string): boolean {
  const { alertId, approval } = one;
  if (alertId !== action.alertId || !approval) return false;
  const { acknowledged, rungs, askedRungs, handedTo } = approval;
  const { createdAt } = action;
  const asks = ({ ask }: (typeof rungs)[number]) => ask.some((person) => person.id === id);
  // An earlier message didn't show a request that was made later, for example again.
  if (rungs.slice(0, askedRungs).some((rung) => asks(rung) && askedAt(one, rung) >= createdAt))
    return true;
  if (handedTo.some((handed) => handed.to.id === id && handed.at >= createdAt)) return true;
  // A person takes over only the requests that they know and can answer.
  if (acknowledged && !(acknowledged.at >= createdAt && waitsFor(action, acknowledged.by)))
    return false;
  const soon = minutesAfter(at, MADE_WITHIN_MINUTES);
  return rungs.slice(askedRungs).some((rung) => rung.at <= soon && asks(rung));
}

const askedAt = ({ history }: Action, { at, ask }: ApprovalRequest['rungs'][number]): string =>
  history.findLast(({ event, text }) => event === 'asked' && text === askingText(ask))?.at ?? at;

const firstAskedAt = (action: Action, { id }: Approver): string => {
  const { rungs = [], askedRungs = 0, handedTo = [] } = action.approval ?? {};
  const asking = rungs.slice(0, askedRungs).filter(({ ask }) => ask.some((one) => one.id === id));
  const texts = asking.map(({ ask }) => askingText(ask));
  const entry = action.history.find(({ event, text }) => event === 'asked' && texts.includes(text));
  const handed = handedTo.find(({ to }) => to.id === id);
  return entry?.at ?? asking[0]?.at ?? handed?.at ?? '';
};

const isAsked = (action: Action, { id }: Approver): boolean => {
  const { approval, history } = action;
  const isHeld = history.some((entry) => entry.event === 'not-woken' && concerns(entry, id));
  if (!approval || isHeld) return false;
  return askedSoFar(approval).some((one) => one.id === id && isReached(action, one));
};

/** Records failed deliveries and people who were not paged. A retry with the same result adds no entry. */
export async function recordTrouble(deps: ApproveDeps, action: Action, sent: Sent): Promise<void> {
  const trouble = troubleIn({ ...sent, held: [], collected: [] }).slice('; '.length);
  const record = (event: string, messages: readonly Message[], text: string) =>
    recordOnce(deps, action, { event, text: capitalised(text), people: recipientsOf(messages) });
  if (trouble) await record('not-reached', sent.unreached, trouble);
  if (sent.collected.length > 0)
    await record('collected', sent.collected, collectedNames(sent.collected));
  if (sent.held.length > 0) await record('not-woken', sent.held, notPagedNames(sent.held));
}

const recipientsOf = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ to }) => (to.kind === 'person' ? to.id : []));

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
