// Decides from proofs and policy whether an action may be applied now.

import type { Action } from '../domain/action.ts';
import { informs } from '../domain/action-catalog.ts';
import { agreedMinutes } from '../domain/approval.ts';
import { type Drill, drillFault } from '../domain/drill.ts';
import { hasNoPlace } from '../domain/earlier-alert.ts';
import type { Place } from '../domain/place.ts';
import type { Instant } from '../domain/reference.ts';
import { otherAccount, otherRegion, type Stack } from '../domain/target-place.ts';
import { minutesAfter } from '../domain/time.ts';
import type { MechanismInfo } from '../mechanisms/mechanism.ts';
import { concerns, hasOneOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { type ActionPolicy, DEFAULT_APPROVAL, reviewAfterDays } from '../policy/schemas/actions.ts';
import type { Ruling, Vote } from './claims.ts';
import { namesTarget } from './rulings.ts';

/** What the executor knows besides the record, all from its own policy and its own reads. */
export type Grounds = {
  /** Proven claims. A ruling or vote without proof is missing here. */
  ruling: Ruling | null;
  votes: readonly Vote[];
  policy: Policy;
  /** The place of this stack. */
  here: Place;
  mechanism: MechanismInfo;
  /** Read for automatic actions only. */
  drill: Drill | undefined;
  now: Date;
};

export type Authorised = {
  /** The shortest time that an approver agreed to; null for an action without an end. */
  durationMinutes: number | null;
  /** Who keeps it if no schedule undoes it. */
  keptBy: string | null;
};

/** Longer than a step's retries and the second reading of facts take. After it, the decision counts as forgotten. */
const MAX_AGE_MINUTES = 60;

/** Promise 2: the record's status decides nothing. Returns the refusal as a sentence. Pure. */
export function authorise(action: Action, grounds: Grounds): Authorised | { refused: string } {
  const { ruling, policy } = grounds;
  if (!ruling) return refused('no proof that the gate decided this action');
  const actionPolicy = action.name && policy.actions[action.name];
  if (!actionPolicy || actionPolicy.tier === 3) return refused('policy lets no code do this');
  const objection =
    objectionOf(action, grounds, actionPolicy) ?? misfitOf(action, grounds.mechanism);
  if (objection) return refused(objection);
  return ruling.disposition === 'auto'
    ? byPolicy(action, ruling, grounds, actionPolicy)
    : byPeople(action, ruling, grounds, actionPolicy);
}

type Executable = Exclude<ActionPolicy, { tier: 3 }>;

function objectionOf(
  action: Action,
  { policy, here }: Grounds,
  { mode, enabled }: Executable,
): string | null {
  const misplaced = misplacementOf(action, { here, homeRegion: policy.homeRegion });
  if (misplaced) return misplaced;
  if (policy.mode === 'shadow' || mode === 'shadow') return 'policy is in shadow mode';
  return enabled ? null : 'policy does not enable the action';
}

/** Promise 11: the record must name the place of this stack, and the target must be here. */
function misplacementOf({ name, target, account, region }: Action, stack: Stack): string | null {
  const { here } = stack;
  if (account !== here.account) return 'the action is for another account';
  if (!target || informs(name)) return null;
  if (region !== here.region) return `the action is for region ${region}; this is ${here.region}`;
  // Targets of earlier versions have no place. The record's own place is part of what was decided.
  const placed = hasNoPlace(target) ? { ...target, place: { account, region } } : target;
  return (otherAccount(placed, stack) ?? otherRegion(placed, stack))?.text ?? null;
}

/** An automatic action: tier 1, drilled and undone by itself. */
function byPolicy(
  action: Action,
  { at }: Ruling,
  { drill, mechanism, policy, now }: Grounds,
  actionPolicy: Executable,
): Authorised | { refused: string } {
  if (actionPolicy.tier !== 1) return refused('a tier-2 action needs a person');
  if (reviewAfterDays(actionPolicy) !== null)
    return refused('only a person may undo this action, and no one approved it');
  const fault = drillFault(drill, mechanism, policy.limits.drillMaxAgeDays, now);
  if (fault) return refused(fault);
  if (isOld(at, now)) return refused(`the decision of ${at} is too old`);
  return { durationMinutes: action.durationMinutes, keptBy: keptByPolicy(action) };
}

function byPeople(
  action: Action,
  ruling: Ruling,
  grounds: Grounds,
  actionPolicy: Executable,
): Authorised | { refused: string } {
  if (!namesTarget(ruling)) return refused('the ruling does not prove who the target is');
  const approval = actionPolicy.tier === 2 ? actionPolicy.approval : DEFAULT_APPROVAL;
  const counted = approvals(action, ruling, grounds, approval.roles);
  const required = Math.max(approval.required, ruling.request?.required ?? 2);
  const last = counted.at(-1);
  if (!last || counted.length < required)
    return refused(`${counted.length} of ${required} approvals are proven`);
  if (isOld(last.at, grounds.now)) return refused(`the approval of ${last.at} is too old`);
  const isKept = reviewAfterDays(actionPolicy) !== null;
  return {
    durationMinutes: agreedMinutes(action.durationMinutes, counted),
    keptBy: isKept ? last.by : keptByPolicy(action),
  };
}

const refused = (why: string) => ({ refused: why });

const keptByPolicy = ({ durationMinutes }: Action) => (durationMinutes === null ? 'policy' : null);

const isOld = (at: Instant, now: Date): boolean =>
  minutesAfter(at, MAX_AGE_MINUTES) < now.toISOString();

/** A tier-3 change must not hide behind another name. */
function misfitOf({ name, target }: Action, mechanism: MechanismInfo): string | null {
  if (mechanism.action !== name) return `"${mechanism.id}" does not carry out ${name}`;
  return target && mechanism.targetKinds.includes(target.kind)
    ? null
    : `"${mechanism.id}" does not act on this kind of target`;
}

/** The votes that count, one per person, oldest first: on this request, in time, by people who are still eligible. */
function approvals(
  action: Action,
  { request }: Ruling,
  { votes, policy }: Grounds,
  roles: readonly string[],
): Vote[] {
  if (!request) return [];
  const until = minutesAfter(request.expiresAt, request.moreTimeMinutes);
  const counted = votes
    .filter(({ verdict, requestedAt, at }) => {
      const isInTime = at >= request.requestedAt && at <= until;
      return verdict === 'approved' && requestedAt === request.requestedAt && isInTime;
    })
    .filter(({ by }) => isEligible(action, by, policy, roles))
    .sort((a, b) => a.at.localeCompare(b.at));
  return counted.filter(({ by }, i) => counted.findIndex((one) => one.by === by) === i);
}

function isEligible(
  { target }: Action,
  id: string,
  { escalation }: Policy,
  roles: readonly string[],
): boolean {
  const person = escalation.people[id];
  if (!person || (target && concerns(person, target))) return false;
  return hasOneOf(person, roles);
}
