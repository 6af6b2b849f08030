// All stores over one table.
import type { Verifier } from '../authority/claims.ts';
import type { Log } from '../platform/log.ts';
import { createApproverAddresses } from './approver-addresses.ts';
import { createBounces } from './bounces.ts';
import { createBreaker } from './breaker.ts';
import { createChecks } from './checks.ts';
import { createDecisions } from './decisions.ts';
import { createDrills } from './drills.ts';
import { createEffects } from './effects.ts';
import { createEntityHistory } from './entity-history.ts';
import { createFindings } from './findings.ts';
import { createLeases } from './leases.ts';
import { createLimiter } from './limiter.ts';
import { createLookUps } from './look-ups.ts';
import { createModelCalls } from './model-calls.ts';
import { createNotes } from './notes.ts';
import { createPager } from './pager.ts';
import { createPosts } from './posts.ts';
import { createReads } from './reads.ts';
import { createRecords } from './records.ts';
import { createSummaries } from './summaries.ts';
import { createKillSwitch } from './switch.ts';
import type { Table } from './table.ts';
import { createWorldStates } from './world.ts';

export type Store = ReturnType<typeof createStore>;

const VERIFIES_NOTHING: Verifier = { verify: async () => false };

/** `resumptions` verifies resumptions. Without it, no resumption is valid. */
export function createStore(table: Table, log: Log, resumptions: Verifier = VERIFIES_NOTHING) {
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
    decisions: createDecisions(table),
    drills: createDrills(table),
    effects: createEffects(table),
    modelCalls: createModelCalls(table),
    lookUps: createLookUps(table),
    approverAddresses: createApproverAddresses(table),
    posts: createPosts(table),
    notes: createNotes(table, log),
    reads: createReads(table),
    summaries: createSummaries(table, log),
    world: createWorldStates(table),
  };
}
