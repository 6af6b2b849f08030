// Decides several requests with one form, each on its own digest.

import * as z from 'zod/mini';
import { type Action, ActionId } from '../domain/action.ts';
import type { Verdict } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { chosenFor, type Durations } from './durations.ts';
import { listField } from './list-field.ts';
import type { Opened } from './open-link.ts';
import { NONE_TICKED, votesCounted } from './texts/answers.ts';
import type { Answer } from './texts/status.ts';
import { decideOne } from './vote.ts';

/** A question as the page showed it: its id and its digest. */
export const PickedField = z.pipe(
  z.pipe(
    z.string(),
    z.transform((text) => text.split(' ')),
  ),
  z.tuple([ActionId, z.string().check(z.regex(/^[0-9a-f]{64}$/))]),
);

const picks = listField(PickedField);

export const TogetherForm = {
  /** All questions that the page showed, and the ticked ones. */
  all: picks,
  ticked: picks,
};

/** The ID and the digest of an action. */
export type Picked = z.infer<typeof PickedField>;

type Answered = {
  verdict: Verdict;
  reason: string;
  chosen: z.infer<typeof picks>;
  durations: Durations;
};

export const pickOf = ({ actionId, digest }: Action): string => `${actionId} ${digest}`;

/** The actions of the incident that the page showed, without those that have changed since. */
export async function pickedActions(
  { store }: Pick<WebDeps, 'store'>,
  { incidentId }: Pick<Action, 'incidentId'>,
  chosen: readonly Picked[],
): Promise<Action[]> {
  const found = await Promise.all(
    chosen.map(async ([actionId, digest]) => {
      const one = await store.records.findAction(incidentId, actionId);
      return one?.digest === digest ? one : undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** Decides each action by itself. One that was changed or decided since the page was shown does not count. */
export async function decideTogether(
  deps: WebDeps,
  { claims, action, shownAt }: Opened,
  { verdict, reason, chosen, durations }: Answered,
): Promise<Answer> {
  let counted = 0;
  let open = 0;
  for (const found of await pickedActions(deps, action, chosen)) {
    const durationMinutes = chosenFor(durations, found.actionId);
    const vote = { person: claims.person, verdict, reason, shownAt, durationMinutes };
    const after = await decideOne(deps, found, vote);
    if (after.refusal) continue;
    counted++;
    if (after.action.status === 'awaiting-approval') open++;
  }
  const now = await deps.store.records.action(action.incidentId, action.actionId);
  return {
    action: now,
    status: counted > 0 ? 200 : 409,
    notice:
      chosen.length === 0
        ? NONE_TICKED
        : votesCounted(verdict, { counted, chosen: chosen.length, open }),
  };
}
