// What a page shows of an action to one person, read for it.

import type { Context } from 'hono';
import type { Action } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import type { Assessment } from '../domain/assessment.ts';
import type { Incident } from '../domain/incident.ts';
import { similarTo } from '../domain/similar-questions.ts';
import { stepsByHand } from '../messaging/texts/by-hand.ts';
import type { Policy } from '../policy/policy.ts';
import { type Names, namesIn } from './action-status.ts';
import { mayNot, peopleAsked } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { issueNonce } from './form.ts';
import type { Opened } from './open-link.ts';
import { couldTake } from './request.ts';

export type View = {
  action: Action;
  /** Neither keeps anybody from deciding where its record cannot be read. */
  alert: Alert | undefined;
  incident: Incident | undefined;
  /** Who made the analysis; null when it is not recorded. */
  origin: Assessment['origin'] | null;
  /** Name of the person whose link it is. */
  person: string;
  names: Names;
  /** Open questions of the same kind that this person is asked, too. */
  alike: readonly Action[];
  /** To whom the question could be handed. */
  couldTake: readonly Approver[];
  /** The link's own path: forms post back to it. */
  path: string;
  /** Of the forms on this page. */
  nonce: string;
  /** Where this person signs in first; null where they have, or need not. */
  signInPath: string | null;
  /** What a person would type, where nobody decided and it was not done. */
  byHand: readonly { title: string; lines: string[] }[];
  maxExtensions: number;
  now: Date;
};

/** Whether this person is asked about it, too, and has not answered. */
const mayAnswer = (
  action: Action,
  person: string,
  people: Policy['escalation']['people'],
): boolean =>
  !mayNot(action, person, people) &&
  action.approval !== null &&
  peopleAsked(action.approval).some(({ id }) => id === person) &&
  action.approval.votes.every(({ by }) => by !== person);

/** Everything that a page about an action shows. */
export async function viewOf(deps: WebDeps, c: Context, opened: Opened): Promise<View> {
  const { claims, action } = opened;
  const { records } = deps.store;
  const { incidentId, alertId } = action;
  const [alert, incident, assessment, actions, known] = await Promise.all([
    records.readableAlert(incidentId, alertId),
    records.readableIncident(incidentId),
    records.findAssessment(incidentId, alertId),
    records.actions(incidentId),
    records.findFacts(incidentId, alertId),
  ]);
  const { people } = deps.policy.escalation;
  const names = namesIn(action, people);
  return {
    action,
    alert,
    incident,
    origin: assessment?.origin ?? null,
    person: names[claims.person] ?? claims.person,
    names,
    path: c.req.path,
    nonce: await issueNonce(deps.pages, opened.token, deps.newId(), deps.now()),
    signInPath: opened.mustSignIn ? `/sign-in${c.req.path}` : null,
    couldTake: couldTake(action, people),
    alike:
      claims.purpose === 'approve' && !opened.expired
        ? similarTo(action, actions).filter((one) => mayAnswer(one, claims.person, people))
        : [],
    byHand: action.status === 'expired' ? stepsByHand(action, alert, known ?? null) : [],
    maxExtensions: deps.policy.limits.maxExtensions,
    now: deps.now(),
  };
}
