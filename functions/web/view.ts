// Reads everything that a page shows about an action to one person.

import type { Context } from 'hono';
import type { Action } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import type { Assessment } from '../domain/assessment.ts';
import { isBeingUndone, isUnproven } from '../domain/effect-state.ts';
import type { Facts } from '../domain/facts.ts';
import type { Incident } from '../domain/incident.ts';
import { openRequestsTo } from '../domain/open-requests.ts';
import { settledWith } from '../domain/settled-together.ts';
import { manualUndo } from '../messaging/texts/in-force.ts';
import { manualSteps } from '../messaging/texts/manual.ts';
import { notProposed } from '../messaging/texts/not-proposed.ts';
import { zoneOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { type Agreement, agreementOn } from './agreement.ts';
import { mayNot } from './decision.ts';
import { owesReason } from './decline-reason.ts';
import type { WebDeps } from './deps.ts';
import { issueNonce } from './form.ts';
import { mayReverse, mayUndoBy } from './keep-decision.ts';
import { MOST_TOGETHER } from './list-field.ts';
import type { Opened } from './open-link.ts';
import { couldTake } from './request.ts';
import { otherHolders } from './shared-hold.ts';
import { type Names, namesIn } from './texts/status.ts';

export type View = {
  action: Action;
  /** Undefined if the record cannot be read: this must not block the decision. */
  alert: Alert | undefined;
  /** The alerts of the requests in `open`, the link's own first. An unreadable one is missing. */
  alerts: readonly Alert[];
  incident: Incident | undefined;
  /** Of the link's alert; null if it is not recorded. */
  assessment: Assessment | null;
  /** Earlier decisions like the one that is asked for; null if they can't be read or nothing is asked. */
  agreement: Agreement | null;
  /** The name of the person who owns the link. */
  person: string;
  names: Names;
  /** The ID of that person. */
  claimant: string;
  /** The reader's time zone. */
  zone: string;
  /** Open requests of the incident that this person may answer: the link's own first, then the most severe. */
  open: readonly Action[];
  /** How many more there are than one page decides. The page shows them once these are answered. */
  later: number;
  /** The other actions of the incident that were decided or need someone, without those in `open`. */
  others: readonly Action[];
  /** Those of the others that were settled with this one, for example by the same form. */
  together: readonly Action[];
  /** Of the others: the latest that this person answered after the link's own request had expired. */
  answeredSince: Action | null;
  /** What this person may undo with this link: its own action first. An undo ends the change for all holders. */
  undoable: readonly { action: Action; sharedWith: readonly Action[] }[];
  /** Requests that this person declined without saying why. */
  unexplained: readonly Action[];
  /** Facts about the link's alert; null if they cannot be read. */
  facts: Facts | null;
  policy: Pick<Policy, 'actions' | 'signIn' | 'stage'>;
  /** Actors and targets of the alert that no action covers, in words. */
  left: readonly string[];
  /** Other actions that need the change. An undo by a person ends it for all. */
  sharedWith: readonly Action[];
  /** People who can take the request over. */
  couldTake: readonly Approver[];
  /** The path of the link: forms post back to it. */
  path: string;
  /** Whether the reader stopped the page from loading itself again. */
  isStill: boolean;
  /** For the forms on this page. */
  nonce: string;
  /** Where this person must sign in first; null if no sign-in is needed. */
  signInPath: string | null;
  /** Commands for a person, if the request expired or the undo failed. */
  manualSteps: readonly { title: string; lines: string[] }[];
  maxExtensions: number;
  now: Date;
};

/** In the address of a page that must not load itself again. */
export const STILL = 'still';

/** To carry out an expired action, or to undo one whose undo failed. Without proof, no command restores anything. */
function commandsFor(
  action: Action,
  alert: Alert | undefined,
  facts: Facts | null,
): View['manualSteps'] {
  if (action.status === 'expired') return manualSteps(action, alert, facts);
  return action.status === 'reversal-failed' && !isUnproven(action) ? manualUndo(action) : [];
}

/** The page is then about the other request as well: the person came back to see what became of it. */
function answeredSince(
  { status, approval }: Action,
  others: readonly Action[],
  person: string,
): Action | null {
  if (status !== 'expired') return null;
  const at = (one: Action) => one.approval?.votes.find(({ by }) => by === person)?.at ?? '';
  return (
    others
      .filter((one) => at(one) > (approval?.expiresAt ?? ''))
      .toSorted((a, b) => (at(a) < at(b) ? 1 : -1))[0] ?? null
  );
}

const ownFirst = (open: readonly Action[], { actionId }: Action): Action[] => [
  ...open.filter((one) => one.actionId === actionId),
  ...open.filter((one) => one.actionId !== actionId),
];

/** The evidence of more alerts is on the page of the incident. */
const MOST_ALERTS = 10;
/** More buttons than this hide the rest of the page. The reminder of each action undoes it as well. */
const MOST_UNDOABLE = 10;

const mayUndoNow =
  ({ policy, now }: WebDeps, person: string) =>
  (one: Action): boolean =>
    mayUndoBy(one, person) &&
    !isBeingUndone(one, now()) &&
    !mayNot(one, person, policy.escalation.people);

export async function viewOf(deps: WebDeps, c: Context, opened: Opened): Promise<View> {
  const { claims, action } = opened;
  const { records } = deps.store;
  const { incidentId, alertId } = action;
  const [alert, incident, assessment, actions, known, sharedWith] = await Promise.all([
    records.readableAlert(incidentId, alertId),
    records.readableIncident(incidentId),
    records.findAssessment(incidentId, alertId),
    records.actions(incidentId),
    records.findFacts(incidentId, alertId),
    claims.purpose === 'review' || mayReverse(action) ? otherHolders(deps, action) : [],
  ]);
  const { people } = deps.policy.escalation;
  const names = namesIn(action, people);
  const asks = claims.purpose === 'approve' && !opened.expired;
  const openToPerson = asks
    ? openRequestsTo(claims.person, actions, incident?.alerts ?? [], deps.now()).filter(
        (one) => !mayNot(one, claims.person, people),
      )
    : [];
  const open = ownFirst(openToPerson, action).slice(0, MOST_TOGETHER);
  const otherAlerts = [...new Set(open.map((one) => one.alertId))].filter((id) => id !== alertId);
  const alerts = await Promise.all(
    otherAlerts.slice(0, MOST_ALERTS).map((id) => records.readableAlert(incidentId, id)),
  );
  const mine = asks
    ? ownFirst(actions, action).filter(
        (one) => mayUndoNow(deps, claims.person)(one) && !isUnproven(one),
      )
    : [];
  const undoable = await Promise.all(
    mine
      .slice(0, MOST_UNDOABLE)
      .map(async (one) => ({ action: one, sharedWith: await otherHolders(deps, one) })),
  );
  const others = actions.filter(
    ({ actionId, status }) =>
      actionId !== action.actionId &&
      status !== 'dropped' &&
      !open.some((one) => one.actionId === actionId),
  );
  return {
    action,
    alert,
    alerts: [alert, ...alerts].filter((one) => one !== undefined),
    incident,
    assessment: assessment ?? null,
    agreement: asks ? await agreementOn(deps, action, alert) : null,
    person: names[claims.person] ?? claims.person,
    names,
    path: c.req.path,
    isStill: c.req.query(STILL) !== undefined,
    nonce: await issueNonce(deps.pages, opened.token, deps.newId(), deps.now()),
    signInPath: opened.mustSignIn ? `/sign-in${c.req.path}` : null,
    couldTake: couldTake(action, people),
    sharedWith,
    claimant: claims.person,
    zone: zoneOf(deps.policy, claims.person),
    facts: known ?? null,
    policy: deps.policy,
    open,
    later: openToPerson.length - open.length,
    others,
    answeredSince: answeredSince(action, others, claims.person),
    together: settledWith(action, actions, deps.now()),
    undoable,
    unexplained: asks ? actions.filter((one) => owesReason(one, claims.person)) : [],
    left: alert ? notProposed([alert], actions) : [],
    manualSteps: commandsFor(action, alert, known ?? null),
    maxExtensions: deps.policy.limits.maxExtensions,
    now: deps.now(),
  };
}
