// Asks the next step when the email to everyone who was asked did not arrive.
import type { Action } from '../domain/action.ts';
import { type Approver, askedSoFar } from '../domain/approval.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import { notDelivered } from '../messaging/texts/delivery.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ApproveDeps } from './deps.ts';
import { escalate, isReached } from './escalate.ts';

/**
 * Records that the email did not arrive, once per person and request, and asks the next step if no one is left who
 * received the request. Ignores people who were not asked.
 */
export async function askPast(
  deps: ApproveDeps,
  given: { incidentId: string; actionId: string; bounced: string; why: Undelivered },
): Promise<void> {
  const { records } = deps.store;
  const found = await records.findAction(given.incidentId, given.actionId);
  if (!found?.approval) return;
  const person = askedSoFar(found.approval).find(({ id }) => id === given.bounced);
  if (!person) return;
  const isRead = hasDirectMessage(deps, found, person);
  const about = notDelivered(person.name, isRead);
  const text = notDelivered(person.name, isRead, given.why);
  const action = await records.changeAction(given.incidentId, given.actionId, (current) =>
    current.status !== 'awaiting-approval' ||
    current.history.some((entry) => entry.text.startsWith(about))
      ? null
      : withEntry(current, { at: deps.now(), by: 'approve', event: 'not-reached', text }),
  );
  const { approval } = action;
  if (action.status !== 'awaiting-approval' || !approval || approval.acknowledged) return;
  const asked = askedSoFar(approval);
  const { askedRungs } = approval;
  if (asked.some((one) => isReached(action, one)) || !approval.rungs[askedRungs]) return;
  await escalate(deps, action, approval, askedRungs, {
    onTime: askedRungs - 1,
    passedOver: asked,
  });
}

/** Whether Slack accepted the message with the link. */
const hasDirectMessage = (
  { policy: { channels } }: ApproveDeps,
  { history }: Action,
  { id, name }: Approver,
): boolean =>
  Boolean(channels.slack && channels.people[id]?.slack) &&
  history.every(({ text }) => !text.includes(`Slack to ${name}`));
