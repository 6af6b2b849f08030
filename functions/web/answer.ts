// Answers to a form: the vote counted, or why it did not.
import type { Action } from '../domain/action.ts';
import type { Refusal } from './decision.ts';
import { NOT_COUNTED, voteCounted } from './texts/answers.ts';
import type { Answer, Notice } from './texts/status.ts';

/** The answer to a vote that counted. */
export const counted = (action: Action, person: string): Answer => ({
  action,
  notice: voteCounted(action, person),
  status: 200,
});

const STATUS_OF = {
  settled: 409,
  closed: 409,
  'too-late': 410,
  'not-yours': 403,
  bounded: 409,
  lookAgain: 409,
} as const;

export function notCounted(action: Action, { because, refused }: Refusal): Answer {
  const notice: Notice = { title: NOT_COUNTED[because], text: refused, tone: 'bad' };
  return { action, notice, status: STATUS_OF[because] };
}
