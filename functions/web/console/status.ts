// The data of the status strip on every page of the console.
import { APPLIED } from '../../domain/action.ts';
import type { SwitchState } from '../../store/switch.ts';
import type { ConsoleDeps } from './deps.ts';
import type { ReadOutstanding } from './outstanding.ts';

export type ConsoleStatus = {
  mode: 'live' | 'shadow';
  killSwitch: SwitchState;
  questions: number;
  /** When the first open request expires; null if there is none. */
  firstEnds: string | null;
  inForce: number;
  undoFailed: number;
  nextUndo: string | null;
  /** Records that can't be read: more may be in force than is counted. */
  unreadable: number;
  now: Date;
};

export async function statusOf(
  { store, policy, now }: Pick<ConsoleDeps, 'store' | 'policy' | 'now'>,
  outstanding: ReturnType<ReadOutstanding>,
): Promise<ConsoleStatus> {
  const at = now();
  const [{ found, unreadable }, killSwitch] = await Promise.all([
    outstanding,
    store.killSwitch.read(policy.account),
  ]);
  const asked = found.filter(({ status }) => status === 'awaiting-approval');
  const holding = found.filter(({ status }) => APPLIED.includes(status));
  const first = (times: readonly (string | null | undefined)[]) =>
    times.filter((time) => typeof time === 'string').sort()[0] ?? null;
  return {
    mode: policy.mode,
    killSwitch,
    questions: asked.length,
    firstEnds: first(asked.map(({ approval }) => approval?.expiresAt)),
    inForce: holding.length,
    undoFailed: holding.filter(({ status }) => status === 'reversal-failed').length,
    nextUndo: first(
      holding.filter(({ status }) => status === 'in-force').map(({ dueAt }) => dueAt),
    ),
    unreadable: unreadable.length,
    now: at,
  };
}
