// npm run drill: every mechanism applied and undone on canary targets, on this laptop or in a staging account.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Drill } from '../../functions/domain/drill.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { createStore } from '../../functions/store/store.ts';
import { claimDirectory } from '../../local/data-directory.ts';
import { startDatabase } from '../../local/engine/database.ts';
import { endOf, prefixOfCdk, Refused, STACK_OPTIONS } from '../operator.ts';
import { joinDeployed } from './deployed.ts';
import { whoDrills } from './one.ts';
import { countsOf, tableOf, telling, troubleIn } from './report.ts';
import { readResults, writeResults } from './results-file.ts';
import { cleanUp, drillAll, type Run } from './run.ts';
import { LAPTOP_REGION, laptopCanaries, standInMechanisms } from './stand-ins.ts';
import { type Host, INTERRUPTED, stopOnSignal } from './stop.ts';

const USAGE = `usage:
  npm run drill                                                        on this laptop, on stand-ins
  npm run drill -- --account <file> --region <region> [--profile <p>]  in a staging account, policies/accounts/<file>.yaml
  npm run drill -- --account <file> --region <region> [--profile <p>] --results <json>
                                         drills nothing: records for this account what a staging account has shown
  --prefix <p>  of the stack's names, where it is not that of cdk.json`;

/** First wait before a call that AWS asked to repeat; it doubles. */
const RETRY_MS = 1_000;

const HOST: Host = {
  on: (signal, listener) => process.on(signal, listener),
  say: (line) => console.log(line),
  exit: (code) => process.exit(code),
  elapsed: () => performance.now(),
};

type Ground = {
  policy: Policy;
  region: string;
  mechanisms: Run['mechanisms'];
  drills: Run['drills'];
  close: () => Promise<void>;
};

/** Apart from what `npm start` keeps there: the two run side by side. */
async function onLaptop(data: string): Promise<Ground> {
  const folder = join(data, 'drill');
  const local = loadPolicy(POLICIES, 'local');
  const policy = { ...local, canaries: laptopCanaries(local) };
  claimDirectory(data);
  claimDirectory(folder);
  const database = await startDatabase(join(folder, 'database'));
  await database.createTable('countermand');
  const { drills } = createStore(database.client, 'countermand', () => {});
  const mechanisms = standInMechanisms(policy, folder);
  return { policy, region: LAPTOP_REGION, mechanisms, drills, close: database.stop };
}

async function inAccount(policy: Policy, region: string, prefix: string): Promise<Ground> {
  const { mechanisms, store } = await joinDeployed(policy, prefix, process.env);
  return { policy, region, mechanisms, drills: store.drills, close: async () => {} };
}

async function drill({ policy, region, mechanisms, drills }: Ground, results: string) {
  const signal = stopOnSignal(HOST);
  const run: Run = {
    policy,
    region,
    mechanisms,
    drills,
    account: policy.account,
    by: whoDrills(),
    now: () => new Date(),
    newId: randomUUID,
    signal,
    retryMs: RETRY_MS,
    tell: telling(process.stdout),
  };
  const stuck = await cleanUp(run, (line) => console.log(line));
  const done = await drillAll(run);
  const kept = [...(await drills.all()).values()];
  if (policy.stage !== 'production')
    writeResults(results, { account: policy.account, stage: policy.stage, drills: kept });
  console.log(`\n${tableOf(done)}\n`);
  for (const line of [...stuck, ...troubleIn(done)]) console.log(line);
  console.log(`${countsOf(done, stuck)}. Results: ${results}`);
  if (signal.aborted) return INTERRUPTED;
  return stuck.length > 0 || done.some(({ outcome }) => outcome !== 'passed') ? 1 : 0;
}

async function takeOver({ drills, policy }: Ground, shown: readonly Drill[]): Promise<number> {
  for (const one of shown) await drills.record(one);
  console.log(`${shown.length} results recorded for ${policy.account}`);
  return 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { ...STACK_OPTIONS, results: { type: 'string' } },
  });
  const { account, profile, region, results } = values;
  const data = process.env.COUNTERMAND_DATA ?? '.data';
  const resultsOf = (name: string) => join(data, 'drill', `results-${name}.json`);
  if (!account && (profile || region || results)) throw new Refused(USAGE);
  if (!account || account === 'local') {
    const ground = await onLaptop(data);
    return drill(ground, resultsOf('local')).finally(ground.close);
  }
  if (!region) throw new Refused(USAGE);
  const policy = loadPolicy(POLICIES, account);
  if (!results && policy.stage !== 'staging')
    throw new Refused(
      `policies/accounts/${account}.yaml is marked "stage: ${policy.stage}": only what is marked "stage: staging" is drilled`,
    );
  const shown = results && readResults(results);
  Object.assign(process.env, { AWS_REGION: region, ...(profile && { AWS_PROFILE: profile }) });
  const ground = await inAccount(policy, region, values.prefix ?? prefixOfCdk());
  return shown ? takeOver(ground, shown) : drill(ground, resultsOf(account));
}

await endOf(main);
