// Alerts of different incidents that propose one effect at the same moment.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assumeDrilled } from '../../cli/drill/assumed.ts';
import { withAlertProof } from '../../functions/authority/alerts.ts';
import { joinReason } from '../../functions/domain/effect-state.ts';
import { gate } from '../../functions/gate/gate.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { type Kind, locate } from '../../functions/store/layout.ts';
import type { Key, Table } from '../../functions/store/table.ts';
import { alertWith, assess, factsWith, HERE, NOW, POLICY, recommend } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { type Death, mortal, retried, type Turn, turnsOf } from './mortal.ts';

const RETRIES = 4;
const idsOf = (n: number) => ({
  incidentId: `inc-0123456789abcde${n}`,
  alertId: `al-0123456789abcde${n}`,
});

/** Only calls that another gate can see take turns, so that a few runs try most orders. */
function sharedIn(table: Table, outward: (all: Table) => Table): Table {
  const shared = outward(table);
  const of = (key: Key) => (SHARED.includes(locate(key)?.kind ?? 'alert') ? shared : table);
  return {
    ...table,
    get: (key) => of(key).get(key),
    put: (item, condition) => of(item).put(item, condition),
  };
}
const SHARED: readonly Kind[] = ['effect', 'lease', 'action'];

async function account(turn: Turn, count: number) {
  const table = memoryTable();
  const store = storeOn(table);
  const clock = { now: NOW };
  await assumeDrilled(POLICY, store.drills, NOW);
  for (let n = 0; n < count; n++) {
    const { incidentId, alertId } = idsOf(n);
    const alert = await withAlertProof(KEYS.alerts, incidentId, alertWith({ alertId }));
    await store.records.putAlert(incidentId, alert, {});
    await store.records.putFacts(incidentId, alertId, factsWith());
  }
  /** Returns whether the step ended. */
  const decide = (n: number, dies: Death = null): Promise<boolean> =>
    retried(RETRIES, (attempt) =>
      gate(
        {
          store: storeOn(sharedIn(table, mortal(`gate ${n}`, attempt === 0 ? dies : null, turn))),
          ...{ policy: POLICY, here: HERE, keys: KEYS, effectsOf },
          ...{ now: () => clock.now, log: () => {} },
        },
        { ...idsOf(n), assessment: assess(recommend()) },
      ),
    ).then(
      () => true,
      () => false,
    );
  return { store, clock, decide };
}

const plans = fc.array(fc.option(fc.nat(12)), { minLength: 2, maxLength: 3 });

test('P12: exactly one of the alerts requests the effect, and the others join it', async () => {
  const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
    const { turn, concurrently } = turnsOf(scheduler);
    const { store, clock, decide } = await account(turn, plan.length);
    const ended = await concurrently(() => Promise.all(plan.map((dies, n) => decide(n, dies))));
    // The sweeper runs the others again.
    clock.now = new Date(NOW.getTime() + 5 * 60_000);
    for (const [n, hasEnded] of ended.entries()) if (!hasEnded) expect(await decide(n)).toBe(true);
    const all = await Promise.all(plan.map((_, n) => store.records.actions(idsOf(n).incidentId)));
    const blocks = all.flat().filter(({ name }) => name === 'block_ip_at_firewall');
    expect(blocks).toHaveLength(plan.length);
    const [asked, ...others] = blocks.toSorted((a) => (a.status === 'awaiting-approval' ? -1 : 1));
    expect(asked?.status).toBe('awaiting-approval');
    for (const one of others) {
      expect(one.status).toBe('dropped');
      expect(joinReason(one)).not.toBeNull();
    }
  });
  await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 60) });
}, 300_000);
