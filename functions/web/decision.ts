// Applies one person's vote to a request; pure, one outcome per state.

import type { Action } from '../domain/action.ts';
import {
  type ApprovalRequest,
  MAX_VOTES,
  peopleAsked,
  Role,
  type Vote,
} from '../domain/approval.ts';
import { closingOf } from '../domain/closed-finding.ts';
import { newsIn } from '../domain/effect-state.ts';
import { minutesAfter, NOTIFIED_WITHIN_MINUTES } from '../domain/time.ts';
import { findingClosed, notDone } from '../messaging/texts/phrases.ts';
import { concerns, hasOneOf } from '../policy/people.ts';
import type { Escalation } from '../policy/schemas/escalation.ts';
import { transition, withEntry } from '../store/hash-chain.ts';
import { REFUSED } from './texts/answers.ts';

export type Verdict = 'approve' | 'decline';
/** The next version of the action, or the refusal. */
export type Change = { next: Action } | ({ next?: Action } & Refusal);
export type Refusal = {
  /**
   * `settled`: the state no longer allows it. `closed`: the finding was closed. `not-yours`: this person may not.
   * `bounded`: a limit of policy.
   */
  because: 'settled' | 'closed' | 'too-late' | 'not-yours' | 'bounded' | 'lookAgain';
  refused: string;
};
export type By = { person: string; people: Escalation['people']; now: Date };

export const refuse = (because: Refusal['because'], refused: string): Refusal => ({
  because,
  refused,
});

/** What people don't know who saw the request at that time; null if they know everything. */
export function unseenNews(action: Action, shownAt: Date): string | null {
  const second = new Date(Math.floor(shownAt.getTime() / 1000) * 1000).toISOString();
  return newsIn(action).findLast(({ at }) => at >= second)?.text ?? null;
}

/** The sweeper checks an approved action that is not carried out within this time. */
const CARRY_OUT_WITHIN_MINUTES = 15;

/** How the person answered, for the record. */
const WAYS = { page: '', 'signed-in': ' after signing in', slack: ' in Slack' } as const;
export type Way = keyof typeof WAYS;

const VOTES = { approve: 'approved', decline: 'declined' } as const;

type Answer = By & {
  reason: string;
  way: Way;
  shownAt: Date;
  /** The time that the person agrees to. By default, the full time of the action. */
  durationMinutes?: number | null;
};

/** Records one person's vote, and decides the request if this vote is the last one needed. */
export function decide(
  action: Action,
  verdict: Verdict,
  { person, people, reason, now, way, shownAt, durationMinutes = action.durationMinutes }: Answer,
): Change {
  const open = openTo(action, { person, people, now });
  if ('refused' in open) return open;
  const news = unseenNews(action, shownAt);
  if (news) return refuse('lookAgain', REFUSED.news(news));
  const { approval } = open;
  if (approval.votes.some(({ by }) => by === person))
    return refuse('settled', REFUSED.alreadyVoted);
  if (approval.votes.length >= MAX_VOTES) return refuse('bounded', REFUSED.tooManyVotes);
  if (isLonger(durationMinutes, action)) return refuse('bounded', REFUSED.tooLong);
  const vote: Vote = {
    verdict: VOTES[verdict],
    by: person,
    at: now.toISOString(),
    reason,
    durationMinutes,
    proof: null,
  };
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
  const within = settled === 'approved' ? CARRY_OUT_WITHIN_MINUTES : NOTIFIED_WITHIN_MINUTES;
  const attentionAt = minutesAfter(now, within);
  const decision = { verdict: settled, by: vote.by, at: vote.at, reason };
  const change = { approval: { ...approval, votes, decision }, attentionAt };
  return { next: transition(action, settled, { ...note, text }, change) };
}

/** A vote may shorten the time that the gate allowed, and never extend it. */
const isLonger = (minutes: number | null, action: Action): boolean =>
  minutes !== action.durationMinutes &&
  (minutes === null || action.durationMinutes === null || minutes > action.durationMinutes);

/** Null while more votes are needed. An approval by a person who is no longer eligible does not count. */
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

/** The request, if this person may answer it now. */
export function openTo(
  action: Action,
  { person, people, now }: By,
): { approval: ApprovalRequest } | Refusal {
  const { approval } = action;
  const refusal = mayNotVote(action, person, people);
  if (refusal) return refusal;
  if (!approval || !peopleAsked(approval).some(({ id }) => id === person))
    return refuse('not-yours', REFUSED.notAsked);
  if (closingOf(action))
    return refuse('closed', `${notDone(action)} ${findingClosed(action, now)}`);
  if (action.status !== 'awaiting-approval') return refuse('settled', REFUSED.notCounted);
  return Date.parse(approval.expiresAt) > now.getTime()
    ? { approval }
    : refuse('too-late', REFUSED.timeOver(approval.expiresAt, now));
}

/** A refusal for a person who left policy, and for the person the action is about. */
export function mayNot(
  { target }: Action,
  person: string,
  people: Escalation['people'],
): Refusal | null {
  const known = people[person];
  if (!known) return refuse('not-yours', REFUSED.notInPolicy);
  if (target && concerns(known, target)) return refuse('not-yours', REFUSED.aboutYou);
  return null;
}

/** Also refuses a person who lost the required role since the request. */
function mayNotVote(action: Action, person: string, people: Escalation['people']): Refusal | null {
  const refusal = mayNot(action, person, people);
  if (refusal) return refusal;
  const recorded = action.approval?.roles ?? [];
  // Requests stored before roles were recorded name no role.
  const wanted = recorded.length > 0 ? recorded : Role.options;
  return hasOneOf(people[person], wanted) ? null : refuse('not-yours', REFUSED.noRole);
}

/** Whether this person already gave this vote: a second click, not a second answer. */
export const isRepeated = ({ approval }: Action, person: string, verdict: Verdict): boolean =>
  approval?.votes.some((vote) => vote.by === person && vote.verdict === VOTES[verdict]) ?? false;
