// Undoes one action: compare, take back exactly what we did, verify, record. Safe to call at any time, any number of times.

import type { Action, Status } from '../domain/action.ts';
import { changesOf } from '../domain/action-catalog.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { TerminalError } from '../domain/errors.ts';
import { needsManualReversal } from '../domain/owed-notification.ts';
import { minutesAfter } from '../domain/time.ts';
import { jobOf } from '../mechanisms/job.ts';
import { causeText } from '../platform/caught-error.ts';
import { errorFields } from '../platform/log.ts';
import { REVERSAL_LEAD_MS, unscheduleEnd } from '../platform/schedules.ts';
import { transition } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';
import { check } from './drift-check.ts';
import { LAST_LOOK_AFTER_MINUTES, lookOnceMore, mayBeFollowed } from './late-apply.ts';
import { ReverseInput } from './request.ts';
import { claimantOf, revertAndVerify, underClaim } from './undo.ts';

const NEVER_APPLIED: readonly Status[] = ['proposed', 'approved', 'awaiting-approval'];
const UNDOABLE: readonly Status[] = [
  'executing',
  'in-force',
  'kept',
  'reversing',
  'reversal-failed',
];
const STUCK_AFTER_MINUTES = 5;

/**
 * Answers with the status that the action has afterwards, `not-due` for what stays in force. What cannot be undone is
 * recorded and answered as `reversal-failed`; what may pass is thrown, for the state machine to try again.
 */
export async function reverse(deps: ReverseDeps, input: unknown) {
  const request = ReverseInput.parse(input);
  const action = await deps.store.records.action(request.incidentId, request.actionId);
  if (request.cause === 'check') {
    const { action: seen, drifted } = await check(deps, action);
    return drifted ? { ...answer(seen), status: 'drifted' } : answer(seen);
  }
  if (NEVER_APPLIED.includes(action.status)) return answer(await abandon(deps, action, request));
  const current = await begin(deps, action, request);
  if (UNDOABLE.includes(current.status) && current.status !== 'reversing')
    return { ...answer(current), status: 'not-due' };
  if (current.status !== 'reversing') return answer(await lookOnceMore(deps, current, request));
  try {
    const isFollowed = mayBeFollowed(current, request, deps.now());
    const found = await takeBack(deps, current, request, isFollowed);
    return answer(await finish(deps, current, request, { found, isFollowed }));
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return answer(await giveUp(deps, current, error));
  }
}

const answer = ({ incidentId, actionId, scope, status, name }: Action) => ({
  incidentId,
  actionId,
  scope,
  status,
  /** A key that was in other hands has to be replaced, however well it was given back: somebody has to hear of it. */
  leavesWork: status === 'reversed' && changesOf(name)?.afterUndo === 'rotate-key',
});

/** A person's word counts at any time. Anything else only undoes what is due, or what never got into force. */
function isDue({ status, dueAt }: Action, { cause }: ReverseInput, now: Date): boolean {
  if (cause === 'person') return true;
  if (status === 'kept') return false;
  if (status === 'in-force')
    return dueAt !== null && Date.parse(dueAt) - REVERSAL_LEAD_MS <= now.getTime();
  return true;
}

/** Nothing was applied: it is enough to say so, and to let go of the lease. */
async function abandon(deps: ReverseDeps, action: Action, request: ReverseInput): Promise<Action> {
  const { store, now } = deps;
  const { by, cause, failure } = request;
  const text = failure ? causeText(failure) : `it was never carried out (${cause})`;
  const failed = await store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (!NEVER_APPLIED.includes(current.status)) return null;
    // Of the record that is changed: it may have been approved at this very moment.
    const mayHoldLease = current.status !== 'awaiting-approval';
    const attentionAt = mayHoldLease ? minutesAfter(now(), LAST_LOOK_AFTER_MINUTES) : null;
    return transition(current, 'failed', { at: now(), by, text }, { failure: text, attentionAt });
  });
  return failed.status === 'failed' ? lookOnceMore(deps, failed, request) : failed;
}

