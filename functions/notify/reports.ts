// Reports about an action, and about requests that were settled with it.
import { type Action, lastIndexOf } from '../domain/action.ts';
import { type Alert, isSevere } from '../domain/alert.ts';
import { closingOf } from '../domain/closed-finding.ts';
import { asRaised, isRemoved } from '../domain/effect-state.ts';
import { Conflict } from '../domain/errors.ts';
import { requestOrder } from '../domain/open-requests.ts';
import {
  EXPIRE_TOGETHER_MINUTES,
  hasLeft,
  isNotified,
  isReporting,
  isUnderWay,
  LEFT,
  settledAt,
  settledWith,
} from '../domain/settled-together.ts';
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

/** One step reads all actions of the incident. The others read this many, and leave the report to it. */
const FEW = 16;

/**
 * The actions to report with this one: all of the incident. Null if a request with a higher ID that was settled
 * together with this one reports both: it is under way, or has the highest ID of those that ended like this one.
 * Hundreds may end at the same moment.
 */
export async function actionsAround(
  { store: { records }, now }: NotifyDeps,
  action: Action,
  own: Report | null,
): Promise<Action[] | null> {
  const { incidentId, actionId, status } = action;
  if (!action.approval) return [action];
  if (own && !own.isOutcome) return records.actions(incidentId);
  const { found, isAll } = await records.latestActions(incidentId, FEW);
  if (isAll) return found.toReversed();
  const ids = new Set(settledWith(action, found, now()).map((one) => one.actionId));
  const higher = found.filter((one) => ids.has(one.actionId) && one.actionId > actionId);
  const highest = higher.find((one) => one.status === status);
  const isLeft =
    higher.some((one) => isUnderWay(one, now())) || (highest && isReporting(highest, now()));
  return isLeft ? null : records.actions(incidentId);
}

/**
 * Leaves the report to the requests that are under way: those that end after this entry read all actions themselves.
 * Returns the action to check once more, because they may have ended before the entry. Null if it has left the report
 * before, or if the incident has so few actions that each step reads all of them.
 */
const leaveReport = async (
  { store: { records }, now }: NotifyDeps,
  { incidentId, actionId }: Action,
  actions: readonly Action[],
): Promise<Action | null> => {
  if (actions.length < FEW) return null;
  let isNew = false;
  const left = await records.changeAction(incidentId, actionId, (current) => {
    isNew = !hasLeft(current);
    const text = 'Requests that end later report this one as well';
    return isNew ? withEntry(current, { at: now(), by: 'notify', event: LEFT, text }) : null;
  });
  return isNew ? left : null;
};

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
  const before = settledWith(action, actions, at, EXPIRE_TOGETHER_MINUTES);
  const alone = own && !own.isOutcome ? [[own]] : [];
  const outcomes = async (all: readonly Action[]): Promise<Report[]> => {
    const untold = all.filter((one) => before.length === 0 || !isNotified(one));
    const reports = await Promise.all(
      untold.map((one) => (one === action ? own : reportOf(deps, policy, one, null))),
    );
    return reports.flatMap((one) => (one?.isOutcome ? [one] : []));
  };
  const found = await outcomes([action, ...before]);
  if (found.length === 0) return alone;
  if (together.some((one) => isUnderWay(one, at)) || waits(found, actions, at)) {
    const left = await leaveReport(deps, action, actions);
    if (!left) return alone;
    const again = await deps.store.records.actions(action.incidentId);
    return reportsToSend(deps, policy, { action: left, own, actions: again });
  }
  if (before.length === 0) return [...alone, found];
  if (!(await claims(deps, action, found))) {
    // The other step may have read the actions before this request ended. A retry sees what that step reported.
    if (own && isSevereEnd(own))
      throw new Conflict('another step is reporting', { actionId: action.actionId });
    return alone;
  }
  // Another step may have reported them after they were read.
  const ids = new Set(found.map((one) => one.action.actionId));
  const latest = await deps.store.records.actions(action.incidentId);
  const untold = await outcomes(latest.filter(({ actionId }) => ids.has(actionId)));
  return untold.length > 0 ? [...alone, untold] : alone;
}

/**
 * Whether the report of requests that no one decided waits for others of the incident that are about to expire. Severe
 * requests never wait. The next one to expire reports them, or else the sweeper.
 */
function waits(reports: readonly Report[], actions: readonly Action[], now: Date): boolean {
  const isMild = reports.every(
    (one) => one.action.status === 'expired' && !closingOf(one.action) && !isSevereEnd(one),
  );
  const [first] = reports.flatMap(({ action }) => settledAt(action, now) ?? []).toSorted();
  if (!isMild || first === undefined) return false;
  const until = minutesAfter(first, EXPIRE_TOGETHER_MINUTES);
  return (
    now.toISOString() < until &&
    actions.some(
      ({ status, approval }) =>
        status === 'awaiting-approval' && approval && approval.expiresAt <= until,
    )
  );
}

/** An alert that can't be read counts as severe. */
const isSevereEnd = ({ action, alert, isOutcome }: Report): boolean =>
  isOutcome && (!alert || isSevere(asRaised(alert, action).severity.label));

/** The first has the claim, so it is recorded last: its claim ends when all are recorded. */
export const inOrderOfEnd = (reports: readonly Report[], now: Date): Report[] => {
  const order = ({ action }: Report) => `${settledAt(action, now) ?? ''} ${requestOrder(action)}`;
  return reports.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
};

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
  reports: readonly Report[],
): Promise<boolean> {
  const [first] = inOrderOfEnd(reports, now());
  if (!first) return true;
  const after = await store.records.changeAction(incidentId, first.action.actionId, (current) =>
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
  const isOver = Math.max(lastIndexOf(history, status), lastIndexOf(history, 'told')) > index;
  return claim && !isOld && !isOver ? claim.text : null;
}
