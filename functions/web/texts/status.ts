// The text of the pages for an action in each state.
import { type Action, personIn } from '../../domain/action.ts';
import { opensTicketUnanswered } from '../../domain/action-catalog.ts';
import { peopleAsked } from '../../domain/approval.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import {
  isBeingUndone,
  isHeldByAnother,
  isRemoved,
  isTargetGone,
  isUnproven,
  joinReason,
  wasInPlaceBefore,
} from '../../domain/effect-state.ts';
import { quoted, utc } from '../../domain/wording.ts';
import { doneOf, orderOf, sentence } from '../../messaging/texts/action-line.ts';
import {
  alreadyInPlace,
  findingClosed,
  IN_RECORD,
  inForceSince,
  isTicketElsewhere,
  NOTHING_TO_UNDO,
  notDone,
  TICKET_ELSEWHERE,
  tooLate,
} from '../../messaging/texts/phrases.ts';
import type { Escalation } from '../../policy/schemas/escalation.ts';
import { DECLINE_REASONS } from './decline-reasons.ts';
import { stillAsked } from './still-asked.ts';

export type Notice = { title: string; text: string; tone: 'good' | 'bad' | 'quiet' };
/** After a form: the action, the text to show first, and whether the answer was counted. */
export type Answer = { action: Action; notice: Notice; status: 200 | 403 | 409 | 410 | 503 };
/** Names of people by id. */
export type Names = Readonly<Record<string, string>>;

/** The people of the current policy, and the approvers of this action, who may have left it. */
export function namesIn(
  { approval }: Pick<Action, 'approval'>,
  people: Escalation['people'],
): Names {
  const asked = approval ? [...peopleAsked(approval), ...approval.managers] : [];
  return Object.fromEntries([
    ...Object.entries(people).map(([id, { name }]) => [id, name]),
    ...asked.map(({ id, name }) => [id, name]),
  ]);
}

/** The current state, after the name of the person who decided. */
export function statusNotice(action: Action, names: Names, now: Date): Notice {
  const { title, text, tone } =
    effectNotice(action, now, names) ?? STATUS[action.status](action, now, names);
  const decided = decidedBy(action, names, now);
  return { title, tone, text: decided ? `${decided} ${text}` : text };
}

type Write = (action: Action, now: Date, names: Names) => Notice;
const good = (title: string, text: string): Notice => ({ title, text, tone: 'good' });
const bad = (title: string, text: string): Notice => ({ title, text, tone: 'bad' });
const quiet = (title: string, text: string): Notice => ({ title, text, tone: 'quiet' });

/** Where the effect is not what the status says; otherwise null. */
function effectNotice(action: Action, now: Date, names: Names): Notice | null {
  if (isBeingUndone(action, now)) return STATUS.reversing(action, now, names);
  if (wasInPlaceBefore(action)) return quiet('Already in place', alreadyInPlace(action));
  if (isTicketElsewhere(action)) return bad('Not opened as planned', TICKET_ELSEWHERE);
  if (isTargetGone(action) && action.status !== 'failed')
    return quiet(
      'Target deleted',
      `${doneOf(action)} at ${utc(action.appliedAt, now)}. ${NOTHING_TO_UNDO}`,
    );
  if (isRemoved(action)) {
    const removed = action.history.findLast(({ event }) => event === 'drifted');
    return bad(
      'Removed by someone else',
      `${doneOf(action)} at ${utc(action.appliedAt, now)}. Someone else removed this: found at ${utc(removed?.at, now)}. Countermand applies it again only if a deployment removed it.`,
    );
  }
  return isHeldByAnother(action)
    ? quiet(
        'Ended, the change was still needed',
        `${doneOf(action)} at ${utc(action.appliedAt, now)}. This action ended at ${changedBy(action, names, now)}. Another action needed the same change at that time, so the change stays until the last one ends.`,
      )
    : null;
}