/** Whether it is due is asked of the record that is changed: a person may keep or extend it at this very moment. */
function begin(
  { store, now }: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<Action> {
  const { by, cause, failure } = request;
  return store.records.changeAction(action.incidentId, action.actionId, (current) => {
    const { status } = current;
    if (status === 'reversing' || !UNDOABLE.includes(status) || !isDue(current, request, now()))
      return null;
    const why = failure && causeText(failure);
    const neverInForce = status === 'executing';
    return transition(
      current,
      'reversing',
      { at: now(), by, text: why ? `Undoing, because it failed: ${why}` : `Undoing (${cause})` },
      {
        attentionAt: minutesAfter(now(), STUCK_AFTER_MINUTES),
        ...(neverInForce && { failure: why ?? 'the execution did not come to its end' }),
      },
    );
  });
}

/** Returns what was found, in words. Throws StateChanged when the state is not the one that we left. */
async function takeBack(
  { store, mechanisms, now }: ReverseDeps,
  action: Action,
  request: ReverseInput,
  isFollowed: boolean,
): Promise<string> {
  const job = jobOf(action, mechanisms);
  const { effectKey } = job;
  const claimant = claimantOf(request, now());
  const lease = await store.leases.release(effectKey, action.actionId, claimant);
  if (!lease) return 'Another action holds the same effect; it stays until the last one ends';
  return underClaim(store, effectKey, claimant, async () => {
    const found = await revertAndVerify(job, action.before);
    await (isFollowed ? store.leases.detach : store.leases.drop)(effectKey, claimant);
    return found;
  });
}

/** The history of the target first: what is known of it may not be less than what the record says. */
async function finish(
  { store, policy, schedules, now }: ReverseDeps,
  action: Action,
  { by }: ReverseInput,
  { found, isFollowed }: { found: string; isFollowed: boolean },
): Promise<Action> {
  const begun = action.history.filter(({ event }) => event === 'reversing');
  const isByHand = begun.some((entry) => entry.by.startsWith('person:'));
  if (action.target && action.appliedAt)
    await store.entityHistory.note(action.target, {
      event: isByHand ? 'reversed-by-person' : 'ended',
      incidentId: action.incidentId,
      actionId: action.actionId,
      name: action.name,
      at: begun.at(-1)?.at ?? now().toISOString(),
    });
  if (isByHand) {
    const mishap = { mishap: 'reversalsByHand', actionId: action.actionId } as const;
    await store.killSwitch.note(policy.account, mishap, policy.limits.breaker, now());
  }
  const attentionAt = isFollowed ? minutesAfter(now(), LAST_LOOK_AFTER_MINUTES) : null;
  const done = await store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (current.status !== 'reversing') return null;
    const to = current.failure ? 'failed' : 'reversed';
    return transition(current, to, { at: now(), by, text: found }, { attentionAt });
  });
  await unscheduleEnd(schedules, action.actionId);
  return done;
}

/** The sweeper tries again; each attempt waits twice as long as the one before. */
const FIRST_RETRY_MINUTES = 15;

async function giveUp(
  { store, policy, now, log }: ReverseDeps,
  action: Action,
  error: TerminalError,
): Promise<Action> {
  const { incidentId, actionId } = action;
  log('error', ALARMING.reversalFailed, { incidentId, actionId, ...errorFields(error) });
  const mishap = { mishap: 'failedReversals', actionId } as const;
  await store.killSwitch.note(policy.account, mishap, policy.limits.breaker, now());
  return store.records.changeAction(incidentId, actionId, (current) => {
    if (current.status !== 'reversing') return null;
    const attempts = current.history.filter(({ event }) => event === 'reversal-failed').length;
    const text = `${error.name}: ${error.message}`;
    const failed = transition(current, 'reversal-failed', { at: now(), by: 'reverse', text });
    // From there on only a person goes on, and the sweeper sees to it that one has heard.
    const wait = needsManualReversal(failed) ? 1 : 2 ** attempts;
    return { ...failed, attentionAt: minutesAfter(now(), FIRST_RETRY_MINUTES * wait) };
  });
}
