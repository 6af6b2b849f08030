// Whether somebody waits for news that they were promised.
import type { Action } from './action.ts';

/**
 * Whoever approved it is told, on the page, to hear of it if it is stopped; and whoever is in charge has to hear of what
 * could not be undone. The state machine may be gone by then.
 */
export function isUnheard({ status, approval, history }: Action): boolean {
  const last = (wanted: string) => history.findLastIndex(({ event }) => event === wanted);
  const isStopped = status === 'failed' && approval?.decision?.verdict === 'approved';
  return (isStopped || status === 'reversal-failed') && last('told') < last(status);
}

/** Attempts to undo it before only a person goes on. */
const MOST_REVERSALS = 8;

/** What somebody else changed will not change back by itself, and what failed this often will fail again. */
export function isLeftToPeople({ status, history }: Action): boolean {
  const failed = history.filter(({ event }) => event === 'reversal-failed');
  const isForeign = failed.at(-1)?.text.startsWith('StateChanged:') ?? false;
  return status === 'reversal-failed' && (isForeign || failed.length > MOST_REVERSALS);
}
