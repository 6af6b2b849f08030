// Records whether an action that shadow mode recorded was right.

import * as z from 'zod/mini';
import type { Action } from '../domain/action.ts';
import { isFull, withEntry } from '../store/hash-chain.ts';
import { notCounted } from './answer.ts';
import { type By, type Change, mayNot, refuse } from './decision.ts';
import type { WebDeps } from './deps.ts';
import type { Opened } from './open-link.ts';
import { Remark } from './remark.ts';
import { JUDGED, REFUSED } from './texts/answers.ts';
import { HISTORY } from './texts/history.ts';
import type { Answer } from './texts/status.ts';

import { write } from './write-change.ts';

export const JudgeForm = z.strictObject({
  judgement: z.enum(['right', 'wrong']),
  note: Remark,
  digest: z.string(),
});
type JudgeForm = z.infer<typeof JudgeForm>;

/** Only actions that shadow mode recorded. Judging one changes nothing in AWS. */
export const mayJudge = ({ status }: Action): boolean => status === 'observed';

type Answered = Pick<JudgeForm, 'judgement' | 'note'>;

/** The last judgement counts; the history has all of them. */
export function judge(
  action: Action,
  { person, people, now, judgement, note }: By & Answered,
): Change {
  const refusal = mayNot(action, person, people);
  if (refusal) return refusal;
  if (!mayJudge(action)) return refuse('settled', REFUSED.notObserved);
  if (isFull(action.history)) return refuse('bounded', REFUSED.historyFull);
  const text = HISTORY.judged(judgement, action.name, note);
  return {
    next: {
      ...withEntry(action, { at: now, by: `person:${person}`, event: 'judged', text }),
      judgement: { verdict: judgement, by: person, at: now.toISOString(), note },
    },
  };
}

/** A second click is not a second judgement. */
const isSaid = ({ judgement }: Action, person: string, { judgement: verdict, note }: Answered) =>
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
    notice: JUDGED(judgement),
    status: 200,
  };
}
