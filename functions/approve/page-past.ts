// Pages the next people when an email that pages without asking did not arrive.
import type { Action } from '../domain/action.ts';
import { mayPage } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import type { Recipient } from '../messaging/message.ts';
import { sendAll, troubleIn } from '../messaging/send-all.ts';
import { notDelivered, unreadText } from '../messaging/texts/delivery.ts';
import { onCallOf, othersOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ApproveDeps } from './deps.ts';
import { hasDirectMessage, isReached } from './escalate.ts';

const PAGED_OTHERS = 'others-paged';
export const PAGED_TEAM = 'team-paged';

export const hasEvent = ({ history }: Action, event: string): boolean =>
  history.some((entry) => entry.event === event);

/** Whether the action is a page without a question: a notification or a hand-off. */
const pagesOnly = ({ approval, name, status }: Action): boolean =>
  approval === null && (name === 'send_analyst_notification' || status === 'handed-off');

/** Who was paged about the action. `notify` records who received a hand-off: they may be on call by a schedule. */
function pagedBy({ status, history }: Action, escalation: Policy['escalation']): Approver[] {
  if (status !== 'handed-off') return onCallOf(escalation);
  const told = history.flatMap(({ event, text }) => (event === 'told' ? text : [])).join();
  return othersOf(escalation, []).filter(({ name }) => told.includes(name));
}

/**
 * Records that the email did not arrive, and pages the rest of the escalation policy once no one on call is left who
 * received it. Pages the team once none of them received theirs. Without this, the alert would page no one.
 */
export async function pagePast(
  deps: ApproveDeps,
  found: Action,
  { bounced, why }: { bounced: string; why: Undelivered },
): Promise<void> {
  const { escalation } = deps.policy;
  const { incidentId, actionId } = found;
  const { records } = deps.store;
  const person = escalation.people[bounced];
  const alert = await records.readableAlert(incidentId, found.alertId);
  if (!person || !alert || !pagesOnly(found) || !mayPage(asRaised(alert, found))) return;
  const isRead = hasDirectMessage(deps, found, { id: bounced, ...person });
  const about = notDelivered(person.name, isRead);
  const text = notDelivered(person.name, isRead, why);
  const action = await records.changeAction(incidentId, actionId, (current) =>
    current.history.some((entry) => entry.text.startsWith(about))
      ? null
      : withEntry(current, { at: deps.now(), by: 'approve', event: 'not-reached', text }),
  );
  const paged = pagedBy(action, escalation);
  const isReader = (one: Approver) => isReached(action, one);
  if (isRead || hasEvent(action, PAGED_TEAM) || paged.some(isReader)) return;
  const all = othersOf(escalation, paged);
  const wereOthersPaged = hasEvent(action, PAGED_OTHERS);
  if (wereOthersPaged && all.some(isReader)) return;
  const others = wereOthersPaged ? [] : all.filter(isReader);
  const recipients: Recipient[] =
    others.length > 0 ? others.map((one) => ({ kind: 'person', ...one })) : [{ kind: 'team' }];
  const messages = recipients.map((to) => ({
    key: `unread-${actionId}-${to.kind === 'person' ? to.id : 'team'}`,
    ...{ to, urgency: 'page' as const, severity: asRaised(alert, action).severity.label },
    ...{ ends: [], links: [], incidentId, actionId },
    ...unreadText(alert, person.name, action),
  }));
  const sent = await sendAll(deps.send, messages, deps.log);
  const names = others.map(({ name }) => name).join(', ') || 'the team';
  await records.changeAction(incidentId, actionId, (current) =>
    withEntry(current, {
      at: deps.now(),
      by: 'approve',
      event: others.length > 0 ? PAGED_OTHERS : PAGED_TEAM,
      text: `Paged ${names}, because no one paged before received the email${troubleIn(sent)}`,
    }),
  );
}
