// The question put to people: the ladder as it stands now, in absolute times, without those whom it is about.
import type { ApprovalRequest, Approver } from '../domain/action.ts';
import type { Entity } from '../domain/alert.ts';
import { concerns } from '../domain/concerns.ts';
import type { Escalation } from '../domain/policy.ts';

/** Seconds that the state machine leaves the function that ends an expired request, at the end of the ladder. */
const CLOSING_SECONDS = 60;

/**
 * The request, ending `timeoutMinutes` after `now`. Rungs that would come later than that, or that are empty once
 * the person concerned is left out, are skipped; if nobody is left the managers are asked at once.
 */
export function requestApproval(
  escalation: Escalation,
  target: Entity,
  timeoutMinutes: number,
  now: Date,
): ApprovalRequest {
  const minutesFromNow = (minutes: number) =>
    new Date(now.getTime() + minutes * 60_000).toISOString();
  const approvers = (ids: readonly string[]): Approver[] =>
    ids.flatMap((id) => {
      const person = escalation.people[id];
      return person && !concerns(person, target)
        ? [{ id, name: person.name, email: person.email }]
        : [];
    });
  const managers = approvers(escalation.managers);
  const rungs = escalation.ladder
    .filter(({ atMinutes }) => atMinutes < timeoutMinutes)
    .map(({ atMinutes, ask }) => ({ at: minutesFromNow(atMinutes), ask: approvers(ask) }))
    .filter(({ ask }) => ask.length > 0);
  const [first, ...rest] = rungs.length > 0 ? rungs : [{ at: now.toISOString(), ask: managers }];
  return {
    requestedAt: now.toISOString(),
    expiresAt: minutesFromNow(timeoutMinutes),
    // Whoever is first is asked now, also where the rung before was empty.
    rungs: first ? [{ ...first, at: now.toISOString() }, ...rest] : rest,
    managers,
    askedRungs: 0,
    taskToken: null,
    decision: null,
  };
}

/** How long the state machine waits at each rung, in seconds; the last entry is for ending the request. */
export function waitsOf({ rungs, expiresAt }: ApprovalRequest): number[] {
  const times = [...rungs.map(({ at }) => at), expiresAt].map((at) => Date.parse(at));
  const waits = times
    .slice(1)
    .map((time, i) => Math.max(1, Math.round((time - (times[i] ?? time)) / 1000)));
  return [...waits, CLOSING_SECONDS];
}
