// npm run replay -- <file or folder>: feeds events through the whole way in memory, one line each.
import type { Accepted } from '../functions/intake/intake.ts';
import { PolicyError } from '../functions/policy/load.ts';
import { type Clock, systemClock } from '../local/engine/clock.ts';
import type { Runtime } from '../local/runtime.ts';
import { createDryAccount } from './dry-account.ts';
import { NoEvents, readEvents } from './events.ts';

/** `name -> state` for each action: what the gate decided, and what has become of it so far. */
async function actionsOf(runtime: Runtime, accepted: Accepted): Promise<string> {
  if (accepted.outcome === 'refused') return accepted.reason.replaceAll('\n', ' ');
  const actions = await runtime.store.records.actions(accepted.incidentId);
  const mine = actions.filter(({ alertId }) => alertId === accepted.alertId);
  const said = mine.map(
    ({ name, recommendation, target: of, status }) =>
      `${name ?? recommendation.action}${of?.kind === 'alert' ? '' : `(${of?.value ?? recommendation.target})`}=${status}`,
  );
  return `${accepted.type} | ${said.join(', ') || 'nothing recommended'}`;
}

/** A minute passes between two events: many at once would reach the limit of automatic actions, and say nothing else. */
const BETWEEN_EVENTS_MS = 60_000;

async function main(path: string | undefined): Promise<void> {
  if (!path) throw new NoEvents('usage: npm run replay -- <file or folder of events>');
  let passedMs = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + passedMs),
    at: (time, callback) => systemClock.at(new Date(time.getTime() - passedMs), callback),
  };
  const events = readEvents(path);
  const runtime = await createDryAccount('local', clock);
  const counts: Record<string, number> = {};
  for (const { name, body } of events) {
    passedMs += BETWEEN_EVENTS_MS;
    const accepted = await runtime.accept(body);
    await runtime.engine.quiet();
    for (const one of accepted) {
      counts[one.outcome] = (counts[one.outcome] ?? 0) + 1;
      console.log(`${one.outcome.padEnd(8)} ${name} | ${await actionsOf(runtime, one)}`);
    }
  }
  const summary = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(summary.join(', '));
  await runtime.stop();
}

await main(process.argv[2]).catch((error: unknown) => {
  if (!(error instanceof NoEvents || error instanceof PolicyError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
});
