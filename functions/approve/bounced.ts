// Asks the next step when the email to everyone who was asked did not arrive.
import type { Action } from '../domain/action.ts';
import { type ApprovalRequest, askedSoFar } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import type { Recipient } from '../messaging/message.ts';
import { sendAll, troubleIn } from '../messaging/send-all.ts';
import { unaskedText } from '../messaging/texts/asked.ts';
import { EMAIL_FAILED, notDelivered } from '../messaging/texts/delivery.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ApproveDeps } from './deps.ts';
import { escalate, hasDirectMessage, isReached } from './escalate.ts';
import { hasEvent, PAGED_TEAM, pagePast } from './page-past.ts';

/**
 * Records that the email did not arrive, once per person and request, and asks the next step if no one is left who
 * received the request. Pages the managers if no one is left to ask, and the team if none of them received that page.
 * Ignores people who were not asked. An action that pages without asking goes to the rest of the escalation policy.
 */
export async function askPast(
  deps: ApproveDeps,
  given: { incidentId: string; actionId: string; bounced: string; why: Undelivered },
): Promise<void> {
  const { records } = deps.store;
  const found = await records.findAction(given.incidentId, given.actionId);
  if (!found?.approval) return found && pagePast(deps, found, given);
  const told = hasEvent(found, MANAGERS_NOTIFIED) ? found.approval.managers : [];
  const person = [...askedSoFar(found.approval), ...told].find(({ id }) => id === given.bounced);
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
  if ([...asked, ...told].some((one) => isReached(action, one))) return;
  if (told.length > 0 || !approval.rungs[askedRungs]) return notifyManagers(deps, action, approval);
  try {
    await escalate(deps, action, approval, askedRungs, {
      onTime: askedRungs - 1,
      passedOver: asked,
    });
  } catch (error) {
    await notifyManagers(deps, action, approval);
    throw error;
  }
}

const MANAGERS_NOTIFIED = 'managers-notified';

/** Pages the managers once per request, because no one who may be asked has received it. After them, pages the team. */
async function notifyManagers(
  deps: ApproveDeps,
  action: Action,
  { managers }: ApprovalRequest,
): Promise<void> {
  const { incidentId, actionId, alertId } = action;
  if (hasEvent(action, PAGED_TEAM)) return;
  const people = hasEvent(action, MANAGERS_NOTIFIED) ? [] : managers;
  const { records } = deps.store;
  const alert = await records.readableAlert(incidentId, alertId);
  const recipients: Recipient[] =
    people.length > 0 ? people.map((one) => ({ kind: 'person', ...one })) : [{ kind: 'team' }];
  const messages = recipients.map((to) => ({
    key: `unasked-${actionId}-${to.kind === 'person' ? to.id : 'team'}`,
    to,
    urgency: 'page' as const,
    ...(alert && { severity: asRaised(alert, action).severity.label }),
    ends: [],
    ...unaskedText(action, EMAIL_FAILED),
    links: [],
    incidentId,
    actionId,
  }));
  const sent = await sendAll(deps.send, messages, deps.log);
  const names = people.map(({ name }) => name).join(', ') || 'the team';
  const text = `Notified ${names} that no approver received the request${troubleIn(sent)}`;
  const event = people.length > 0 ? MANAGERS_NOTIFIED : PAGED_TEAM;
  await records.changeAction(incidentId, actionId, (current) =>
    withEntry(current, { at: deps.now(), by: 'approve', event, text }),
  );
}
