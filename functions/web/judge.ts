// Whether what shadow mode would have done was right: one person's word on one observed action, replaced by a later one.

import * as z from 'zod';
import type { Action } from '../domain/action.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { Answer } from './action-status.ts';
import { notCounted } from './approval.ts';
import { type By, type Change, mayNot, refuse } from './decision.ts';
import type { WebDeps } from './deps.ts';
import type { Opened } from './open-link.ts';

import { write } from './write-change.ts';

export const JudgeForm = z.strictObject({
  judgement: z.enum(['right', 'wrong']),
  note: z.string().trim().max(300).default(''),
  digest: z.string(),
});
type JudgeForm = z.infer<typeof JudgeForm>;

/** Shadow mode recorded it: nothing was done, and nothing is done by judging it. */
export const mayJudge = ({ status }: Action): boolean => status === 'observed';

type Word = Pick<JudgeForm, 'judgement' | 'note'>;

/** The last word counts; each is in the history. */
export function judge(action: Action, { person, people, now, judgement, note }: By & Word): Change {
  const stranger = mayNot(action, person, people);
  if (stranger) return stranger;
  if (!mayJudge(action)) return refuse('settled', 'It was not observed in shadow mode.');
  const text = `${judgement}: ${action.name ?? 'no known action'}${note ? `, saying ${note}` : ''}`;
  return {
    next: {
      ...withEntry(action, { at: now, by: `person:${person}`, event: 'judged', text }),
      judgement: { verdict: judgement, by: person, at: now.toISOString(), note },
    },
  };
}

/** A second click is no second word. */
const isSaid = ({ judgement }: Action, person: string, { judgement: verdict, note }: Word) =>
  judgement?.by === person && judgement.verdict === verdict && judgement.note === note;

export async function onJudge(
  deps: WebDeps,
  { claims, action }: Opened,
  { judgement, note }: JudgeForm,
): Promise<Answer> {
  const { person } = claims;
  const { people } = deps.policy.escalation;
  const word = { judgement, note };
  const { action: after, refusal } = isSaid(action, person, word)
    ? { action, refusal: null }
    : await write(deps, action, (current) =>
        judge(current, { person, people, now: deps.now(), ...word }),
      );
  if (refusal) return notCounted(after, refusal);
  return {
    action: after,
    say: {
      title: judgement === 'right' ? 'Noted: right' : 'Noted: wrong',
      text: 'It counts in the summary of this action. Nothing is done or undone by it; your link stays good, should you see it differently.',
      tone: 'good',
    },
    status: 200,
  };
}
