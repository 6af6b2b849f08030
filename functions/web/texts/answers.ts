// The page's text after a form: the answer was counted, or why it was not.
import type { Action } from '../../domain/action.ts';
import { changesOf } from '../../domain/action-catalog.ts';
import type { DeclineReason } from '../../domain/approval.ts';
import { isTargetGone } from '../../domain/effect-state.ts';
import { utc } from '../../domain/wording.ts';
import { orderOf } from '../../messaging/texts/action-line.ts';
import { doneLine, NOTHING_TO_UNDO, unanswered } from '../../messaging/texts/phrases.ts';
import { DECLINE_REASONS } from './decline-reasons.ts';
import type { Notice } from './status.ts';
import { stillAsked } from './still-asked.ts';

/** Why an answer was not counted. */
export const REFUSED = {
  notCounted: 'Your answer was not counted.',
  alreadyVoted: 'You already answered. Each person has one vote.',
  notAsked: 'You are not an approver of this request.',
  timeOver: (expiresAt: string, now: Date) => `The time to decide ended at ${utc(expiresAt, now)}.`,
  notInPolicy: 'The policy no longer names you.',
  aboutYou: 'This action is about you, so someone else must decide.',
  noRole: 'The policy no longer gives you a role that may decide this.',
  acknowledged: 'Someone is already working on this request.',
  noMoreTime: 'The policy allows no more time for this request.',
  timeAdded: (expiresAt: string, now: Date) =>
    `Time was already added, until ${utc(expiresAt, now)}.`,
  cannotTake: 'This person may not decide, or was already asked.',
  historyFull: 'The record of this action has no room left. Undo the action, or leave it as it is.',
  tooManyVotes: 'Too many people answered this request. It stays open until its deadline.',
  tooManyHandOvers: 'This request was handed over too often.',
  notObserved: 'Shadow mode did not record this action.',
  targetGone: 'The target no longer exists, so there is nothing to keep or extend.',
  cannotKeep: 'This action can no longer be kept.',
  cannotExtend: 'This action can no longer be extended.',
  alreadyExtended: (dueAt: string, now: Date) => `Already extended, until ${utc(dueAt, now)}.`,
  noExtensionLeft: (count: number) =>
    `Extended ${count} times already, the most that policy allows. Keep it, or let it be undone.`,
  nothingToUndo: 'There is nothing to undo.',
  managersOnly: 'Only a manager can request an action again.',
  alreadyRequested: 'This action was already requested again.',
  requestedAgain:
    'An earlier version of Countermand made this request. You get a new request within two minutes.',
  notProven:
    'This request differs from what Countermand decided, so no answer to it counts. The security team is notified.',
  endNotProven:
    'Nothing proves when this action is undone, so it can’t be extended. The security team is notified.',
  tooLong: 'Choose a shorter time. This one is longer than policy allows for this action.',
  noDuration: 'No schedule undoes this action, so it has no time to choose.',
  notDeclined: 'You did not decline this request, so there is no reason to record.',
  notExpired: 'This request did not expire.',
  requestedTooOften: 'This action was requested too often. Carry it out manually.',
  signInFirst: 'You have not signed in, or your session ended.',
  news: (text: string) =>
    `Your answer was not counted. The request was updated after you opened it: ${text}.`,
  pageTooOld: (minutes: number) => `This page was open for more than ${minutes} minutes.`,
} as const;

/** Titles over these reasons. */
export const NOT_COUNTED = {
  settled: 'Already decided',
  closed: 'Finding closed',
  'too-late': 'Too late',
  'not-yours': 'You can’t decide this',
  bounded: 'Not possible',
  signInFirst: 'Sign in first',
  lookAgain: 'Please look again',
} as const;

const good = (title: string, text: string): Notice => ({ title, text, tone: 'good' });
const bad = (title: string, text: string): Notice => ({ title, text, tone: 'bad' });
const quiet = (title: string, text: string): Notice => ({ title, text, tone: 'quiet' });

/** The request remains open after these. */
export const POSTPONED = {
  acknowledged: (action: Action, now: Date) =>
    stillOpen(
      'You are on it',
      `No one else is asked. If no one decides by ${until(action, now)}, ${unanswered(action)}.`,
    ),
  moreTime: (action: Action, now: Date) =>
    stillOpen('More time', `You have until ${until(action, now)}.`),
  handedOver: (action: Action, name: string, now: Date) =>
    stillOpen('Handed over', `${name} is asked now and has until ${until(action, now)}.`),
  notSent: (name: string) =>
    stillOpen(
      'Not sent',
      `Please call ${name}: the message could not be sent. ${name} may decide.`,
    ),
} as const;

