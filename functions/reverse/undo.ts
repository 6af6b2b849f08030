// Takes one change back, and looks whether it is gone.
import { NotVerified } from '../domain/errors.ts';
import type { Job } from '../execute/subject.ts';

/**
 * Returns what was found afterwards, in words. Throws StateChanged when the state is not the one that we left, and
 * NotVerified when the change is still there.
 */
export async function revertAndVerify(
  { subject, mechanism }: Job,
  before: unknown,
): Promise<string> {
  if (mechanism.wasThere(before)) return 'It was there before us, so it stays';
  await mechanism.driver.revert(subject, before);
  const seen = await mechanism.driver.verifyReverted(subject, before);
  if (!seen.holds)
    throw new NotVerified(`it was undone, but is still there: ${seen.found}`, {
      actionId: subject.actionId,
    });
  return seen.found;
}
