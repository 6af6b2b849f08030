// A person's word on a request, and what becomes of it: pure, one outcome per state.

import type { Action } from '../domain/action.ts';
import type { ApprovalRequest, Vote } from '../domain/approval.ts';
import { minutesAfter } from '../domain/time.ts';
import { utc } from '../domain/wording.ts';
import { concerns } from '../policy/people.ts';
import type { Escalation } from '../policy/schemas/escalation.ts';
import { transition, withEntry } from '../store/hash-chain.ts';

export type Verdict = 'approve' | 'decline';
/** The next action, or why there is none. */
export type Change = { next: Action } | Refusal;
export type Refusal = {
  /** `settled`: the state no longer allows it. `not-yours`: this person may not. `bounded`: policy allows no more. */
  because: 'settled' | 'too-late' | 'not-yours' | 'bounded';
  refused: string;
};
export type By = { person: string; people: Escalation['people']; now: Date };

export const refuse = (because: Refusal['because'], refused: string): Refusal => ({
  because,
  refused,
});

/** An approved action that is not carried out within this time is looked at by the sweeper. */
const CARRY_OUT_WITHIN_MINUTES = 15;

/** How somebody answered, for the record. */
const WAYS = { page: '', 'signed-in': ' after signing in', slack: ' in Slack' } as const;
export type Way = keyof typeof WAYS;

const VOTES = { approve: 'approved', decline: 'declined' } as const;

/** Records one person's vote, and settles the request where it is the one that does. */
export function decide(
  action: Action,
  verdict: Verdict,
  { person, people, reason, now, way }: By & { reason: string; way: Way },
): Change {
  const open = openTo(action, { person, people, now });
  if ('refused' in open) return open;
  const { approval } = open;
  if (approval.votes.some(({ by }) => by === person))
    return refuse('settled', 'You have answered already, and one person has one vote.');
  const vote: Vote = { verdict: VOTES[verdict], by: person, at: now.toISOString(), reason };
  const votes = [...approval.votes, vote];
  const note = { at: now, by: `person:${person}` };
  const said = `${vote.verdict}${WAYS[way]}`;
  const text = reason ? `${said}: ${reason}` : said;
  const settled = outcomeOf(approval, votes, ({ by }) => !mayNotVote(action, by, people));
  if (!settled)
    return {
      next: {
        ...withEntry(action, { ...note, event: 'voted', text }),
        approval: { ...approval, votes },
      },
    };
  const attentionAt = settled === 'approved' ? minutesAfter(now, CARRY_OUT_WITHIN_MINUTES) : null;
  const decision = { ...vote, verdict: settled };
  const change = { approval: { ...approval, votes, decision }, attentionAt };
  return { next: transition(action, settled, { ...note, text }, change) };
}

/** Null while more people have to answer. The yes of somebody whom policy has since put out counts no more. */
function outcomeOf(
  request: ApprovalRequest,
  votes: readonly Vote[],
  isEligible: (vote: Vote) => boolean,
): 'approved' | 'declined' | null {
  const approved = votes.filter((one) => one.verdict === 'approved' && isEligible(one));
  if (approved.length >= request.required) return 'approved';
  const declined = votes.filter(({ verdict }) => verdict === 'declined').length;
  if (declined > 0 && request.declineEnds) return 'declined';
  return peopleAsked(request).length - declined < request.required ? 'declined' : null;
}

/** Everybody whose turn comes on the ladder, and those to whom somebody handed it. */
export const peopleAsked = ({ rungs, handedTo }: ApprovalRequest) => [
  ...new Map(
    [...rungs.flatMap(({ ask }) => ask), ...handedTo.map(({ to }) => to)].map((one) => [
      one.id,
      one,
    ]),
  ).values(),
];

/** The request, if this person may say something to it now. */
export function openTo(
  action: Action,
  { person, people, now }: By,
): { approval: ApprovalRequest } | Refusal {
  const { approval } = action;
  const stranger = mayNotVote(action, person, people);
  if (stranger) return stranger;
  if (!approval || !peopleAsked(approval).some(({ id }) => id === person))
    return refuse('not-yours', 'You are not among those who are asked about this.');
  if (action.status !== 'awaiting-approval')
    return refuse('settled', 'Your answer was not counted.');
  return Date.parse(approval.expiresAt) > now.getTime()
    ? { approval }
    : refuse('too-late', `The time to decide ended at ${utc(approval.expiresAt)}.`);
}

/** Whom policy no longer knows, and whom the action is about, decides nothing, whatever link they hold. */
export function mayNot(
  { target }: Action,
  person: string,
  people: Escalation['people'],
): Refusal | null {
  const known = people[person];
  if (!known)
    return refuse('not-yours', 'You are no longer among the people whom the policy names.');
  if (target && concerns(known, target))
    return refuse('not-yours', 'This is about you, so somebody else has to decide.');
  return null;
}

/** Nor does anybody whose roles policy has changed since they were asked. */
function mayNotVote(action: Action, person: string, people: Escalation['people']): Refusal | null {
  const stranger = mayNot(action, person, people);
  if (stranger) return stranger;
  const wanted = action.approval?.roles ?? [];
  const hasRole = people[person]?.roles.some((role) => wanted.includes(role)) ?? false;
  // A request from before roles were on record names none.
  return hasRole || wanted.length === 0
    ? null
    : refuse('not-yours', 'Policy no longer gives you a role that may decide this.');
}

/** Whether this person said exactly this already: a second click, not a second answer. */
export const isRepeated = ({ approval }: Action, person: string, verdict: Verdict): boolean =>
  approval?.votes.some((vote) => vote.by === person && vote.verdict === VOTES[verdict]) ?? false;
