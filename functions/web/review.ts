// A form of the review page: keep, extend or reverse what is in force. The record first, then its effects.

import * as z from 'zod';
import type { Action } from '../domain/action.ts';
import { changesOf } from '../domain/action-catalog.ts';
import { utc } from '../domain/wording.ts';
import { errorFields } from '../platform/log.ts';
import { scheduleEnd, scheduleReview, unscheduleEnd } from '../platform/schedules.ts';
import type { Answer } from './action-status.ts';
import { notCounted } from './approval.ts';
import { mayNot } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { extend, keep, mayReverse, type Review } from './keep-decision.ts';
import type { Opened } from './open-link.ts';

import { write } from './write-change.ts';

export const ReviewForm = z.strictObject({
  review: z.enum(['keep', 'extend', 'reverse']),
  digest: z.string(),
  /** How many extensions the page showed. */
  extensions: z.coerce.number().int().min(0),
});
type ReviewForm = z.infer<typeof ReviewForm>;

export const onReview = (deps: WebDeps, opened: Opened, form: ReviewForm): Promise<Answer> =>
  REVIEWS[form.review](deps, opened, form);

const REVIEWS: Readonly<
  Record<Review, (deps: WebDeps, opened: Opened, form: ReviewForm) => Promise<Answer>>
> = { keep: onKeep, extend: onExtend, reverse: onReverse };

async function onKeep(deps: WebDeps, { claims, action }: Opened): Promise<Answer> {
  const { person } = claims;
  const { people } = deps.policy.escalation;
  const written = await write(deps, action, (current) =>
    keep(current, { person, people, now: deps.now(), limits: deps.policy.limits }),
  );
  if (written.refusal) return notCounted(written.action, written.refusal);
  await holdAgain(deps, written.action);
  await unschedule(deps, action.actionId);
  await scheduleKeptReview(deps, written.action);
  return counted(
    written.action,
    'Kept',
    `It stays until somebody reverses it. The record says that you kept it, and you are asked again at ${utc(written.action.reviewAt)}.${changesOf(written.action.name)?.afterUndo === 'rotate-key' ? ' Its owner needs a new key: the message with your link has the commands.' : ''}`,
  );
}

async function onExtend(
  deps: WebDeps,
  { claims, action }: Opened,
  { extensions }: ReviewForm,
): Promise<Answer> {
  const { person } = claims;
  const { limits, escalation } = deps.policy;
  const written = await write(deps, action, (current) =>
    extend(current, { person, people: escalation.people, now: deps.now(), limits, extensions }),
  );
  if (written.refusal) return notCounted(written.action, written.refusal);
  await reschedule(deps, written.action);
  const text = `It is now undone at ${utc(written.action.dueAt)}, unless somebody keeps or extends it again.`;
  return counted(written.action, 'Extended', text);
}

/** Writes nothing: the reversal records itself, in this person's name. */
async function onReverse(deps: WebDeps, { claims, action }: Opened): Promise<Answer> {
  const { incidentId, actionId, scope, version } = action;
  const stranger = mayNot(action, claims.person, deps.policy.escalation.people);
  if (stranger) return notCounted(action, stranger);
  if (!mayReverse(action))
    return notCounted(action, { because: 'settled', refused: 'There is nothing to reverse.' });
  try {
    // Named after the state of affairs and the minute: a double click is one reversal, and one that failed is no end.
    const minute = Math.floor(deps.now().getTime() / 60_000);
    await deps.startReverse(`person-${actionId}-${version}-${minute}`, {
      incidentId,
      actionId,
      scope,
      cause: 'person',
      by: `person:${claims.person}`,
    });
  } catch (error) {
    deps.log('error', 'reversal not started', { incidentId, actionId, ...errorFields(error) });
    const text = 'The reversal could not be started. Please try again in a minute.';
    return { action, say: { title: 'Not reversed', text, tone: 'bad' }, status: 503 };
  }
  return counted(
    action,
    'Being undone',
    'It is taken back now. You will hear from us if it fails.',
  );
}

const counted = (action: Action, title: string, text: string): Answer => ({
  action,
  say: { title, text, tone: 'good' },
  status: 200,
});

/** What could not be undone was given up by its holder. Should this fail, new actions on it go to a person, as before. */
async function holdAgain({ store, log }: WebDeps, action: Action): Promise<void> {
  const { effectKey, actionId, before } = action;
  if (!effectKey) return;
  await store.leases
    .hold(effectKey, actionId, before)
    .catch((error: unknown) => log('error', 'lease not held', { actionId, ...errorFields(error) }));
}

/** A schedule that cannot be removed does no harm: the reversal finds that the action is kept. */
const unschedule = ({ schedules, log }: WebDeps, actionId: string): Promise<void> =>
  unscheduleEnd(schedules, actionId).catch((error: unknown) =>
    log('warn', 'schedules not removed', { actionId, ...errorFields(error) }),
  );

/** Should this fail, the sweeper says that the review is overdue. */
const scheduleKeptReview = ({ schedules, log }: WebDeps, action: Action): Promise<void> =>
  scheduleReview(schedules, action).catch((error: unknown) =>
    log('error', 'review not scheduled', { actionId: action.actionId, ...errorFields(error) }),
  );

/** The record has the new time: should this fail, the old schedule finds the action not due, and the sweeper undoes it on time. */
const reschedule = ({ schedules, policy, log }: WebDeps, action: Action): Promise<void> =>
  scheduleEnd(schedules, action, policy.limits).catch((error: unknown) =>
    log('error', 'not rescheduled; the sweeper will undo it', {
      actionId: action.actionId,
      ...errorFields(error),
    }),
  );
