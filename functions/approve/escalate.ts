// Asks the people of an escalation step, or of the next that can be reached.

import type { Action } from '../domain/action.ts';
import { type Alert, isMoreSevere } from '../domain/alert.ts';
import type { ApprovalRequest, Approver } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import { Unavailable } from '../domain/errors.ts';
import { requestOrder, similarTo } from '../domain/similar-questions.ts';
import { capitalised } from '../domain/wording.ts';
import { notPagedNames, type Sent, sendEach, troubleIn } from '../messaging/send-all.ts';
import { notProposed } from '../messaging/texts/not-proposed.ts';
import { namesOf } from '../messaging/texts/phrases.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ApproveDeps } from './deps.ts';
import { question } from './question.ts';

/** The action with an entry about who is asked, or null when the step was asked before. */
export function recordAsked(current: Action, step: number, at: Date): Action | null {
  const { approval } = current;
  if (!approval?.rungs[step] || approval.acknowledged || approval.askedRungs > step) return null;
  const text = `Asking ${namesOf(approval.rungs[step]?.ask ?? [])}`;
  return {
    ...withEntry(current, { at, by: 'approve', event: 'asked', text }),
    approval: { ...approval, askedRungs: step + 1 },
  };
}

const ASKED_EARLY = 'asked-early';
const earlyText = ({ rungs }: ApprovalRequest, step: number): string =>
  `Asked before the usual time: ${namesOf(rungs[step]?.ask ?? [])}`;

/** Whether the step's people received the request before its time, so that they aren't asked twice. */
export const wasAskedEarly = ({ history }: Action, request: ApprovalRequest, step: number) =>
  history.some(({ event, text }) => event === ASKED_EARLY && text === earlyText(request, step));

/** Everyone who was asked so far. */
export const askedSoFar = ({ rungs, askedRungs, handedTo }: ApprovalRequest): Approver[] => [
  ...rungs.slice(0, askedRungs).flatMap(({ ask }) => ask),
  ...handedTo.map(({ to }) => to),
];

/** False if no message with the link reached the person. The names are those that `recordTrouble` writes. */
export const isReached = ({ history }: Action, { name }: Pick<Approver, 'name'>): boolean =>
  history.every(
    ({ event, text }) =>
      event !== 'not-reached' || !(/^Not reached: [^;]+/.exec(text)?.[0] ?? '').includes(name),
  );

/**
 * Asks the escalation steps from `due` on, until one has someone who can be reached and is below the hourly page limit.
 * `passedOver`: people of earlier steps who could not be reached. The time of the steps after `onTime` has not come yet.
 * Throws Unavailable when no step can be reached.
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
  const actions = await records.actions(incidentId);
  const similar = similarTo(action, actions);
  const ofSameAlert = similar.filter(({ alertId }) => alertId === action.alertId);
  if (ofSameAlert.some((one) => asksFirst(one, action))) return;
  const earlier = similar.filter((one) => one.alertId !== action.alertId && asksFirst(one, action));
  const asked = await asSevereAs(deps, asRaised(alert, action), earlier);
  const left = action.target ? notProposed([alert], actions, action.target) : [];
  let inDigest = false;
  const notReached = [...passedOver];
  for (let step = due; step < request.rungs.length; step++) {
    if (step > onTime)
      await records.changeAction(incidentId, actionId, (current) =>
        recordAsked(current, step, deps.now()),
      );
    const people = request.rungs[step]?.ask ?? [];
    const messages = await Promise.all(
      people.map(async (person) => ({
        ...(await question(deps, action, alert, person, step, {
          ...{ similar: ofSameAlert, passedOver: notReached, left },
        })),
        // Similar requests page once: the approval page of the first one shows the later ones too.
        ...(asked.some((one) => isAsked(one, person)) && { urgency: 'inform' as const }),
      })),
    );
    const sent = await sendEach(deps.send, messages, deps.log);
    await recordTrouble(deps, action, sent);
    if (sent.unreached.length + sent.held.length < messages.length) {
      if (step > onTime) await recordOnce(deps, action, ASKED_EARLY, earlyText(request, step));
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
  (one.history.every(({ event }) => event !== 'not-reached') ||
    // An early question lists the similar requests, too.
    one.history.some(({ event }) => event === ASKED_EARLY));

const isAsked = (action: Action, { id }: Approver): boolean => {
  const { approval, history } = action;
  if (!approval || history.some(({ event }) => event === 'not-woken')) return false;
  return askedSoFar(approval).some((one) => one.id === id && isReached(action, one));
};

/** Records failed deliveries and people who were not paged. A retry with the same result adds no entry. */
export async function recordTrouble(deps: ApproveDeps, action: Action, sent: Sent): Promise<void> {
  const trouble = troubleIn({ ...sent, held: [] }).slice('; '.length);
  const notPaged = sent.held.length > 0 ? notPagedNames(sent.held) : '';
  if (trouble) await recordOnce(deps, action, 'not-reached', capitalised(trouble));
  if (notPaged) await recordOnce(deps, action, 'not-woken', capitalised(notPaged));
}

const recordOnce = async (
  { store, now }: ApproveDeps,
  { incidentId, actionId }: Action,
  event: string,
  text: string,
): Promise<void> =>
  void (await store.records.changeAction(incidentId, actionId, (current) =>
    current.history.some((entry) => entry.event === event && entry.text === text)
      ? null
      : withEntry(current, { at: now(), by: 'approve', event, text }),
  ));
