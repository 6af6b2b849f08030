// A drill of every mechanism of an account, one after another, and what it comes to.

import type { Connected, MechanismInfo } from '../../functions/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Canary } from '../../functions/policy/schemas/drill.ts';
import { type DrillDeps, drillOne, type Outcome, takeBackLeftover } from './one.ts';

export type Result = {
  mechanism: string;
  version: number;
  /** `ip 203.0.113.100`, or a dash where there is none. */
  canary: string;
  outcome: Outcome['outcome'] | 'not drilled';
  text: string;
  leftBehind: string[];
  tookMs: number;
};

export type Run = Omit<DrillDeps, 'step'> & {
  policy: Pick<Policy, 'canaries' | 'integrations' | 'channels'>;
  /** Those that are joined to the account. */
  mechanisms: ReadonlyMap<string, Connected>;
  /** Only these; all, where absent. */
  only?: (mechanism: MechanismInfo) => boolean;
  tell: Teller;
};

/** Hears what happens while it happens. */
export type Teller = {
  begins: (mechanism: string, canary: string) => void;
  step: DrillDeps['step'];
  ends: (result: Result) => void;
};

export async function drillAll(run: Run): Promise<Result[]> {
  const results: Result[] = [];
  for (const info of MECHANISMS) {
    if (run.only && !run.only(info)) continue;
    // A service that the account is not joined to is not used there either.
    if (info.configured && !info.configured(run.policy)) continue;
    const ofMechanism = await drillMechanism(run, info);
    results.push(...ofMechanism);
    await record(run, info, ofMechanism);
  }
  return results;
}

async function drillMechanism(run: Run, info: MechanismInfo): Promise<Result[]> {
  const connected = run.mechanisms.get(info.id);
  const canaries = run.policy.canaries.filter(({ mechanisms }) => mechanisms.includes(info.id));
  const blank = { mechanism: info.id, version: info.version, leftBehind: [], tookMs: 0 };
  if (!connected)
    return [{ ...blank, canary: '-', outcome: 'failed', text: 'it is not joined to this account' }];
  if (canaries.length === 0)
    return [{ ...blank, canary: '-', outcome: 'failed', text: 'policy names no canary for it' }];
  const results: Result[] = [];
  for (const canary of canaries) {
    if (run.signal.aborted) {
      results.push({
        ...blank,
        canary: nameOf(canary),
        outcome: 'not drilled',
        text: 'stopped before',
      });
      continue;
    }
    run.tell.begins(info.id, nameOf(canary));
    const began = performance.now();
    const outcome = await drillOne({ ...run, step: run.tell.step }, connected, canary);
    const tookMs = performance.now() - began;
    const result = { ...blank, ...outcome, canary: nameOf(canary), tookMs };
    run.tell.ends(result);
    results.push(result);
  }
  return results;
}

const nameOf = ({ kind, value }: Canary): string => `${kind} ${value}`;

/** A drill that was stopped says nothing: what was known before still holds. */
async function record(run: Run, info: MechanismInfo, results: readonly Result[]): Promise<void> {
  if (results.some(({ outcome }) => outcome === 'interrupted' || outcome === 'not drilled')) return;
  const wrong = results.filter(({ outcome }) => outcome === 'failed');
  await run.drills.record({
    mechanism: info.id,
    version: info.version,
    outcome: wrong.length === 0 ? 'passed' : 'failed',
    at: run.now().toISOString(),
    account: run.account,
    by: run.by,
    text: (wrong.length === 0 ? results : wrong)
      .map(({ canary, text }) => `${canary}: ${text}`)
      .join('; ')
      .slice(0, 1000),
  });
}

/** Takes back what earlier drills left, killed as they may have been. Returns what could not be, in words. */
export async function cleanUp(run: Run, say: (line: string) => void): Promise<string[]> {
  const stuck: string[] = [];
  for (const leftover of await run.drills.unfinished()) {
    const what = `${leftover.mechanism}, begun ${leftover.startedAt} by ${leftover.by}`;
    const problem = await takeBackLeftover(
      { ...run, step: () => {} },
      run.mechanisms.get(leftover.mechanism),
      leftover,
    );
    say(
      problem
        ? `left behind by an earlier drill: ${what}: ${problem}`
        : `taken back from an earlier drill: ${what}`,
    );
    if (problem) stuck.push(`${what}: ${problem}`);
  }
  return stuck;
}
