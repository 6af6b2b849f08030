// Undoes one action: compare, take back exactly what we did, verify, record. Safe to call at any time, any number of times.
import { z } from 'zod';
import { Caught, causeText } from '../audit/caught.ts';
import { moveTo } from '../audit/chain.ts';
import { errorFields, type Log } from '../audit/log.ts';
import { type Action, ActionId, IncidentId, type Status } from '../domain/action.ts';
import { NotVerified, StateChanged, TerminalError } from '../domain/errors.ts';
import type { Policy } from '../domain/policy.ts';
import { minutesAfter } from '../domain/time.ts';
import { type Job, jobOf, type Mechanisms } from '../execute/subject.ts';
import { REVERSAL_LEAD_MS, type Schedules, unscheduleEnd } from '../scheduling/schedules.ts';
import type { Store } from '../store/store.ts';

export type ReverseDeps = {
  store: Store;
  mechanisms: Mechanisms;
  schedules: Schedules;
  policy: Policy;
  now: () => Date;
  log: Log;
};

export const ReverseInput = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  cause: z.enum(['due', 'person', 'sweeper', 'execution-failed']),
  /** Who wants it: `schedule`, `sweep`, `respond` or `person:<id>`. */
  by: z.string().min(1).max(128),
  /** What the state machine caught, when an execution failed. */
  failure: Caught.optional(),
});
type ReverseInput = z.infer<typeof ReverseInput>;

const NEVER_APPLIED: readonly Status[] = ['proposed', 'approved', 'awaiting-approval'];
const UNDOABLE: readonly Status[] = [
  'executing',
  'in-force',
  'kept',
  'reversing',
  'reversal-failed',
];
const STUCK_AFTER_MINUTES = 5;

export async function reverse(deps: ReverseDeps, input: unknown) {
  const request = ReverseInput.parse(input);
  const action = await deps.store.records.action(request.incidentId, request.actionId);
  if (NEVER_APPLIED.includes(action.status)) return answer(await abandon(deps, action, request));
  if (!UNDOABLE.includes(action.status)) return answer(action);
  if (!isDue(action, request, deps.now())) return { ...answer(action), status: 'not-due' };
  const reversing = await begin(deps, action, request);
  try {
    const found = await takeBack(deps, reversing);
    return answer(await finish(deps, reversing, request, found));
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return answer(await giveUp(deps, reversing, error));
  }
}

const answer = ({ incidentId, actionId, scope, status }: Action) => ({
  incidentId,
  actionId,
  scope,
  status,
});

/** A person's word counts at any time. Anything else only undoes what is due, or what never got into force. */
function isDue({ status, dueAt }: Action, { cause }: ReverseInput, now: Date): boolean {
  if (cause === 'person') return true;
  if (status === 'kept') return false;
  if (status === 'in-force')
    return dueAt !== null && Date.parse(dueAt) - REVERSAL_LEAD_MS <= now.getTime();
  return true;
}

/** Nothing was applied: it is enough to let go of the lease and to say so. */
async function abandon(
  { store, now }: ReverseDeps,
  action: Action,
  { by, cause, failure }: ReverseInput,
) {
  const text = failure ? causeText(failure) : `it was never carried out (${cause})`;
  const failed = await store.records.changeAction(action.incidentId, action.actionId, (current) =>
    NEVER_APPLIED.includes(current.status)
      ? moveTo(current, 'failed', { at: now(), by, text }, { failure: text, attentionAt: null })
      : null,
  );
  if (action.effectKey && failed.status === 'failed') {
    const held = await store.leases.release(action.effectKey, action.actionId);
    if (held === 'last') await store.leases.drop(action.effectKey, action.actionId);
  }
  return failed;
}

function begin(
  { store, now }: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<Action> {
  const { by, cause, failure } = request;
  return store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (current.status === 'reversing') return null;
    const why = failure && causeText(failure);
    const neverInForce = current.status === 'executing';
    return moveTo(
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
async function takeBack({ store, mechanisms }: ReverseDeps, action: Action): Promise<string> {
  const job = jobOf(action, mechanisms);
  const { effectKey } = job;
  const held = await store.leases.release(effectKey, action.actionId);
  if (held === 'others-hold')
    return 'Another action holds the same effect; it stays until the last one ends';
  const lease = await store.leases.find(effectKey);
  // Somebody else holds it, and we let go in an earlier attempt.
  if (held === 'gone' && lease)
    return 'Another action holds the same effect; it stays until the last one ends';
  const before = lease?.captured ? lease.before : action.before;
  const found = await revertAndVerify(job, before);
  await store.leases.drop(effectKey, action.actionId);
  return found;
}

async function revertAndVerify({ subject, mechanism }: Job, before: unknown): Promise<string> {
  if (mechanism.wasThere(before)) return 'It was there before us, so it stays';
  await mechanism.driver.revert(subject, before);
  const seen = await mechanism.driver.verifyReverted(subject, before);
  if (!seen.holds)
    throw new NotVerified(`it was undone, but is still there: ${seen.found}`, {
      actionId: subject.actionId,
    });
  return seen.found;
}

async function finish(
  { store, policy, schedules, now }: ReverseDeps,
  action: Action,
  { by }: ReverseInput,
  found: string,
): Promise<Action> {
  const done = await store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (current.status !== 'reversing') return null;
    const to = current.failure ? 'failed' : 'reversed';
    return moveTo(current, to, { at: now(), by, text: found }, { attentionAt: null });
  });
  if (action.target && action.appliedAt)
    await store.entityHistory.note(action.target, {
      event: by.startsWith('person:') ? 'reversed-by-person' : 'ended',
      incidentId: action.incidentId,
      actionId: action.actionId,
      name: action.name,
      at: now().toISOString(),
    });
  if (by.startsWith('person:')) {
    const mishap = { mishap: 'reversalsByHand', actionId: action.actionId } as const;
    await store.killSwitch.note(policy.account, mishap, policy.limits.breaker, now());
  }
  await unscheduleEnd(schedules, action.actionId);
  return done;
}

/** Attempts the sweeper makes before only a person goes on; each waits twice as long as the one before. */
const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MINUTES = 15;

async function giveUp(
  { store, policy, now, log }: ReverseDeps,
  action: Action,
  error: TerminalError,
): Promise<Action> {
  const { incidentId, actionId } = action;
  log('error', 'reversal failed', { incidentId, actionId, ...errorFields(error) });
  const mishap = { mishap: 'failedReversals', actionId } as const;
  await store.killSwitch.note(policy.account, mishap, policy.limits.breaker, now());
  return store.records.changeAction(incidentId, actionId, (current) => {
    if (current.status !== 'reversing') return null;
    const attempts = current.history.filter(({ event }) => event === 'reversal-failed').length;
    // What somebody else changed will not change back by itself: from there on only a person decides.
    const again = !(error instanceof StateChanged) && attempts < MAX_ATTEMPTS;
    return moveTo(
      current,
      'reversal-failed',
      { at: now(), by: 'reverse', text: `${error.name}: ${error.message}` },
      { attentionAt: again ? minutesAfter(now(), FIRST_RETRY_MINUTES * 2 ** attempts) : null },
    );
  });
}
