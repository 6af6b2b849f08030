// Handles the review form: keep, extend or undo an action in force.

import * as z from 'zod/mini';
import { readEnd } from '../authority/end.ts';
import type { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { errorFields } from '../platform/log.ts';
import { scheduleEnd, scheduleReview, unscheduleEnd } from '../platform/schedules.ts';
import { notCounted } from './answer.ts';
import { refuse } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { extend, isUndoOrdered, keep, orderUndo, type Review } from './keep-decision.ts';
import type { Opened } from './open-link.ts';
import { sealOrder } from './seal.ts';
import { otherHolders } from './shared-hold.ts';
import { REFUSED, REVIEWED } from './texts/answers.ts';
import type { Answer, Notice } from './texts/status.ts';

import { type Written, write } from './write-change.ts';

export const ReviewForm = z.strictObject({
  review: z.enum(['keep', 'extend', 'reverse']),
  digest: z.string(),
  /** How many extensions the page showed. */
  extensions: z.coerce.number().check(z.int(), z.gte(0)),
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
  const written = await write(deps, action, (current) => {
    const by = { person, people, now: deps.now() };
    const change = keep(current, { ...by, limits: deps.policy.limits });
    return sealOrder(deps.keys.votes, change, 'keep', by);
  });
  if (written.refusal) return notCounted(written.action, written.refusal);
  await holdAgain(deps, written.action);
  await unschedule(deps, action.actionId);
  await scheduleKeptReview(deps, written.action);
  return counted(written.action, REVIEWED.kept(written.action, deps.now()));
}

async function onExtend(
  deps: WebDeps,
  { claims, action }: Opened,
  { extensions }: ReviewForm,
): Promise<Answer> {
  const { person } = claims;
  const { limits, escalation } = deps.policy;
  const written = await write(deps, action, async (current) => {
    if (!(await isEndProven(deps, current))) return refuse('bounded', REFUSED.endNotProven);
    const by = { person, people: escalation.people, now: deps.now() };
    const change = extend(current, { ...by, limits, extensions });
    return sealOrder(deps.keys.votes, change, 'extend', by);
  });
  if (written.refusal) return notCounted(written.action, written.refusal);
  await reschedule(deps, written.action);
  return counted(written.action, REVIEWED.extended(written.action, deps.now()));
}

/** An extension of a planted due time would be a genuine order to leave the change behind. */
async function isEndProven({ keys, log }: WebDeps, action: Action): Promise<boolean> {
  const { incidentId, actionId, status } = action;
  if (status !== 'in-force') return true;
  const { evidence, dueAt } = await readEnd(keys, action);
  if (evidence && dueAt === action.dueAt) return true;
  const why = 'the due time is not proven';
  log('error', ALARMING.recordAltered, { incidentId, actionId, why });
  return false;
}

/** Ends the effect for every action that holds it. The reversals undo an action early only by these orders. */
async function onReverse(deps: WebDeps, { claims, action: shown }: Opened): Promise<Answer> {
  const { person } = claims;
  const others = await otherHolders(deps, shown);
  const { action, refusal } = await order(deps, shown, person);
  if (refusal && !isUndoOrdered(action, person, deps.now())) return notCounted(action, refusal);
  const ordered = await Promise.all(others.map((other) => order(deps, other, person)));
  try {
    for (const one of [action, ...ordered.map((other) => other.action)])
      if (isUndoOrdered(one, person, deps.now())) await startUndo(deps, one, person);
  } catch (error) {
    const { incidentId, actionId } = action;
    deps.log('error', 'reversal not started', { incidentId, actionId, ...errorFields(error) });
    return { action, notice: REVIEWED.undoNotStarted, status: 503 };
  }
  return counted(action, REVIEWED.undoing(action));
}

const order = (deps: WebDeps, shown: Action, person: string): Promise<Written> =>
  write(deps, shown, (current) => {
    const by = { person, people: deps.policy.escalation.people, now: deps.now() };
    return sealOrder(deps.keys.votes, orderUndo(current, by), 'undo', by);
  });

/** A double click repeats the name, which starts one reversal. After a failed undo there is a new order. */
function startUndo(
  { startReverse }: WebDeps,
  { incidentId, actionId, scope, orders }: Action,
  person: string,
): Promise<unknown> {
  const last = orders.findLast(({ kind, by }) => kind === 'undo' && by === person);
  return startReverse(`person-${actionId}-${Date.parse(last?.at ?? '')}`, {
    ...{ incidentId, actionId, scope, cause: 'person', by: `person:${person}` },
  });
}

const counted = (action: Action, notice: Notice): Answer => ({ action, notice, status: 200 });

/** Takes the lease again: a failed undo released it. If this fails, a person decides new actions on the effect. */
async function holdAgain({ store, keys, log }: WebDeps, action: Action): Promise<void> {
  const { actionId, before } = action;
  const { evidence } = await readEnd(keys, action);
  const effectKey = evidence?.effectKey ?? action.effectKey;
  if (!effectKey) return;
  await store.leases
    .hold(effectKey, action, before)
    .catch((error: unknown) => log('error', 'lease not held', { actionId, ...errorFields(error) }));
}

/** A schedule that remains is harmless: the reversal finds that the action is kept. */
const unschedule = ({ schedules, log }: WebDeps, actionId: string): Promise<void> =>
  unscheduleEnd(schedules, actionId).catch((error: unknown) =>
    log('warn', 'schedules not removed', { actionId, ...errorFields(error) }),
  );

/** If this fails, the sweeper notifies people of the overdue review. */
const scheduleKeptReview = ({ schedules, log }: WebDeps, action: Action): Promise<void> =>
  scheduleReview(schedules, action).catch((error: unknown) =>
    log('error', 'review not scheduled', { actionId: action.actionId, ...errorFields(error) }),
  );

/** If this fails, the old schedule finds the action not due, and the sweeper undoes it on time. */
const reschedule = ({ schedules, policy, log }: WebDeps, action: Action): Promise<void> =>
  scheduleEnd(schedules, action, policy.limits).catch((error: unknown) =>
    log('error', 'not rescheduled; the sweeper will undo it', {
      actionId: action.actionId,
      ...errorFields(error),
    }),
  );
