// The question put to people: the ladder as it stands now, in absolute times, without those whom it is about.

import type { Entity } from '../domain/alert.ts';
import type { ApprovalRequest, Approver } from '../domain/approval.ts';
import { minutesAfter } from '../domain/time.ts';
import { peopleOf } from '../policy/people.ts';
import {
  type ActionPolicy,
  type Approval,
  DEFAULT_APPROVAL,
  DEFAULT_APPROVAL_MINUTES,
} from '../policy/schemas/actions.ts';
import type { Escalation, Schedule } from '../policy/schemas/escalation.ts';

/** Seconds that the state machine leaves the function that ends an expired request, at the end of the ladder. */
const CLOSING_SECONDS = 60;

type Rung = ApprovalRequest['rungs'][number];

/**
 * The request, ending at the action's own time limit. Rungs that would come later than that, or that are empty once
 * the person concerned and those without the role are left out, are skipped with a note; where too few are left the
 * managers are asked at once. Null when there are not enough people who could say yes: then nothing can be approved.
 */
export function requestApproval(
  escalation: Escalation,
  policy: ActionPolicy | null,
  target: Entity,
  now: Date,
  /** What was odd about the ladder before. */
  notes: readonly string[] = [],
): ApprovalRequest | null {
  const isTier2 = policy?.tier === 2;
  const approval = isTier2 ? policy.approval : DEFAULT_APPROVAL;
  const minutes = isTier2 ? policy.approvalTimeoutMinutes : DEFAULT_APPROVAL_MINUTES;
  const eligible = (ids: readonly (string | Schedule)[]) =>
    withRole(escalation, ids, approval, target);
  const managers = eligible(escalation.managers);
  const onLadder = escalation.ladder
    .filter(({ atMinutes }) => atMinutes < minutes)
    .map(({ atMinutes, ask }) => ({ at: minutesAfter(now, atMinutes), ask: eligible(ask) }));
  const filled = onLadder.filter(({ ask }) => ask.length > 0);
  const enough = peopleIn(filled).size >= approval.required;
  const rungs = enough ? filled : [...filled, { at: now.toISOString(), ask: managers }];
  if (peopleIn(rungs).size < approval.required) return null;
  return {
    requestedAt: now.toISOString(),
    expiresAt: minutesAfter(now, minutes),
    rungs: startingWith(approval.required, rungs, now),
    managers: peopleOf(escalation, escalation.managers, target),
    notes: [
      ...notes,
      ...onLadder.flatMap(({ ask }, i) =>
        ask.length === 0 ? `Rung ${i + 1} of the ladder has nobody who may decide this` : [],
      ),
      ...(enough ? [] : ['Too few people of the ladder may decide this, so managers are asked']),
    ],
    required: approval.required,
    roles: approval.roles,
    declineEnds: approval.declineEnds,
    moreTimeMinutes: approval.moreTimeMinutes,
    moreTime: null,
    acknowledged: null,
    handedTo: [],
    askedRungs: 0,
    taskToken: null,
    votes: [],
    decision: null,
  };
}

const withRole = (
  escalation: Escalation,
  ids: readonly (string | Schedule)[],
  { roles }: Approval,
  target: Entity,
): Approver[] =>
  peopleOf(escalation, ids, target).filter(({ id }) =>
    escalation.people[id]?.roles.some((role) => roles.includes(role)),
  );

const peopleIn = (rungs: readonly Rung[]) =>
  new Set(rungs.flatMap(({ ask }) => ask.map(({ id }) => id)));

/** Whoever is first is asked now; and as many at once as have to agree, because each may need the whole time. */
function startingWith(required: number, rungs: readonly Rung[], now: Date): Rung[] {
  let first: Rung = { at: now.toISOString(), ask: [] };
  const rest = [...rungs];
  while (first.ask.length < required && rest.length > 0) {
    const more = rest.shift()?.ask ?? [];
    const known = new Set(first.ask.map(({ id }) => id));
    first = { ...first, ask: [...first.ask, ...more.filter(({ id }) => !known.has(id))] };
  }
  return [first, ...rest];
}

/**
 * How long the state machine waits at each rung, in seconds; then, where policy allows more time, for that; the last
 * entry is for ending the request.
 */
export function waitsOf({ rungs, expiresAt, moreTimeMinutes }: ApprovalRequest): number[] {
  const times = [...rungs.map(({ at }) => at), expiresAt].map((at) => Date.parse(at));
  const waits = times
    .slice(1)
    .map((time, i) => Math.max(1, Math.round((time - (times[i] ?? time)) / 1000)));
  return [...waits, ...(moreTimeMinutes > 0 ? [60 * moreTimeMinutes] : []), CLOSING_SECONDS];
}
