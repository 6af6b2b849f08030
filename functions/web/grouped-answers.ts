// One answer to several questions that are alike: each is decided by itself, on its own digest.

import * as z from 'zod';
import { type Action, ActionId } from '../domain/action.ts';
import type { Answer } from './action-status.ts';
import type { Verdict } from './decision.ts';
import type { WebDeps } from './deps.ts';
import type { Opened } from './open-link.ts';
import { decideOne } from './vote.ts';

/** What the page showed of a question: its id and its digest. */
const Picked = z
  .string()
  .transform((text) => text.split(' '))
  .pipe(z.tuple([ActionId, z.string().regex(/^[0-9a-f]{64}$/)]));

/** Browsers send one value as a string and several as a list. */
const picks = z
  .preprocess((given) => (given === undefined ? [] : [given].flat()), z.array(Picked).max(60))
  .default([]);

export const TogetherForm = {
  /** All that the page showed, and those that were ticked. */
  all: picks,
  ticked: picks,
};

type Answered = { verdict: Verdict; reason: string; chosen: z.infer<typeof picks> };

export const pickOf = ({ actionId, digest }: Pick<Action, 'actionId' | 'digest'>): string =>
  `${actionId} ${digest}`;

/** Decides each, and says how many counted. What was changed or settled since the page was shown does not. */
export async function decideTogether(
  deps: WebDeps,
  { claims, action }: Opened,
  { verdict, reason, chosen }: Answered,
): Promise<Answer> {
  let counted = 0;
  for (const [actionId, digest] of chosen) {
    const found = await deps.store.records.findAction(action.incidentId, actionId);
    if (!found || found.digest !== digest || found.name !== action.name) continue;
    const { refusal } = await decideOne(deps, found, { person: claims.person, verdict, reason });
    if (!refusal) counted++;
  }
  const now = await deps.store.records.action(action.incidentId, action.actionId);
  return {
    action: now,
    status: counted > 0 ? 200 : 409,
    say: sayOf(verdict, counted, chosen.length),
  };
}

function sayOf(verdict: Verdict, counted: number, chosen: number): Answer['say'] {
  const done = verdict === 'approve' ? 'approved' : 'declined';
  if (chosen === 0)
    return { title: 'None chosen', text: 'You ticked none, so nothing was decided.', tone: 'bad' };
  const rest = chosen - counted;
  const others =
    rest > 0
      ? ` ${rest} had been settled or changed meanwhile; your answer to them was not counted.`
      : '';
  return {
    title: `${counted} of ${chosen} ${done}`,
    text: `Your answer was recorded for ${counted}.${others} Each is checked once more before anything happens.`,
    tone: counted > 0 && verdict === 'approve' ? 'good' : 'quiet',
  };
}
