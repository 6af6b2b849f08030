// Applies and undoes every mechanism on canaries, here or in a staging account.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Drill } from '../../functions/domain/drill.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { createStore } from '../../functions/store/store.ts';
import { LOCAL_REGION } from '../../local/account.ts';
import { claimDirectory } from '../../local/data-directory.ts';
import { openTable } from '../../local/engine/table.ts';
import { prefixOfCdk } from '../operator.ts';
import type { Out, Outcome } from '../output.ts';
import { requireRealNode } from '../real-node.ts';
import { Refused } from '../refused.ts';
import { type StackOptions, useRegion } from '../stack-options.ts';
import { connectDeployed } from './deployed.ts';
import { operatorName } from './one.ts';
import { countsOf, reporterTo, tableOf, troubleIn } from './report.ts';
import { readResults, writeResults } from './results-file.ts';
import { cleanUp, drillAll, type Run } from './run.ts';
import { laptopCanaries, standInMechanisms } from './stand-ins.ts';
import { type Host, INTERRUPTED, stopOnSignal } from './stop.ts';

/** Milliseconds before the first retry of a throttled call. */
const RETRY_MS = 1_000;

const hostOf = (out: Out): Host => ({
  on: (signal, listener) => process.on(signal, listener),
  say: out.progress,
  exit: (code) => process.exit(code),
  elapsed: () => performance.now(),
});

type Place = {
  policy: Policy;
  region: string;
  mechanisms: Run['mechanisms'];
  drills: Run['drills'];
  close: () => Promise<void>;
};

/** In a folder of its own, so that a drill can run beside npm start. */
async function onLaptop(data: string): Promise<Place> {
  const folder = join(data, 'drill');
  const local = loadPolicy(POLICIES, 'local');
  const policy = { ...local, canaries: laptopCanaries(local) };
  claimDirectory(data);
  const table = openTable(folder);
  const { drills } = createStore(table, () => {});
  const mechanisms = standInMechanisms(policy, folder);
  return { policy, region: LOCAL_REGION, mechanisms, drills, close: table.close };
}

async function inAccount(policy: Policy, region: string, prefix: string): Promise<Place> {
  const { mechanisms, store } = await connectDeployed(policy, prefix, process.env);
  return { policy, region, mechanisms, drills: store.drills, close: async () => {} };
}

async function drill(
  { policy, region, mechanisms, drills }: Place,
  results: string,
  out: Out,
): Promise<Outcome> {
  const signal = stopOnSignal(hostOf(out));
  const run: Run = {
    policy,
    region,
    mechanisms,
    drills,
    account: policy.account,
    by: operatorName(),
    now: () => new Date(),
    newId: randomUUID,
    signal,
    retryMs: RETRY_MS,
    report: reporterTo(out),
  };
  const stuck = await cleanUp(run, out.line);
  const done = await drillAll(run);
  const kept = [...(await drills.all()).values()];
  if (policy.stage !== 'production')
    writeResults(results, { account: policy.account, stage: policy.stage, drills: kept });
  out.line(`\n${tableOf(done)}\n`);
  for (const line of [...stuck, ...troubleIn(done)]) out.line(line);
  out.line(`${countsOf(done, stuck)}. Results: ${results}`);
  const counts = {
    passed: done.filter(({ outcome }) => outcome === 'passed').length,
    failed: done.filter(({ outcome }) => outcome === 'failed').length,
    leftBehind: done.filter(({ leftBehind }) => leftBehind.length > 0).length + stuck.length,
  };
  const passed = stuck.length === 0 && done.length === counts.passed;
  return { exitCode: signal.aborted ? INTERRUPTED : passed ? 0 : 1, results: done, counts };
}

async function recordResults(
  { drills, policy }: Place,
  shown: readonly Drill[],
  out: Out,
): Promise<Outcome> {
  for (const one of shown) await drills.record(one);
  out.line(`${shown.length} results recorded for ${policy.account}`);
  return { exitCode: 0, results: shown, counts: { recorded: shown.length } };
}

/** Drills on this machine or in an account. With `results`, records those for the account instead. */
export async function drillCommand(
  options: StackOptions & { results?: string },
  out: Out,
): Promise<Outcome> {
  const { account, region = '', results, prefix } = options;
  const data = process.env.COUNTERMAND_DATA ?? '.data';
  const resultsOf = (name: string) => join(data, 'drill', `results-${name}.json`);
  if (!account || account === 'local') {
    const place = await onLaptop(data);
    return drill(place, resultsOf('local'), out).finally(place.close);
  }
  const policy = loadPolicy(POLICIES, account);
  if (!results && policy.stage !== 'staging')
    throw new Refused(
      `policies/accounts/${account}.yaml has "stage: ${policy.stage}"; drills run only in an account with "stage: staging"`,
    );
  const shown = results && readResults(results);
  requireRealNode('drill --account');
  useRegion(options);
  const place = await inAccount(policy, region, prefix ?? prefixOfCdk());
  return shown ? recordResults(place, shown, out) : drill(place, resultsOf(account), out);
}
