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

/** Whether the action is a page without a question: a notification or a hand-off. */
const pagesOnly = ({ approval, name, status }: Action): boolean =>
  approval === null && (name === 'send_analyst_notification' || status === 'handed-off');

/** The people whom the action paged. `notify` records whom it told of a hand-off, who may be on call by a schedule. */
function pagedBy({ status, history }: Action, escalation: Policy['escalation']): Approver[] {
  if (status !== 'handed-off') return onCallOf(escalation);
  const told = history.flatMap(({ event, text }) => (event === 'told' ? text : [])).join();
  return othersOf(escalation, []).filter(({ name }) => told.includes(name));
}

/**
 * Records that the email did not arrive, and pages the rest of the escalation policy, or the team, once no one on call
 * is left who received it. Without this, the alert would page no one.
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
  const wasDone = action.history.some(({ event }) => event === PAGED_OTHERS);
  const paged = pagedBy(action, escalation);
  if (wasDone || isRead || paged.some((one) => isReached(action, one))) return;
  const others = othersOf(escalation, [...paged, { id: bounced }]);
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
      event: PAGED_OTHERS,
      text: `Paged ${names}, because no one on call received the email${troubleIn(sent)}`,
    }),
  );
}
