// Asks the next step when the email to everyone who was asked did not arrive.
import type { Action } from '../domain/action.ts';
import { type ApprovalRequest, askedSoFar } from '../domain/approval.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import { unaskedText } from '../messaging/texts/asked.ts';
import { EMAIL_FAILED } from '../messaging/texts/delivery.ts';
import { isReached } from './asked-sooner.ts';
import type { ApproveDeps } from './deps.ts';
import { escalate } from './escalate.ts';
import { pagePast } from './page-past.ts';
import { hasEvent, PAGED_TEAM, pageOrTeam, recordUnreached } from './unreached.ts';

/**
 * Records that the email did not arrive, once per person and request, and asks the next step if no one is left who
 * received the request. Pages the managers if no one is left to ask, and the team if none of them received that page.
 * Ignores people who were not asked. A page that asks nothing goes to the rest of the escalation policy.
 */
export async function askPast(
  deps: ApproveDeps,
  given: {
    incidentId: string;
    actionId: string;
    bounced: string;
    why: Undelivered;
    digest?: true | undefined;
  },
): Promise<void> {
  const { records } = deps.store;
  const found = await records.findAction(given.incidentId, given.actionId);
  if (!found) return;
  if (!found.approval || found.status !== 'awaiting-approval') return pagePast(deps, found, given);
  const told = hasEvent(found, MANAGERS_NOTIFIED) ? found.approval.managers : [];
  const person = [...askedSoFar(found.approval), ...told].find(({ id }) => id === given.bounced);
  if (!person) return;
  const { action } = await recordUnreached(
    deps,
    found,
    { person, why: given.why },
    ({ status }) => status !== 'awaiting-approval',
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
  if (hasEvent(action, PAGED_TEAM)) return;
  const people = hasEvent(action, MANAGERS_NOTIFIED) ? [] : managers;
  await pageOrTeam(deps, action, {
    ...{ people, key: 'unasked', event: MANAGERS_NOTIFIED },
    alert: await deps.store.records.readableAlert(action.incidentId, action.alertId),
    text: unaskedText(action, EMAIL_FAILED),
    entry: (names) => `Notified ${names} that no approver received the request`,
  });
}
