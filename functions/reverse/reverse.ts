// The reverse step: undoes one action. Idempotent.

import { type End, isOver, mustStay, readEnd } from '../authority/end.ts';
import { type Action, MAY_HAVE_EFFECT, type Status } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { saysTargetGone, workAfterUndo } from '../domain/effect-state.ts';
import { TerminalError } from '../domain/errors.ts';
import { needsManualReversal, workNotifiedBy } from '../domain/owed-notification.ts';
import { minutesAfter } from '../domain/time.ts';
import { withoutErrorName } from '../domain/wording.ts';
import { causeText } from '../platform/caught-error.ts';
import { errorFields } from '../platform/log.ts';
import { unscheduleEnd } from '../platform/schedules.ts';
import { transition } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';
import { checkDrift } from './drift-check.ts';
import { CLEAN_UP_AFTER_MINUTES, cleanUp, mayApplyLate } from './late-apply.ts';
import { liftLeftBehind } from './left-behind.ts';
import { carriedEvidence, ReverseInput } from './request.ts';
import { settle } from './settle.ts';
import { undo } from './undo.ts';

const NEVER_APPLIED: readonly Status[] = ['proposed', 'approved', 'awaiting-approval'];
/** An undo or an execution that stopped half-way, or a record that only says so. */
const MAY_BE_IN_PLACE: readonly Status[] = [
  ...NEVER_APPLIED,
  'executing',
  'reversing',
  'reversal-failed',
];
const STUCK_AFTER_MINUTES = 5;

/**
 * Returns the action's new status, or `not-due` for an action that remains in force. A terminal failure is recorded and
 * returned as `reversal-failed`. A retryable one is thrown, and the state machine retries.
 *
 * The executor's evidence and people's signed orders decide which change is undone and when. The status and the due
 * time of the record do not.
 */
export async function reverse(deps: ReverseDeps, input: unknown) {
  const request = ReverseInput.parse(input);
  const action = await deps.store.records.action(request.incidentId, request.actionId);
  if (request.cause === 'check') return answer(await checkDrift(deps, action));
  const end = await readEnd(deps.keys, action, carriedEvidence(request));
  if (NEVER_APPLIED.includes(action.status) && !end.evidence)
    return answer(await abandon(deps, action, request));
  if (isEarly(action, end, request, deps.now())) {
    const settled = await settle(deps, action, end);
    if (settled) return { ...answer(settled), status: 'not-due' };
  }
  const current = await begin(deps, action, request);
  if (MAY_HAVE_EFFECT.includes(current.status) && current.status !== 'reversing')
    return { ...answer(current), status: 'not-due' };
  if (current.status !== 'reversing') {
    await liftLeftBehind(deps, current, request);
    return answer(await cleanUp(deps, current, request));
  }
  try {
    const { found, mayArrive } = await undo(deps, current, request);
    const needsCleanUp = mayArrive || mayApplyLate(current, request, deps.now());
    return answer(await finish(deps, current, request, { found, needsCleanUp }));
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return answer(await giveUp(deps, current, error));
  }
}

function answer(action: Action) {
  const { incidentId, actionId, scope, status } = action;
  return { incidentId, actionId, scope, status, leavesWork: workAfterUndo(action) !== null };
}

/** A status alone could have been planted to lift a block early. */
const isEarly = ({ status }: Action, end: End, request: ReverseInput, now: Date): boolean =>
  MAY_BE_IN_PLACE.includes(status) && mustStay(end, request, now);

/**
 * Whether the undo may begin. Without evidence it begins as well and then fails, so that people are notified of a
 * change that nothing proves.
 */
function mayBegin({ status, dueAt }: Action, end: End, now: Date): boolean {
  if (isOver(end, now)) return true;
  // `settle` found that the change of an interrupted execution or undo is not in place.
  if (end.evidence) return status !== 'in-force' && status !== 'kept';
  return status !== 'kept' && isOver({ dueAt: dueAt ?? now.toISOString(), undoneBy: null }, now);
}

