// Whether somebody waits for news that they were promised.
import type { Action } from './action.ts';

/** Whoever approved it is told, on the page, to hear of it if it is stopped. The state machine may be gone by then. */
export function isUnheard({ status, approval, history }: Action): boolean {
  const last = (wanted: string) => history.findLastIndex(({ event }) => event === wanted);
  const isStopped = status === 'failed' && approval?.decision?.verdict === 'approved';
  return isStopped && last('told') < last('failed');
}
