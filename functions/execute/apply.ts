// Applies a change, and records on the lease when that begins and ends.
import { Conflict, TerminalError, Throttled } from '../domain/errors.ts';
import type { Job } from '../mechanisms/job.ts';
import type { Held } from './capture.ts';
import type { ExecuteDeps } from './deps.ts';

/**
 * A reversal that finds the apply unended knows that the change may still arrive. Throws IllegalTransition if the
 * action does not hold the effect.
 */
export async function applyUnderLease(
  { store: { leases }, now }: ExecuteDeps,
  { subject, mechanism }: Job,
  { effectKey, before }: Pick<Held, 'effectKey' | 'before'>,
): Promise<void> {
  const { actionId } = subject;
  const attempt = await leases.beginApply(effectKey, actionId, { before, now: now() });
  const end = () => leases.endApply(effectKey, actionId, attempt);
  try {
    await mechanism.driver.apply(subject, before);
  } catch (error) {
    if (wasAnswered(error)) await end();
    throw error;
  }
  await end();
}

/** False if the request may still be carried out: its answer was lost. */
const wasAnswered = (error: unknown): boolean =>
  error instanceof TerminalError || error instanceof Throttled || error instanceof Conflict;
