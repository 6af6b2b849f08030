// Tells a deleted target from every other error of a call.
import { NotFound, TargetGone } from '../domain/errors.ts';
import { causedBy } from '../platform/aws-errors.ts';

/**
 * Runs a call on the target of an action. Throws TargetGone if it fails with one of the API's errors for a missing
 * target. `target` names it in a sentence, for example `the IAM user report-export`.
 */
export async function onTarget<T>(
  target: string,
  missing: readonly string[],
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof NotFound) || !missing.some((name) => causedBy(error, name))) throw error;
    throw new TargetGone(`${target} no longer exists`, error.ids, error.cause);
  }
}

/** The result of a call that may find the target deleted: `gone` holds the error's message. */
export async function unlessGone<T>(call: Promise<T>): Promise<{ found: T } | { gone: string }> {
  try {
    return { found: await call };
  } catch (error) {
    if (error instanceof TargetGone) return { gone: error.message };
    throw error;
  }
}
