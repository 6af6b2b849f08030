// Builds the approval request from the escalation policy.

import type { Entity } from '../domain/alert.ts';
import { type ApprovalRequest, type Approver, MAX_NOTES } from '../domain/approval.ts';
import { minutesAfter } from '../domain/time.ts';
import { folded } from '../domain/wording.ts';
import { hasOneOf, peopleOf } from '../policy/people.ts';
import {
  type ActionPolicy,
  type Approval,
  DEFAULT_APPROVAL,
  DEFAULT_APPROVAL_MINUTES,
} from '../policy/schemas/actions.ts';
import type { Escalation } from '../policy/schemas/escalation.ts';

/** Seconds that the state machine gives the function to end a request after the last escalation step. */
const CLOSING_SECONDS = 60;

type EscalationStep = ApprovalRequest['rungs'][number];

/**
 * The request with absolute times, or null when there are not enough eligible approvers. A person is not eligible
 * without a required role, or when the action is about them. A step is skipped if it comes after the request expires,
 * or with a note if it has no eligible approver. With too few approvers left, managers are asked immediately.
 */
export function requestApproval(
  escalation: Escalation,
  policy: ActionPolicy | null,
  target: Entity,
  now: Date,
  /** Notes about reading the escalation policy, such as an on-call schedule that could not be read. */
  notes: readonly string[] = [],
): ApprovalRequest | null {
  const isTier2 = policy?.tier === 2;
  const approval = isTier2 ? policy.approval : DEFAULT_APPROVAL;
  const minutes = isTier2 ? policy.approvalTimeoutMinutes : DEFAULT_APPROVAL_MINUTES;
  const eligible = (ids: Escalation['ladder'][number]['ask']) =>
    withRole(escalation, ids, approval, target);
  const managers = eligible(escalation.managers);
  const steps = escalation.ladder
    .filter(({ atMinutes }) => atMinutes < minutes)
    .map(({ atMinutes, ask }) => ({ at: minutesAfter(now, atMinutes), ask: eligible(ask) }));
  const staffed = steps.filter(({ ask }) => ask.length > 0);
  const enough = peopleIn(staffed).size >= approval.required;
  const asked = enough ? staffed : [...staffed, { at: now.toISOString(), ask: managers }];
  if (peopleIn(asked).size < approval.required) return null;
  const ownNotes = [
    ...steps.flatMap(({ ask }, i) =>
      ask.length === 0 ? `Escalation step ${i + 1} has no eligible approver` : [],
    ),
    ...(enough
      ? []
      : ['The escalation policy has too few eligible approvers, so managers are asked']),
  ];
  return {
    requestedAt: now.toISOString(),
    expiresAt: minutesAfter(now, minutes),
    rungs: startNow(approval.required, asked, now),
    managers: peopleOf(escalation, escalation.managers, target),
    notes: [
      ...folded(
        notes,
        MAX_NOTES - ownNotes.length,
        (count) => `${count} more problems with on-call schedules`,
      ),
      ...ownNotes,
    ],
    required: approval.required,
    roles: approval.roles,
    declineEnds: approval.declineEnds,
    moreTimeMinutes: approval.moreTimeMinutes,
    moreTime: null,
    acknowledged: null,
    handedTo: [],
    declineReasons: [],
    askedRungs: 0,
    taskToken: null,
    votes: [],
    decision: null,
  };
}

const withRole = (
  escalation: Escalation,
  ids: Escalation['ladder'][number]['ask'],
  { roles }: Approval,
  target: Entity,
): Approver[] =>
  peopleOf(escalation, ids, target).filter(({ id }) => hasOneOf(escalation.people[id], roles));

const peopleIn = (steps: readonly EscalationStep[]) =>
  new Set(steps.flatMap(({ ask }) => ask.map(({ id }) => id)));

/** Starts the first step now and merges steps into it until it asks enough people to approve the request. */
function startNow(required: number, steps: readonly EscalationStep[], now: Date): EscalationStep[] {
  let first: EscalationStep = { at: now.toISOString(), ask: [] };
  const rest = [...steps];
  while (first.ask.length < required && rest.length > 0) {
    const more = rest.shift()?.ask ?? [];
    const known = new Set(first.ask.map(({ id }) => id));
    first = { ...first, ask: [...first.ask, ...more.filter(({ id }) => !known.has(id))] };
  }
  return [first, ...rest];
}

/**
 * How long the state machine waits, in seconds: one entry per escalation step, one for the extra time if policy allows
 * it, and one for ending the request.
 */
export function waitsOf({ rungs, expiresAt, moreTimeMinutes }: ApprovalRequest): number[] {
  const times = [...rungs.map(({ at }) => at), expiresAt].map((at) => Date.parse(at));
  const waits = times
    .slice(1)
    .map((time, i) => Math.max(1, Math.round((time - (times[i] ?? time)) / 1000)));
  return [...waits, ...(moreTimeMinutes > 0 ? [60 * moreTimeMinutes] : []), CLOSING_SECONDS];
}
