// Findings per second through the whole local way: intake, state machine, database, stand-ins.
import { randomUUID } from 'node:crypto';
import { freshEvent } from '../../local/samples.ts';
import { measuredAccount, webProbe } from './account.ts';

/** Two automatic actions each: more than 50 would meet the rate limit's ceiling of 100, and wait for people. */
const FINDINGS = 50;

export async function throughput(): Promise<void> {
  const account = await measuredAccount();
  const from = performance.now();
  for (let i = 0; i < FINDINGS; i++) await account.accept(unrelated(i));
  await account.engine.idle();
  const seconds = (performance.now() - from) / 1000;
  const incidents = await account.store.records.recentIncidents(FINDINGS);
  console.log(
    `${FINDINGS} findings, ${incidents.length} incidents, in ${seconds.toFixed(1)} s: ${(FINDINGS / seconds).toFixed(0)} a second\n`,
  );
  await account.stop();
}

/** The sample with another attacker and another host: with the same ones, all would join one incident and wait for each other. */
const unrelated = (i: number): string =>
  freshEvent(webProbe(), randomUUID, new Date())
    .replaceAll('203.0.113.66', `203.0.113.${100 + i}`)
    .replaceAll('i-0aa1bb2cc3dd4ee5f', `i-0aa1bb2cc3dd4e${String(i).padStart(3, '0')}`);
