// Where an action stands, in words for whoever opens its link: what happened, who said so, when, and what comes next.

import type { Action } from '../domain/action.ts';
import { opensTicketUnanswered } from '../domain/action-catalog.ts';
import { quoted, utc } from '../domain/wording.ts';
import { reviewSentence } from '../messaging/texts/phrases.ts';
import type { Escalation } from '../policy/schemas/escalation.ts';
import { peopleAsked } from './decision.ts';

export type Standing = { title: string; text: string; tone: 'good' | 'bad' | 'quiet' };
/** What a form came to: the action after it, what to say first, and whether the answer was counted. */
export type Answer = { action: Action; say: Standing; status: 200 | 403 | 409 | 410 | 503 };
/** Names of people by id. */
export type Names = Readonly<Record<string, string>>;

/** Of policy as it is, and of those who are asked about this action, whom policy may no longer know. */
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

/** The action's state as of now, honest after every outcome. */
export function standingOf(action: Action, names: Names, now: Date): Standing {
  const { title, text, tone } = STANDINGS[action.status](action, now, names);
  const said = decidedBy(action, names);
  return { title, tone, text: said ? `${said} ${text}` : text };
}

type Say = (action: Action, now: Date, names: Names) => Standing;
const good = (title: string, text: string): Standing => ({ title, text, tone: 'good' });
const bad = (title: string, text: string): Standing => ({ title, text, tone: 'bad' });
const quiet = (title: string, text: string): Standing => ({ title, text, tone: 'quiet' });

const STANDINGS: Readonly<Record<Action['status'], Say>> = {
  proposed: () => quiet('Not yet open', 'It is being prepared.'),
  'awaiting-approval': ({ approval }, now) =>
    approval && Date.parse(approval.expiresAt) <= now.getTime()
      ? quiet('Time is over', `Nobody decided by ${utc(approval.expiresAt)}. Nothing was done.`)
      : quiet('Waiting for an answer', `It ends at ${utc(approval?.expiresAt)}.`),
  approved: () => good('Approved', 'It is checked once more against policy, then carried out.'),
  declined: () => quiet('Declined', 'Nothing was done.'),
  expired: ({ approval, name }) =>
    quiet(
      'Expired',
      `Nobody decided by ${utc(approval?.expiresAt)}. ${opensTicketUnanswered(name) ? 'The message about that says which ticket there is all the same.' : 'Nothing was done.'}`,
    ),
  executing: () => good('Being carried out', 'Open this link again in a minute to see the result.'),
  'in-force': ({ appliedAt, dueAt }) =>
    good(
      'In force',
      `It is in force since ${utc(appliedAt)}${dueAt ? ` and is undone at ${utc(dueAt)}` : ''}.`,
    ),
  kept: (action, _now, names) =>
    good(
      'Kept',
      `It is in force since ${utc(action.appliedAt)} and stays until somebody reverses it. Kept at ${saidBy(action, names)}.${reviewSentence(action)}`,
    ),
  reversing: () => quiet('Being undone', 'Open this link again in a minute to see the result.'),
  reversed: (action, _now, names) => quiet('Undone', `It was undone at ${saidBy(action, names)}.`),
  'reversal-failed': (action) =>
    bad(
      'Not undone',
      `The attempt of ${utc(lastAt(action))} to undo it failed. The on-call analyst has the commands to do it by hand.`,
    ),
  observed: (action, _now, names) =>
    action.failure === null
      ? quiet('Observed', `In shadow mode nothing is done. ${judgedBy(action, names)}`.trim())
      : stopped(action),
  'handed-off': (action) => stopped(action),
  dropped: () => quiet('Not pursued', 'Nothing was done.'),
  failed: (action) =>
    action.before === null
      ? stopped(action)
      : bad('Not done', `${sentence(action.failure)} What had been changed was taken back.`),
};

const stopped = ({ failure }: Action): Standing =>
  bad('Stopped', `${sentence(failure)} Nothing was changed.`);

const sentence = (text: string | null) => (text ? `${text.replace(/\.$/, '')}.` : '');

/** When the present state began, and by whose word: `03:15 UTC on 24 Nov, by Ana Silva`. */
function saidBy({ history, status }: Action, names: Names): string {
  const entry = history.findLast(({ event }) => event === status) ?? history.at(-1);
  const by = entry?.by ?? '';
  const person = by.startsWith('person:') ? by.slice('person:'.length) : null;
  const who = person ? `by ${names[person] ?? person}` : (BY[by] ?? `by ${by}`);
  return `${utc(entry?.at)}, ${who}`;
}

const BY: Readonly<Record<string, string>> = {
  schedule: 'as it was due',
  sweep: 'as it was overdue',
  policy: 'as policy says',
};

const lastAt = ({ history }: Action) => history.at(-1)?.at;

/** `Mei Tanaka judged it right at 09:02 UTC on 24 Nov.`, or nothing where nobody did. */
export function judgedBy({ judgement }: Action, names: Names): string {
  if (!judgement) return '';
  const note = judgement.note ? `, saying ${quoted(judgement.note)}` : '';
  return `${names[judgement.by] ?? judgement.by} judged it ${judgement.verdict} at ${utc(judgement.at)}${note}.`;
}

/** `Ana Silva approved it at 03:02 UTC on 24 Nov.`, or nothing where nobody did. */
export function decidedBy({ approval }: Action, names: Names): string {
  const decision = approval?.decision;
  if (!decision) return '';
  const reason = decision.reason ? `, saying ${quoted(decision.reason)}` : '';
  return `${names[decision.by] ?? decision.by} ${decision.verdict} it at ${utc(decision.at)}${reason}.`;
}
