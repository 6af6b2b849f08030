// Drills every mechanism of an account and records the results.
import type { Connected, MechanismInfo } from '../../functions/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Canary } from '../../functions/policy/schemas/drill.ts';
import { type DrillDeps, drillOne, type Outcome, revertUnfinished } from './one.ts';

export type Result = {
  mechanism: string;
  version: number;
  /** For example `ip 203.0.113.100`; a dash without a canary. */
  canary: string;
  outcome: Outcome['outcome'] | 'not drilled';
  text: string;
  leftBehind: string[];
  tookMs: number;
};

export type Run = Omit<DrillDeps, 'step'> & {
  policy: Pick<Policy, 'canaries' | 'integrations' | 'channels'>;
  /** The mechanisms that are connected to the account, by ID. */
  mechanisms: ReadonlyMap<string, Connected>;
  /** The mechanisms to drill; all, if absent. */
  only?: (mechanism: MechanismInfo) => boolean;
  report: Reporter;
};

/** Called while the drill runs. */
export type Reporter = {
  begins: (mechanism: string, canary: string) => void;
  step: DrillDeps['step'];
  ends: (result: Result) => void;
};

export async function drillAll(run: Run): Promise<Result[]> {
  const results: Result[] = [];
  for (const info of MECHANISMS) {
    if (run.only && !run.only(info)) continue;
    // Policy doesn't use this service in the account.
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
    return [{ ...blank, canary: '-', outcome: 'failed', text: 'not connected to this account' }];
  if (canaries.length === 0)
    return [
      {
        ...blank,
        canary: '-',
        outcome: 'failed',
        text: 'policy names no canary for this mechanism',
      },
    ];
  const results: Result[] = [];
  for (const canary of canaries) {
    if (run.signal.aborted) {
      results.push({
        ...blank,
        canary: nameOf(canary),
        outcome: 'not drilled',
        text: 'the drill was stopped first',
      });
      continue;
    }
    run.report.begins(info.id, nameOf(canary));
    const began = performance.now();
    const outcome = await drillOne({ ...run, step: run.report.step }, connected, canary);
    const tookMs = Math.round(performance.now() - began);
    const result = { ...blank, ...outcome, canary: nameOf(canary), tookMs };
    run.report.ends(result);
    results.push(result);
  }
  return results;
}

const nameOf = ({ kind, value }: Canary): string => `${kind} ${value}`;

/** Records nothing for a stopped drill, so that the previous result remains valid. */
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

/** Reverts the changes of earlier drills that were killed. Returns a line for each that failed. */
export async function cleanUp(run: Run, say: (line: string) => void): Promise<string[]> {
  const stuck: string[] = [];
  for (const unfinished of await run.drills.unfinished()) {
    const what = `${unfinished.mechanism}, started ${unfinished.startedAt} by ${unfinished.by}`;
    const problem = await revertUnfinished(
      { ...run, step: () => {} },
      run.mechanisms.get(unfinished.mechanism),
      unfinished,
    );
    say(
      problem
        ? `could not undo an earlier drill: ${what}: ${problem}`
        : `undid an earlier drill: ${what}`,
    );
    if (problem) stuck.push(`${what}: ${problem}`);
  }
  return stuck;
}
