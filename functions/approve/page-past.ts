// Pages the next people when an email that pages without asking did not arrive.
import type { Action } from '../domain/action.ts';
import { mayPage } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import { unreadText } from '../messaging/texts/delivery.ts';
import { onCallOf, othersOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import type { ApproveDeps } from './deps.ts';
import { isReached } from './escalate.ts';
import { hasEvent, PAGED_TEAM, pageOrTeam, recordUnreached } from './unreached.ts';

const PAGED_OTHERS = 'others-paged';

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
  const person = escalation.people[bounced];
  const alert = await deps.store.records.readableAlert(found.incidentId, found.alertId);
  if (!person || !alert || !pagesOnly(found) || !mayPage(asRaised(alert, found))) return;
  const { action, isRead } = await recordUnreached(deps, found, {
    person: { id: bounced, name: person.name },
    why,
  });
  const paged = pagedBy(action, escalation);
  const isReader = (one: Approver) => isReached(action, one);
  if (isRead || hasEvent(action, PAGED_TEAM) || paged.some(isReader)) return;
  const all = othersOf(escalation, paged);
  const wereOthersPaged = hasEvent(action, PAGED_OTHERS);
  if (wereOthersPaged && all.some(isReader)) return;
  const others = wereOthersPaged ? [] : all.filter(isReader);
  await pageOrTeam(deps, action, {
    ...{ people: others, key: 'unread', event: PAGED_OTHERS, alert },
    text: unreadText(alert, person.name, action),
    entry: (names) => `Paged ${names}, because no one paged before received the email`,
  });
}
