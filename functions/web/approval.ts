// Handles the approval form: writes the decision first, then passes it on.

import * as z from 'zod/mini';
import type { Action } from '../domain/action.ts';
import { DeclineReason } from '../domain/approval.ts';
import { waitsFor } from '../domain/open-requests.ts';
import { errorFields } from '../platform/log.ts';
import { counted, notCounted } from './answer.ts';
import { type By, type Change, refuse } from './decision.ts';
import { onDeclineReason } from './decline-reason.ts';
import type { WebDeps } from './deps.ts';
import { chosenFor, Durations } from './durations.ts';
import { decideTogether, PickedField, pickedActions, TogetherForm } from './grouped-answers.ts';
import { mayReverse, mayUndoBy } from './keep-decision.ts';
import type { Opened } from './open-link.ts';
import { Remark } from './remark.ts';
import { acknowledge, askForTime, handOver } from './request.ts';
import { onReview } from './review.ts';
import { POSTPONED, REFUSED } from './texts/answers.ts';
import type { Answer, Notice } from './texts/status.ts';
import { decideOne } from './vote.ts';

import { write } from './write-change.ts';

export const ApproveForm = z.strictObject({
  verdict: z.enum([
    'approve',
    'decline',
    'approve-all',
    'approve-ticked',
    'decline-all',
    'decline-ticked',
    'acknowledge',
    'more-time',
    'hand-over',
    'give-reason',
    'undo',
  ]),
  /** The person to hand over to. Browsers send the list's choice with every button. */
  to: z._default(z.string().check(z.maxLength(64)), ''),
  reason: Remark,
  /** Only with `give-reason`: why the person declined. */
  why: z._default(DeclineReason, 'something-else'),
  /** Only with `undo`: one of the actions that the page offered. By default, the action of the link. */
  undo: z.optional(PickedField),
  digest: z.string(),
  /** The time that the person chose for each action. */
  duration: Durations,
  ...TogetherForm,
});
type ApproveForm = z.infer<typeof ApproveForm>;

export async function onApproval(
  deps: WebDeps,
  opened: Opened,
  form: ApproveForm,
): Promise<Answer> {
  const { claims, action, shownAt } = opened;
  const { person } = claims;
  const { verdict, reason } = form;
  switch (verdict) {
    case 'acknowledge':
    case 'more-time':
    case 'hand-over':
      return postpone(deps, opened, verdict, form);
    case 'undo':
      return undo(deps, opened, form);
    case 'give-reason':
      return onDeclineReason(deps, opened, { why: form.why, note: reason, chosen: form.all });
    case 'approve':
    case 'decline': {
      const durationMinutes = chosenFor(form.duration, action.actionId);
      const vote = { person, verdict, reason, shownAt, durationMinutes };
      const { action: after, refusal } = await decideOne(deps, action, vote);
      return refusal ? notCounted(after, refusal) : counted(after, person);
    }
    default:
      return decideTogether(deps, opened, {
        ...SEVERAL[verdict](form),
        reason,
        durations: form.duration,
      });
  }
}

/** Undoes the one action that the button named, by an order of its own. */
async function undo(
  deps: WebDeps,
  opened: Opened,
  { undo: picked }: Pick<ApproveForm, 'undo'>,
): Promise<Answer> {
  const { claims, action } = opened;
  const [chosen] = picked ? await pickedActions(deps, action, [picked]) : [action];
  if (!chosen) return notCounted(action, refuse('settled', REFUSED.nothingToUndo));
  if (mayReverse(chosen) && !mayUndoBy(chosen, claims.person))
    return notCounted(action, refuse('not-yours', REFUSED.notAsked));
  const order = { review: 'reverse', digest: chosen.digest, extensions: 0 } as const;
  const answer = await onReview(deps, { ...opened, action: chosen }, order);
  // The page stays about the action of its link.
  return { ...answer, action: await deps.store.records.action(action.incidentId, action.actionId) };
}

const SEVERAL = {
  'approve-all': ({ all }: ApproveForm) => ({ verdict: 'approve' as const, chosen: all }),
  'approve-ticked': ({ ticked }: ApproveForm) => ({ verdict: 'approve' as const, chosen: ticked }),
  'decline-all': ({ all }: ApproveForm) => ({ verdict: 'decline' as const, chosen: all }),
  'decline-ticked': ({ ticked }: ApproveForm) => ({ verdict: 'decline' as const, chosen: ticked }),
};

const CHANGES = {
  acknowledge: (current: Action, by: By, _to: string): Change => acknowledge(current, by),
  'more-time': (current: Action, by: By, _to: string): Change => askForTime(current, by),
  'hand-over': (current: Action, by: By, to: string): Change => handOver(current, to, by),
} as const;
type Postponed = keyof typeof CHANGES;

/**
 * For the request of the link and the others that the page showed: no one takes over a request that they did not see.
 * Skips the others that don't allow the change.
 */
async function postpone(
  deps: WebDeps,
  { claims, action }: Opened,
  verdict: Postponed,
  { to, all }: Pick<ApproveForm, 'to' | 'all'>,
): Promise<Answer> {
  const by = { person: claims.person, people: deps.policy.escalation.people, now: deps.now() };
  const change = (current: Action) => CHANGES[verdict](current, by, to);
  const written = await write(deps, action, change);
  if (written.refusal) return notCounted(written.action, written.refusal);
  for (const one of await pickedActions(deps, action, all))
    if (one.actionId !== action.actionId && waitsFor(one, by.person))
      await write(deps, one, change);
  return postponed(deps, written.action, verdict, to);
}

/** The request is still open. */
async function postponed(
  { ask, log, now }: WebDeps,
  action: Action,
  verdict: Postponed,
  to: string,
): Promise<Answer> {
  const { incidentId, actionId, approval } = action;
  const answer = (notice: Notice): Answer => ({ action, notice, status: 200 });
  if (verdict === 'acknowledge') return answer(POSTPONED.acknowledged(action, now()));
  if (verdict === 'more-time') return answer(POSTPONED.moreTime(action, now()));
  const name = approval?.handedTo.find((one) => one.to.id === to)?.to.name ?? to;
  try {
    await ask({ incidentId, actionId, to });
    return answer(POSTPONED.handedOver(action, name, now()));
  } catch (error) {
    log('error', 'not asked', { incidentId, actionId, ...errorFields(error) });
    return answer(POSTPONED.notSent(name));
  }
}