const STATUS: Readonly<Record<Action['status'], Write>> = {
  proposed: (action) =>
    quiet(
      'Being prepared',
      `Nothing has changed yet. Countermand is preparing to ${orderOf(action)}.`,
    ),
  'awaiting-approval': (action, now) =>
    Date.parse(action.approval?.expiresAt ?? '') <= now.getTime()
      ? quiet('Request expired', expired(action, now))
      : quiet(
          'Waiting for a decision',
          `Nothing has changed yet. The request to ${orderOf(action)} expires at ${utc(action.approval?.expiresAt, now)}.${stillAsked(action)}`,
        ),
  approved: (action) => good('Approved', `Countermand is about to ${orderOf(action)}.`),
  declined: (action) => quiet('Declined', notDone(action)),
  expired: (action, now) =>
    closingOf(action)
      ? quiet('Finding closed', `${notDone(action)} ${findingClosed(action, now)}`)
      : quiet('Request expired', expired(action, now)),
  executing: (action) => good('In progress', `Started to ${orderOf(action)}.`),
  'in-force': (action, now) => good('In force', inForceSince(action, now)),
  kept: (action, now, names) =>
    good(
      'Kept',
      `${doneOf(action)} at ${utc(action.appliedAt, now)}. Kept at ${changedBy(action, names, now)}. This stays until someone undoes it.${action.reviewAt ? ` Its next review is at ${utc(action.reviewAt, now)}.` : ''}`,
    ),
  reversing: (action, now) =>
    quiet('Being undone', `${doneOf(action)} at ${utc(action.appliedAt, now)}. Undo has started.`),
  reversed: (action, now, names) =>
    quiet(
      'Undone',
      `${doneOf(action)} at ${utc(action.appliedAt, now)}. Undone at ${changedBy(action, names, now)}.`,
    ),
  'reversal-failed': (action, now) => {
    const at = utc(entryOf(action)?.at, now);
    const next = isUnproven(action)
      ? `The undo stopped at ${at}. The record has no proof of what to restore, and someone may have changed it.`
      : `The undo failed at ${at}. The on-call analyst has the commands to undo it manually.`;
    return bad('Not undone', `${doneOf(action)} at ${utc(action.appliedAt, now)}. ${next}`);
  },
  observed: (action, now, names) =>
    action.failure === null
      ? quiet(
          'Not done, in shadow mode',
          `${notDone(action)} ${judgedBy(action, names, now)}`.trim(),
        )
      : stopped(action),
  'handed-off': (action) =>
    action.failure === null
      ? quiet('Handed off', `${notDone(action)} A person decides and carries it out manually.`)
      : stopped(action),
  dropped: (action) => {
    const joined = joinReason(action);
    return joined ? quiet('Joined', sentence(joined)) : quiet('Not pursued', notDone(action));
  },
  failed: (action) =>
    action.before === null
      ? stopped(action)
      : bad('Not done', `${notDone(action)} ${sentence(action.failure ?? IN_RECORD)}`),
};

const stopped = (action: Action): Notice =>
  bad('Stopped', `${notDone(action)} ${sentence(action.failure ?? IN_RECORD)}`);

/** After the state of another request of the incident. */
export const expiredBefore = (action: Action): string =>
  `Another request had expired: to ${orderOf(action)}.`;

/** A ticket is opened although no one decided. */
export function expired(action: Action, now: Date): string {
  const noOne = tooLate(action, now);
  return opensTicketUnanswered(action.name)
    ? `${noOne}, so Countermand tries to open the ticket anyway. The message about the expiry names it.`
    : `${notDone(action)} ${noOne}.`;
}

const entryOf = ({ history, status }: Action) =>
  history.findLast(({ event }) => event === status) ?? history.at(-1);

/** When the current state began, and who caused it: `03:15 UTC, by Ana Silva`. */
function changedBy(action: Action, names: Names, now: Date): string {
  const entry = entryOf(action);
  const by = entry?.by ?? '';
  const person = personIn(by);
  const who = person ? `by ${names[person] ?? person}` : (BY[by] ?? `by ${by}`);
  return `${utc(entry?.at, now)}, ${who}`;
}

const BY: Readonly<Record<string, string>> = {
  schedule: 'on schedule',
  sweep: 'late, because the schedule was missed',
  policy: 'by policy',
};

/** `Mei Tanaka judged this right at 09:02 UTC.`, or nothing. */
export function judgedBy({ judgement }: Action, names: Names, now: Date): string {
  if (!judgement) return '';
  const note = judgement.note ? `, with the note ${quoted(judgement.note)}` : '';
  return `${names[judgement.by] ?? judgement.by} judged this ${judgement.verdict} at ${utc(judgement.at, now)}${note}.`;
}

/** `Ana Silva approved this at 03:02 UTC.`, or nothing. */
export function decidedBy({ approval }: Action, names: Names, now: Date): string {
  const decision = approval?.decision;
  if (!decision) return '';
  const reason = decision.reason ? `, with the reason ${quoted(decision.reason)}` : '';
  const given = approval.declineReasons.find(({ by }) => by === decision.by);
  const why = given ? ` Reason: ${lowered(DECLINE_REASONS[given.why])}${noteOf(given)}.` : '';
  return `${names[decision.by] ?? decision.by} ${decision.verdict} this at ${utc(decision.at, now)}${reason}.${why}`;
}

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
const noteOf = ({ note }: { note: string }): string => (note ? `, ${quoted(note)}` : '');
