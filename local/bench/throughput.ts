// Findings per second through the whole local way: intake, state machine, database, stand-ins.
import { randomUUID } from 'node:crypto';
import { freshEvent } from '../samples.ts';
import { measuredAccount, webProbe } from './account.ts';

/** Two automatic actions each: more than 50 would meet the rate limit's ceiling of 100, and wait for people. */
const FINDINGS = 50;

export async function throughput(): Promise<void> {
  const account = await measuredAccount();
  const sample = webProbe();
  const from = performance.now();
  for (let i = 0; i < FINDINGS; i++)
    await account.accept(freshEvent(sample, randomUUID, new Date()));
  await account.engine.idle();
  const seconds = (performance.now() - from) / 1000;
  console.log(
    `${FINDINGS} unrelated findings in ${seconds.toFixed(1)} s: ${(FINDINGS / seconds).toFixed(0)} a second\n`,
  );
  await account.stop();
}
