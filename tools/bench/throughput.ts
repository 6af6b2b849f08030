// Findings per second from intake to close, in one process.
import { randomUUID } from 'node:crypto';
import type { Out } from '../../cli/output.ts';
import { freshEvent } from '../../local/samples.ts';
import { measuredAccount, webProbe } from './account.ts';
import type { Figure } from './figure.ts';

/** Each takes two automatic actions. The rate limit allows 100 actions; beyond it, actions wait for approval. */
const FINDINGS = 50;

export async function throughput(out: Out): Promise<Figure[]> {
  const account = await measuredAccount();
  const from = performance.now();
  for (let i = 0; i < FINDINGS; i++) await account.accept(unrelated(i));
  await account.engine.idle();
  const seconds = (performance.now() - from) / 1000;
  const incidents = await account.store.records.recentIncidents(FINDINGS);
  await account.stop();
  const perSecond = FINDINGS / seconds;
  out.line(
    `${FINDINGS} findings, ${incidents.length} incidents, in ${seconds.toFixed(1)} s: ${perSecond.toFixed(0)} per second\n`,
  );
  return [{ measure: 'throughput', value: perSecond, unit: 'findings/s' }];
}

/** The sample with another attacker and host. Otherwise all findings would join one incident and run in turn. */
const unrelated = (i: number): string =>
  freshEvent(webProbe(), randomUUID, new Date())
    .replaceAll('203.0.113.66', `203.0.113.${100 + i}`)
    .replaceAll('i-0aa1bb2cc3dd4ee5f', `i-0aa1bb2cc3dd4e${String(i).padStart(3, '0')}`);
