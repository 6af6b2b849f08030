// Records why a person declined. The decline itself counted before.

import type { Action } from '../domain/action.ts';
import type { DeclineReason } from '../domain/approval.ts';
import { isFull, withEntry } from '../store/hash-chain.ts';
import { notCounted } from './answer.ts';
import { type By, type Change, mayNot, refuse } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { type Picked, pickedActions } from './grouped-answers.ts';
import type { Opened } from './open-link.ts';
import { REASON_RECORDED, REFUSED } from './texts/answers.ts';
import { DECLINE_REASONS } from './texts/decline-reasons.ts';
import type { Answer } from './texts/status.ts';
import { write } from './write-change.ts';

type Given = { why: DeclineReason; note: string };

export const hasDeclined = ({ approval }: Action, person: string): boolean =>
  approval?.votes.some(({ by, verdict }) => by === person && verdict === 'declined') ?? false;

/** Whether the person declined the request and has not said why. */
export const owesReason = (action: Action, person: string): boolean =>
  hasDeclined(action, person) && reasonOf(action, person) === undefined;

const reasonOf = ({ approval }: Action, person: string) =>
  approval?.declineReasons.find(({ by }) => by === person);

/** One reason for each person. A later one replaces it; the history has all of them. */
export function giveReason(action: Action, { person, people, now, why, note }: By & Given): Change {
  const refusal = mayNot(action, person, people);
  if (refusal) return refusal;
  const { approval } = action;
  if (!approval || !hasDeclined(action, person)) return refuse('settled', REFUSED.notDeclined);
  if (isFull(action.history)) return refuse('bounded', REFUSED.historyFull);
  const given = { by: person, at: now.toISOString(), why, note };
  const text = note ? `${DECLINE_REASONS[why]}: ${note}` : DECLINE_REASONS[why];
  return {
    next: {
      ...withEntry(action, { at: now, by: `person:${person}`, event: 'decline-reason', text }),
      approval: {
        ...approval,
        declineReasons: [...approval.declineReasons.filter(({ by }) => by !== person), given],
      },
    },
  };
}

/** A second click is not a second reason. */
const isGiven = (action: Action, person: string, { why, note }: Given): boolean => {
  const given = reasonOf(action, person);
  return given?.why === why && given.note === note;
};

/** For the action of the link, or for each of `chosen` that the page named. */
export async function onDeclineReason(
  deps: WebDeps,
  { claims, action }: Opened,
  { chosen, ...given }: Given & { chosen: readonly Picked[] },
): Promise<Answer> {
  const { person } = claims;
  const { people } = deps.policy.escalation;
  const declined = chosen.length === 0 ? [action] : await pickedActions(deps, action, chosen);
  let last: Answer | null = null;
  for (const one of declined) {
    if (isGiven(one, person, given)) continue;
    const written = await write(deps, one, (current) =>
      giveReason(current, { person, people, now: deps.now(), ...given }),
    );
    if (written.refusal) last = notCounted(written.action, written.refusal);
  }
  const after = await deps.store.records.action(action.incidentId, action.actionId);
  return last
    ? { ...last, action: after }
    : { action: after, notice: REASON_RECORDED(given.why), status: 200 };
}
