// Pages the next people when an email that pages without asking did not arrive.
import { type Action, lastIndexOf } from '../domain/action.ts';
import { type Alert, mayPage } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import { pagedNext, unreadText } from '../messaging/texts/delivery.ts';
import { onCallOf, othersOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { isReached } from './asked-sooner.ts';
import type { ApproveDeps } from './deps.ts';
import { hasEvent, PAGED_TEAM, pageOrTeam, recordUnreached } from './unreached.ts';

const PAGED_OTHERS = 'others-paged';

/** What happened in the action's present state. */
const latestIn = ({ status, history }: Action): Pick<Action, 'history'> => ({
  history: history.slice(Math.max(0, lastIndexOf(history, status))),
});

/**
 * Who was paged about the action's present state, for example a hand-off, an expiry or a failed undo: `notify` records
 * them. Null if no one was to be paged.
 */
function pagedBy(action: Action, alert: Alert | undefined, escalation: Policy['escalation']) {
  const told = latestIn(action).history.filter(({ event }) => event === 'told');
  const ids = told.flatMap(({ people = [] }) => people);
  if (ids.length > 0) return othersOf(escalation, []).filter(({ id }) => ids.includes(id));
  if (alert && !mayPage(asRaised(alert, action))) return null;
  if (action.status === 'handed-off') return [];
  const isNotification = action.approval === null && action.name === 'send_analyst_notification';
  return isNotification ? onCallOf(escalation) : null;
}

/**
 * Records that the email did not arrive, and pages the rest of the escalation policy once no one who was paged is left
 * who received it. A digest counts like the pages that it lists. Pages the team once none of them received theirs.
 * Without this, no one would know.
 */
export async function pagePast(
  deps: ApproveDeps,
  found: Action,
  { bounced, why, digest }: { bounced: string; why: Undelivered; digest?: true | undefined },
): Promise<void> {
  const { escalation } = deps.policy;
  const person = escalation.people[bounced];
  const alert = await deps.store.records.readableAlert(found.incidentId, found.alertId);
  // A digest has pages that the person did not get, so `notify` did not record them.
  const inDigest = digest && person ? [{ id: bounced, ...person }] : null;
  const paged = pagedBy(found, alert, escalation) ?? inDigest;
  if (!person || !paged) return;
  const { action, isRead } = await recordUnreached(deps, found, {
    person: { id: bounced, name: person.name },
    why,
  });
  const latest = latestIn(action);
  const isReader = (one: Approver) => isReached(action, one);
  if (isRead || hasEvent(latest, PAGED_TEAM) || paged.some(isReader)) return;
  const all = othersOf(escalation, paged);
  const wereOthersPaged = hasEvent(latest, PAGED_OTHERS);
  if (wereOthersPaged && all.some(isReader)) return;
  const others = wereOthersPaged ? [] : all.filter(isReader);
  await pageOrTeam(deps, action, {
    ...{ people: others, key: `unread-${action.status}`, event: PAGED_OTHERS, alert },
    text: unreadText(alert, person.name, action),
    entry: pagedNext,
  });
}