/** Ends an action that was never applied, and releases its lease. */
async function abandon(deps: ReverseDeps, action: Action, request: ReverseInput): Promise<Action> {
  const { store, now } = deps;
  const { by, cause, failure } = request;
  const text = failure ? causeText(failure) : `never applied (${cause})`;
  const failed = await store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (!NEVER_APPLIED.includes(current.status)) return null;
    // Checked on the current record, because the action may have been approved meanwhile.
    const mayHoldLease = current.status !== 'awaiting-approval';
    const attentionAt = mayHoldLease ? minutesAfter(now(), CLEAN_UP_AFTER_MINUTES) : null;
    return transition(current, 'failed', { at: now(), by, text }, { failure: text, attentionAt });
  });
  return failed.status === 'failed' ? cleanUp(deps, failed, request) : failed;
}

/** Marks the action as reversing. Reads the end from the current record, because a person may keep or extend it. */
function begin(
  { store, keys, now }: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<Action> {
  const { by, cause, failure } = request;
  const evidence = carriedEvidence(request);
  return store.records.changeAction(action.incidentId, action.actionId, async (current) => {
    const { status } = current;
    if (status === 'reversing' || !MAY_HAVE_EFFECT.includes(status)) return null;
    if (!mayBegin(current, await readEnd(keys, current, evidence), now())) return null;
    const why = failure && causeText(failure);
    const neverInForce = status === 'executing';
    return transition(
      current,
      'reversing',
      {
        at: now(),
        by,
        text: why ? `The action failed: ${withoutErrorName(why)}` : `Undoing (${cause})`,
      },
      {
        attentionAt: minutesAfter(now(), STUCK_AFTER_MINUTES),
        ...(neverInForce && { failure: why ?? 'the execution did not finish' }),
      },
    );
  });
}

/** Writes the target's history before the record, so that the history never misses an end that the record has. */
async function finish(
  { store, policy, schedules, now }: ReverseDeps,
  action: Action,
  { by }: ReverseInput,
  { found, needsCleanUp }: { found: string; needsCleanUp: boolean },
): Promise<Action> {
  const requests = action.history.filter(({ event }) => event === 'reversing');
  // Ending an action whose target was deleted says nothing about the decision to apply it.
  const isByPerson =
    !saysTargetGone(found) && requests.some((entry) => entry.by.startsWith('person:'));
  if (action.target && action.appliedAt)
    await store.entityHistory.note(action.target, {
      event: isByPerson ? 'reversed-by-person' : 'ended',
      incidentId: action.incidentId,
      actionId: action.actionId,
      name: action.name,
      place: { account: action.account, region: action.region },
      at: requests.at(-1)?.at ?? now().toISOString(),
    });
  if (isByPerson) {
    const event = { mishap: 'reversalsByHand', actionId: action.actionId } as const;
    await store.killSwitch.note(policy.account, event, policy.limits.breaker, now());
  }
  // Before the record is written: a schedule that still fires later proves that the change was never undone.
  await unscheduleEnd(schedules, action.actionId);
  return store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (current.status !== 'reversing') return null;
    const at = now();
    const to = current.failure ? 'failed' : 'reversed';
    const ended = transition(current, to, { at, by, text: found });
    const notifiedBy = workAfterUndo(ended) ? workNotifiedBy(at.toISOString()) : null;
    const attentionAt = needsCleanUp ? minutesAfter(at, CLEAN_UP_AFTER_MINUTES) : notifiedBy;
    return { ...ended, attentionAt };
  });
}

/** The sweeper retries. Each wait is twice as long as the one before. */
const FIRST_RETRY_MINUTES = 15;

async function giveUp(
  { store, policy, now, log }: ReverseDeps,
  action: Action,
  error: TerminalError,
): Promise<Action> {
  const { incidentId, actionId } = action;
  log('error', ALARMING.reversalFailed, { incidentId, actionId, ...errorFields(error) });
  const event = { mishap: 'failedReversals', actionId } as const;
  await store.killSwitch.note(policy.account, event, policy.limits.breaker, now());
  return store.records.changeAction(incidentId, actionId, (current) => {
    if (current.status !== 'reversing') return null;
    const attempts = current.history.filter(({ event }) => event === 'reversal-failed').length;
    const text = `${error.name}: ${error.message}`;
    const failed = transition(current, 'reversal-failed', { at: now(), by: 'reverse', text });
    // From here on only a person can continue. The sweeper makes sure that one is notified.
    const wait = needsManualReversal(failed) ? 1 : 2 ** attempts;
    return { ...failed, attentionAt: minutesAfter(now(), FIRST_RETRY_MINUTES * wait) };
  });
}
