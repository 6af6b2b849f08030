// npm run explain -- <file or folder> [account]: what would be decided on a finding, rule by rule, with the inputs.
import type { Accepted } from '../functions/intake/intake.ts';
import { PolicyError } from '../functions/policy/load.ts';
import type { Runtime } from '../local/runtime.ts';
import { createDryAccount } from './dry-account.ts';
import { NoEvents, readEvents } from './events.ts';
import { explanationOf } from './explanation.ts';

async function explain({ store }: Runtime, accepted: Accepted): Promise<string> {
  if (accepted.outcome === 'refused') return `Refused: ${accepted.reason}`;
  const { incidentId, alertId, type } = accepted;
  const actions = (await store.records.actions(incidentId)).filter(
    (action) => action.alertId === alertId,
  );
  const assessment = await store.records.findAssessment(incidentId, alertId);
  return [
    `${type}\n${assessment?.origin} says ${assessment?.verdict}: ${assessment?.summary}`,
    ...actions.map(explanationOf),
  ].join('\n\n');
}

async function main(path: string | undefined, account: string | undefined): Promise<void> {
  if (!path) throw new NoEvents('usage: npm run explain -- <file or folder of events> [account]');
  const events = readEvents(path);
  for (const { name, body } of events) {
    // An account of its own for each: what was decided on one finding must not colour the next.
    const runtime = await createDryAccount(account);
    const accepted = await runtime.accept(body);
    await runtime.engine.quiet();
    for (const one of accepted) console.log(`== ${name}: ${await explain(runtime, one)}\n`);
    await runtime.stop();
  }
}

const [path, account] = process.argv.slice(2);
await main(path, account).catch((error: unknown) => {
  if (!(error instanceof NoEvents || error instanceof PolicyError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
});
