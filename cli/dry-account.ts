// An account in memory, for commands that process events and print the result.
import { randomUUID } from 'node:crypto';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { analystFrom } from '../local/analyst.ts';
import { noCopies } from '../local/archive-copies.ts';
import { type Clock, systemClock } from '../local/engine/clock.ts';
import { createRuntime } from '../local/runtime.ts';
import type { RuntimeOptions } from '../local/runtime-options.ts';
import { assumeDrilled } from './drill/assumed.ts';

/** `account` names a file in policies/accounts/. Every drill counts as passed. Throws PolicyError. */
export async function createDryAccount(
  account = 'local',
  clock: Clock = systemClock,
  options: Partial<Pick<RuntimeOptions, 'analyst' | 'retryIntervalMs'>> & {
    /** In place of the policy's. */
    plannedWork?: Policy['plannedWork'] | null;
  } = {},
) {
  const own = loadPolicy(POLICIES, account);
  const policy = { ...own, plannedWork: options.plannedWork ?? own.plannedWork };
  const runtime = await createRuntime({
    policy,
    analyst: options.analyst ?? (await analystFrom(process.env, policy.analysis)).analyst,
    clock,
    newId: randomUUID,
    log: () => {},
    webBaseUrl: 'http://127.0.0.1',
    linkKey: Buffer.from(randomUUID()),
    proofKeys: {
      votes: Buffer.from(randomUUID()),
      rulings: Buffer.from(randomUUID()),
      evidence: Buffer.from(randomUUID()),
      alerts: Buffer.from(randomUUID()),
      resumptions: Buffer.from(randomUUID()),
    },
    pageKey: Buffer.from(randomUUID()),
    copies: noCopies(),
    ...(options.retryIntervalMs !== undefined && { retryIntervalMs: options.retryIntervalMs }),
  });
  await assumeDrilled(policy, runtime.store.drills, clock.now());
  return runtime;
}
