// Concurrent reversals beside new actions with the same effect (P4).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { execute } from '../../functions/execute/execute.ts';
import { putBack } from '../../functions/execute/put-back.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { drilled, schedulesIn, toyAction, toyMechanisms, type World } from '../execute/toy.ts';
import { attacker, HERE, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS, orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { type Death, mortal, retried, type Turn, turnsOf } from './mortal.ts';

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

  /** `slow`: the number of turns that a change waits on its way to AWS. */
  const lambda = (name: string, dies: Death, slow: number) => {
    const outward = mortal(name, dies, turn);
    const mechanisms = [...toyMechanisms(world)].map(([id, one]) => {
      const late =
        <A extends unknown[]>(change: (...given: A) => Promise<void>) =>
        async (...given: A) => {
          for (let i = 0; i < slow; i++) await turn(`${name}: on its way`);
          await change(...given);
        };
      const { apply, revert } = one.driver;
      const driver = { ...one.driver, apply: late(apply), revert: late(revert) };
      return [id, { ...one, driver: outward(driver) }] as const;
    });
    return {
      store: drilled(storeOn(outward(table))),
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
  /** A deployment removes the effect, and the world check asks to put it back. Returns whether that ended. */
  const deployed = async (n: number, dies: Death, slow: number) => {
    await turn('deployment');
    world.delete(attacker.value);
    return putBack(lambda('put back', dies, slow), { ...idsOf(n), putBack: true }).then(
      () => true,
      () => false,
    );
  };
  const ordered = async (n: number, dies: Death, slow: number) => {
    await orderUndo(lambda('order', null, 0).store, idsOf(n), clock.now);
    await reversing('ordered', { ...idsOf(n), ...CAUSES.person }, dies, slow);
  };
  return { world, store, clock, reversing, responding, deployed, ordered };
}

const plans = fc.record({
  reversals: fc.array(fc.constantFrom('due', 'person', 'sweeper'), { minLength: 2, maxLength: 3 }),
  dies: fc.option(fc.nat(24)),
  slow: fc.constantFrom(0, 0, 10, 40),
  newActions: fc.integer({ min: 1, max: 2 }),
});

describe('concurrent reversals of one action', () => {
  test('P4: concurrent reversals keep the effect of a new action, and leave nothing behind in the end', async () => {
    let kept = 0;
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      const { turn, concurrently } = turnsOf(scheduler);
      const { world, store, clock, reversing, responding } = account(turn);
      const others = Array.from({ length: plan.newActions }, (_, i) => i + 2);
      for (const n of [1, ...others]) await store.records.createAction(toyAction(idsOf(n)));
      await responding('first', 1);
      clock.now = new Date(NOW.getTime() + 60 * 60_000);
      await concurrently(() =>
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
      const isInForce = async (n: number) =>
        (await store.records.action(INCIDENT_ID, idsOf(n).actionId)).status === 'in-force';
      const inForce = (await Promise.all(others.map(isInForce))).filter(Boolean);
      kept += inForce.length;
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
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) });
    expect(kept, 'some runs keep the effect').toBeGreaterThan(0);
  }, 300_000);

  test('P4: a change that is put back beside its undo does not stay', async () => {
    const reached = new Set<string>();
    const dies = fc.option(fc.nat(30), { freq: 1 });
    const races = fc.record({
      putBackDies: dies,
      undoDies: dies,
      patience: fc.nat(30),
      slow: fc.constantFrom(0, 10),
      slowApply: fc.constantFrom(0, 10, 30),
    });
    const property = fc.asyncProperty(fc.scheduler(), races, async (scheduler, plan) => {
      const { turn, concurrently } = turnsOf(scheduler);
      const one = account(turn);
      const { world, store, clock } = one;
      await store.records.createAction(toyAction(idsOf(1)));
      await one.responding('first', 1);
      clock.now = new Date(NOW.getTime() + 10 * 60_000);
      const undoing = async () => {
        for (let waited = 0; waited < plan.patience; waited++) await turn('person waits');
        await one.ordered(1, plan.undoDies, plan.slow);
      };
      const [hasEnded] = await concurrently(() =>
        Promise.all([one.deployed(1, plan.putBackDies, plan.slowApply), undoing()]),
      );
      // Otherwise, the clean-up after the undo removes a late change.
      if (hasEnded && plan.undoDies === null) expect(world.size).toBe(0);
      for (let looks = 0; looks < 3; looks++) {
        clock.now = new Date(clock.now.getTime() + 61 * 60_000);
        await one.reversing(`later ${looks}`, { ...idsOf(1), ...CAUSES.sweeper });
      }
      const { history, status } = await store.records.action(INCIDENT_ID, idsOf(1).actionId);
      for (const { event } of history) reached.add(event);
      expect(status).toBe('reversed');
      expect(world.size).toBe(0);
      expect((await store.leases.find(LEASE))?.holders ?? []).toEqual([]);
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) });
    expect([...reached], 'some runs put the change back').toContain('there-again');
  }, 300_000);
});
