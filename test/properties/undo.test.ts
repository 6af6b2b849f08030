// Concurrent reversals beside new actions with the same effect (P4).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { execute } from '../../functions/execute/execute.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { schedulesIn, toyAction, toyMechanisms, type World } from '../execute/toy.ts';
import { attacker, HERE, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { type Death, mortal, retried, type Turn } from './mortal.ts';

const idsOf = (n: number) => ({ incidentId: INCIDENT_ID, actionId: `act-0123456789abcdef-${n}` });
const LEASE = `toy:${attacker.value}`;
const RETRIES = { execute: 6, reverse: 5 };
const CAUSES = {
  due: { cause: 'due', by: 'schedule' },
  person: { cause: 'person', by: 'person:ana.silva' },
  sweeper: { cause: 'sweeper', by: 'sweep' },
} as const;

function account(turn: Turn) {
  const table = memoryTable();
  const world: World = new Map();
  const clock = { now: NOW };
  const store = storeOn(table);

  /** `slow`: the number of turns that a call to revert waits on its way to AWS. */
  const lambda = (name: string, dies: Death, slow: number) => {
    const outward = mortal(name, dies, turn);
    const mechanisms = [...toyMechanisms(world)].map(([id, one]) => {
      const revert: typeof one.driver.revert = async (...given) => {
        for (let i = 0; i < slow; i++) await turn(`${name}: on its way`);
        await one.driver.revert(...given);
      };
      return [id, { ...one, driver: outward({ ...one.driver, revert }) }] as const;
    });
    return {
      store: storeOn(outward(table)),
      mechanisms: new Map(mechanisms),
      schedules: schedulesIn(new Map()),
      policy: POLICY,
      here: HERE,
      keys: KEYS,
      now: () => clock.now,
      log: () => {},
    };
  };
  /** One execution of the state machine. Its retries carry the same name. */
  const reversing = (name: string, input: object, dies: Death = null, slow = 0) =>
    retried(RETRIES.reverse, (attempt) =>
      reverse(lambda(name, attempt === 0 ? dies : null, slow), { ...input, execution: name }),
    ).catch(() => {});
  const responding = async (name: string, n: number) => {
    try {
      await retried(RETRIES.execute, () => execute(lambda(name, null, 0), idsOf(n)));
    } catch (error) {
      const failure = { Error: error instanceof Error ? error.name : 'unknown' };
      const compensation = { ...idsOf(n), cause: 'execution-failed', by: 'respond', failure };
      await reversing(`${name} compensated`, compensation);
    }
  };
  return { world, store, clock, reversing, responding };
}

const plans = fc.record({
  reversals: fc.array(fc.constantFrom('due', 'person', 'sweeper'), { minLength: 2, maxLength: 3 }),
  dies: fc.option(fc.nat(24)),
  slow: fc.constantFrom(0, 0, 10, 40),
  newActions: fc.integer({ min: 1, max: 2 }),
});

describe('concurrent reversals of one action', () => {
  test('P4: concurrent reversals keep the effect of a new action, and leave nothing behind in the end', async () => {
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      let isOrdered = false;
      const turn: Turn = (what) =>
        isOrdered ? scheduler.schedule(Promise.resolve(), what) : Promise.resolve();
      const { world, store, clock, reversing, responding } = account(turn);
      const others = Array.from({ length: plan.newActions }, (_, i) => i + 2);
      for (const n of [1, ...others]) await store.records.createAction(toyAction(idsOf(n)));
      await responding('first', 1);
      clock.now = new Date(NOW.getTime() + 60 * 60_000);
      isOrdered = true;
      await scheduler.waitFor(
        Promise.all([
          ...plan.reversals.map((cause, i) =>
            reversing(
              `reversal ${i}`,
              { ...idsOf(1), ...CAUSES[cause as keyof typeof CAUSES] },
              i === 0 ? plan.dies : null,
              i === 1 ? plan.slow : 0,
            ),
          ),
          ...others.map((n) => responding(`action ${n}`, n)),
        ]),
      );
      isOrdered = false;
      const isInForce = async (n: number) =>
        (await store.records.action(INCIDENT_ID, idsOf(n).actionId)).status === 'in-force';
      const inForce = (await Promise.all(others.map(isInForce))).filter(Boolean);
      if (inForce.length > 0)
        expect(world.has(attacker.value), 'the effect of an action in force is present').toBe(true);
      for (let looks = 0; looks < 2; looks++) {
        clock.now = new Date(clock.now.getTime() + 61 * 60_000);
        for (const n of [1, ...others])
          await reversing(`later ${looks} ${n}`, { ...idsOf(n), ...CAUSES.sweeper });
      }
      expect(world.size).toBe(0);
      // The lease has no holder, and another action can acquire it.
      const next = await store.leases.acquire(LEASE, 'next', clock.now);
      expect(next.holders).toEqual(['next']);
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 500) });
  }, 300_000);
});