const until = ({ approval }: Action, now: Date): string => utc(approval?.expiresAt, now);
const stillOpen = (title: string, text: string): Notice =>
  quiet(title, `${text} Your link still works.`);

/** This person's vote, and what follows it. */
export function voteCounted(action: Action, person: string): Notice {
  const { approval, status } = action;
  const vote = approval?.votes.find(({ by }) => by === person);
  const yours = `You ${vote?.verdict} this at ${utc(vote?.at, vote?.at)}.`;
  if (!approval?.decision)
    return quiet(
      'Your answer is recorded',
      `${yours} Nothing has changed yet: ${moreApprovers(missing(action))} approve by ${utc(approval?.expiresAt, vote?.at)}.${stillAsked(action)}`,
    );
  if (approval.decision.verdict === 'declined')
    return quiet('Declined', `${yours} Nothing was changed. No one else is asked.`);
  const next = status === 'approved' ? ' You are notified if it stops.' : '';
  return good('Approved', `${yours}${next}`);
}

/** At least one: a recorded approval may no longer count. */
const missing = ({ approval }: Action): number => {
  const approved = approval?.votes.filter(({ verdict }) => verdict === 'approved').length ?? 0;
  return Math.max(1, (approval?.required ?? 1) - approved);
};

const moreApprovers = (count: number): string =>
  count === 1 ? 'one more person must' : `${count} more people must`;

export const NONE_TICKED = bad(
  'No action selected',
  'Nothing was decided: no action was ticked. Tick at least one, then approve or decline.',
);

/** Several answers at once. `open`: how many still need other approvers. */
export function votesCounted(
  verdict: 'approve' | 'decline',
  { counted, chosen, open }: { counted: number; chosen: number; open: number },
): Notice {
  const rest = chosen - counted;
  const others =
    rest > 0
      ? ` ${rest} ${rest === 1 ? 'was' : 'were'} decided or changed in the meantime and not counted.`
      : '';
  const more = open > 0 ? ` ${open} still ${open === 1 ? 'needs' : 'need'} another person.` : '';
  return {
    title: `${rest > 0 ? `${counted} of ${chosen}` : counted} ${verdict === 'approve' ? 'approved' : 'declined'}`,
    text: `Your answer was recorded for ${rest > 0 ? `${counted} of ${chosen}` : counted} ${chosen === 1 ? 'request' : 'requests'}.${others}${more}`,
    tone: counted > 0 && verdict === 'approve' ? 'good' : 'quiet',
  };
}

export const REASON_RECORDED = (why: DeclineReason): Notice =>
  good(
    'Reason recorded',
    `${DECLINE_REASONS[why]}. Your decline was already counted. Nothing was changed.`,
  );

/** After keep, extend or undo. */
export const REVIEWED = {
  kept: ({ reviewAt, name }: Action, now: Date) =>
    good(
      'Kept',
      `This stays until someone undoes it. You are asked again at ${utc(reviewAt, now)}.${changesOf(name)?.afterUndo === 'rotate-key' ? ' The owner needs a new key: the message with your link has the commands.' : ''}`,
    ),
  extended: ({ dueAt }: Action, now: Date) =>
    good(
      'Extended',
      `Undo is now scheduled for ${utc(dueAt, now)}, unless someone keeps or extends this again.`,
    ),
  undoing: (action: Action) =>
    isTargetGone(action)
      ? good('Being closed', `${NOTHING_TO_UNDO} The record is closed within a minute.`)
      : good(
          'Being undone',
          `${doneLine(action)}. Undo has started. You are notified if it fails.`,
        ),
  undoNotStarted: bad('Not undone', 'The undo could not be started. Please try again in a minute.'),
} as const;

export const JUDGED = (judgement: 'right' | 'wrong'): Notice =>
  good(
    `Recorded: ${judgement}`,
    'Your judgement counts in the summary of this action. Nothing was changed. You can change your answer with the same link.',
  );

export const requestedAgain = (action: Action): Notice =>
  good(
    'Requested again',
    `Countermand reads the facts again, then asks the people on call whether to ${orderOf(action)}.`,
  );
