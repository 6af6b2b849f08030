// Reports about an action, and about requests that were settled with it.
import { type Action, lastIndexOf } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import { isRemoved } from '../domain/effect-state.ts';
import { requestOrder } from '../domain/open-requests.ts';
import { isNotified, isUnderWay, settledWith } from '../domain/settled-together.ts';
import { minutesAfter } from '../domain/time.ts';
import { type Notice, noticeOf } from '../messaging/action-notice.ts';
import type { Policy } from '../policy/policy.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { NotifyDeps } from './deps.ts';

export type Report = {
  action: Action;
  /** Undefined if the record cannot be read. */
  alert: Alert | undefined;
  notice: Notice;
  /** Whether it only says how a request ended. Such a report waits for the requests that ended with it. */
  isOutcome: boolean;
};

/** Null if the state of the action needs no notice. */
export async function reportOf(
  { store: { records }, now }: NotifyDeps,
  policy: Policy,
  action: Action,
  failure: string | null,
): Promise<Report | null> {
  const { incidentId, alertId, status, approval } = action;
  const alert = await records.readableAlert(incidentId, alertId);
  const facts = (await records.findFacts(incidentId, alertId)) ?? null;
  const notice = noticeOf(action, { alert, facts }, policy, failure, now());
  if (!notice) return null;
  const isDecided = Boolean(approval?.decision) && notice.urgency === 'inform';
  const isOutcome = !failure && (status === 'expired' || (isDecided && !isRemoved(action)));
  return { action, alert, notice, isOutcome };
}

/**
 * The reports to send now, grouped by message. Of the requests that were settled together, the last one to end reports
 * all of them. Any other report is sent at once.
 */
export async function reportsToSend(
  deps: NotifyDeps,
  policy: Policy,
  { action, own, actions }: { action: Action; own: Report | null; actions: readonly Action[] },
): Promise<Report[][]> {
  const at = deps.now();
  const together = settledWith(action, actions, at);
  const alone = own && !own.isOutcome ? [[own]] : [];
  if (together.some((one) => isUnderWay(one, at))) return alone;
  const wasNotified = together.length > 0 && isNotified(action);
  const untold = together.filter((one) => !isNotified(one));
  const others = await Promise.all(untold.map((one) => reportOf(deps, policy, one, null)));
  if (together.length > 0 && !(await claims(deps, action, [action, ...together]))) return alone;
  const outcomes = [wasNotified ? null : own, ...others].flatMap((one) =>
    one?.isOutcome ? [one] : [],
  );
  return outcomes.length > 0 ? [...alone, outcomes] : alone;
}

const TELLING = 'telling';
/** Longer than the function runs. After that, another step may send the message. */
const CLAIMED_MINUTES = 5;

/**
 * Whether the step of this action may report all of them. The steps of requests that expire together run at the same
 * time, and only one of them may send. A retry of the same step keeps its claim.
 */
async function claims(
  { store, now }: NotifyDeps,
  { actionId, incidentId }: Action,
  together: readonly Action[],
): Promise<boolean> {
  const [first] = together.toSorted((a, b) => (requestOrder(a) < requestOrder(b) ? -1 : 1));
  if (!first) return true;
  const after = await store.records.changeAction(incidentId, first.actionId, (current) =>
    claimIn(current, now()) === null
      ? withEntry(current, { at: now(), by: 'notify', event: TELLING, text: actionId })
      : null,
  );
  return claimIn(after, now()) === actionId;
}

/** The ID of the action whose step has the claim; null if none has. */
function claimIn({ history, status }: Action, now: Date): string | null {
  const index = lastIndexOf(history, TELLING);
  const claim = history[index];
  const isOld = claim && minutesAfter(claim.at, CLAIMED_MINUTES) <= now.toISOString();
  const isOfEarlierState = lastIndexOf(history, status) > index;
  return claim && !isOld && !isOfEarlierState ? claim.text : null;
}
