// All stores over one table.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Verifier } from '../authority/claims.ts';
import type { Log } from '../platform/log.ts';
import { createApproverAddresses } from './approver-addresses.ts';
import { createBounces } from './bounces.ts';
import { createBreaker } from './breaker.ts';
import { createChecks } from './checks.ts';
import { createDrills } from './drills.ts';
import { createEffects } from './effects.ts';
import { createEntityHistory } from './entity-history.ts';
import { createFindings } from './findings.ts';
import { createLeases } from './leases.ts';
import { createLimiter } from './limiter.ts';
import { createModelCalls } from './model-calls.ts';
import { createNotes } from './notes.ts';
import { createPager } from './pager.ts';
import { createPosts } from './posts.ts';
import { createRecords } from './records.ts';
import { type Pacing, SYSTEM_PACING } from './retry.ts';
import { createSummaries } from './summaries.ts';
import { createKillSwitch } from './switch.ts';
import { createTable } from './table.ts';
import { createWorldStates } from './world.ts';

export type Store = ReturnType<typeof createStore>;

type Options = {
  pacing?: Pacing;
  /** Verifies resumptions. Without it, no resumption is valid. */
  resumptions?: Verifier;
};
const VERIFIES_NOTHING: Verifier = { verify: async () => false };

export function createStore(
  client: DynamoDBClient,
  tableName: string,
  log: Log,
  { pacing = SYSTEM_PACING, resumptions = VERIFIES_NOTHING }: Options = {},
) {
  const table = createTable(client, tableName, pacing);
  const breaker = createBreaker(table, log);
  return {
    table,
    findings: createFindings(table),
    records: createRecords(table, log),
    checks: createChecks(table),
    leases: createLeases(table),
    limiter: createLimiter(table),
    pager: createPager(table, log),
    bounces: createBounces(table),
    breaker,
    killSwitch: createKillSwitch(table, breaker, resumptions),
    entityHistory: createEntityHistory(table),
    drills: createDrills(table),
    effects: createEffects(table),
    modelCalls: createModelCalls(table),
    approverAddresses: createApproverAddresses(table),
    posts: createPosts(table),
    notes: createNotes(table, log),
    summaries: createSummaries(table, log),
    world: createWorldStates(table),
  };
}
