// Concurrent executions and reversals in any order, with crashes (P3, P4).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultsIn } from '../../functions/archive/change.ts';
import type { Action } from '../../functions/domain/action.ts';
import { execute } from '../../functions/execute/execute.ts';
import { putBack } from '../../functions/execute/put-back.ts';
import type { Scheduled } from '../../functions/platform/schedules.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { isArchived } from '../../functions/store/archived.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import type { By, Change } from '../../functions/web/decision.ts';
import { extend, keep } from '../../functions/web/keep-decision.ts';
import { sealOrder } from '../../functions/web/seal.ts';
import { write } from '../../functions/web/write-change.ts';
import { drilled, schedulesIn, toyAction, toyMechanisms, type World } from '../execute/toy.ts';
import { attacker, HERE, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS, orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { type Death, mortal, retried, type Turn, turnsOf } from './mortal.ts';

/** Two actions with one effect. */
const FIRST = { incidentId: INCIDENT_ID, actionId: 'act-0123456789abcdef-1' };
const SECOND = { incidentId: INCIDENT_ID, actionId: 'act-0123456789abcdef-2' };
const LEASE = `toy:${attacker.value}`;
const ANA = { person: 'ana.silva', people: POLICY.escalation.people };

type Ids = typeof FIRST;
const ENDS = ['failed', 'kept', 'reversed'];
/** The number of retries in the state machines. */
const RETRIES = { execute: 6, reverse: 5 };

/** One account in which each call of each function waits for its turn. */
function account(turn: Turn) {
  const altered: string[] = [];
  const table = memoryTable((change) => {
    if (isArchived(change)) altered.push(...faultsIn(change, change));
  });
  const world: World = new Map();
  const scheduled = new Map<string, Scheduled>();
  const clock = { now: NOW };
  const store = storeOn(table);

  const lambda = (name: string, dies: Death) => {
    const outward = mortal(name, dies, turn);
    const mechanisms = [...toyMechanisms(world)].map(
      ([id, one]) => [id, { ...one, driver: outward(one.driver) }] as const,
    );
    return {
      store: drilled(storeOn(outward(table))),
      mechanisms: new Map(mechanisms),
      schedules: outward(schedulesIn(scheduled)),
      policy: POLICY,
      here: HERE,
      keys: KEYS,
      now: () => clock.now,
      log: () => {},
    };
  };

  /** Only the sweeper continues after a failed state machine. */
  const reversing = (name: string, input: object, dies: Death = null) =>
    retried(RETRIES.reverse, (attempt) =>
      reverse(lambda(name, attempt === 0 ? dies : null), input),
    ).catch(() => {});

  const responding = async (name: string, ids: Ids, dies: Death) => {
    try {
      await retried(RETRIES.execute, (attempt) =>
        execute(lambda(name, attempt === 0 ? dies : null), ids),
      );
    } catch (error) {
      const failure = { Error: error instanceof Error ? error.name : 'unknown' };
      const compensation = { ...ids, cause: 'execution-failed', by: 'respond', failure };
      await reversing(`${name} compensated`, compensation);
    }
  };

  /** A deployment removes the effect, and the world check asks to put it back. */
  const deployed = async (ids: Ids, dies: Death) => {
    await turn('deployment');
    world.delete(attacker.value);
    await putBack(lambda('put back', dies), { ...ids, putBack: true }).catch(() => {});
  };

  /** Moves the clock, and runs due schedules and the sweeper once a minute. */
  async function pass(minutes: number) {
    const started = new Set<string>();
    for (let minute = 0; minute < minutes; minute++) {
      clock.now = new Date(clock.now.getTime() + 60_000);
      const inputs: object[] = [];
      for (const { name, at, target } of scheduled.values())
        if (target.kind === 'reverse' && at <= clock.now) {
          scheduled.delete(name);
          inputs.push(target.input);
        }
      await sweep({
        store,
        startReverse: async (name, input) => {
          if (!started.has(name)) inputs.push(input);
          started.add(name);
        },
        startRespond: async () => {},
        callback: async () => {},
        notify: async () => {},
        send: async () => ({ notBy: [] }),
        now: () => clock.now,
        log: () => {},
      });
      for (const input of inputs) await reversing('later', input);
    }
  }
  return { world, store, altered, clock, lambda, reversing, responding, deployed, pass };
}

type Does = 'keeps' | 'extends' | 'reverses';
const plans = fc.record({
  minutes: fc.tuple(fc.constantFrom(1, 2, 60), fc.constantFrom(1, 2, 60)),
  executionDies: fc.option(fc.nat(50), { freq: 1 }),
  reversalDies: fc.option(fc.nat(50), { freq: 1 }),
  putBackDies: fc.option(fc.nat(20)),
  isDeployed: fc.boolean(),
  isSecondThere: fc.boolean(),
  isDue: fc.boolean(),
  persons: fc.array(
    fc.record({
      does: fc.constantFrom<Does>('keeps', 'keeps', 'extends', 'reverses'),
      patience: fc.nat(120),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  seconds: fc.array(fc.constantFrom(10, 30, 60), { maxLength: 4 }),
});

type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;

/** Runs everything in the plan concurrently. */
async function atOnce(
  { lambda, reversing, responding, deployed, store, clock }: ReturnType<typeof account>,
  plan: Plan,
  turn: Turn,
): Promise<void> {
  const propose = ({ actionId }: Ids, durationMinutes: number) => {
    const attentionAt = new Date(NOW.getTime() + 20 * 60_000).toISOString();
    return store.records.createAction(toyAction({ actionId, durationMinutes, attentionAt }));
  };
  const { digest } = toyAction({ ...FIRST, durationMinutes: plan.minutes[0] });
  const limits = POLICY.limits;
  const persons: Readonly<Record<Does, () => Promise<unknown>>> = {
    keeps: () => review('keep', (current, by) => keep(current, { ...by, limits })),
    extends: () =>
      review('extend', (current, by) => extend(current, { ...by, limits, extensions: 0 })),
    reverses: async () => {
      await orderUndo(lambda('person', null).store, FIRST, clock.now);
      await reversing('person', { ...FIRST, cause: 'person', by: 'person:ana.silva' });
    },
  };
  const review = (kind: 'keep' | 'extend', change: (current: Action, by: By) => Change) =>
    write(lambda('person', null), { ...FIRST, digest }, (current) => {
      const by = { ...ANA, now: clock.now };
      return sealOrder(KEYS.votes, change(current, by), kind, by);
    });
  /** A person who waits for some turns. */
  const person = async ({ does, patience }: Plan['persons'][number]) => {
    for (let waited = 0; waited < patience; waited++) await turn('person waits');
    await persons[does]();
  };
  await propose(FIRST, plan.minutes[0]);
  if (plan.isSecondThere) await propose(SECOND, plan.minutes[1]);
  await Promise.all([
    responding('first', FIRST, plan.executionDies),
    plan.isSecondThere && responding('second', SECOND, null),
    plan.isDue && reversing('due', { ...FIRST, cause: 'due', by: 'schedule' }, plan.reversalDies),
    plan.isDeployed && deployed(FIRST, plan.putBackDies),
    ...plan.persons.map(person),
    (async () => {
      for (const seconds of plan.seconds) {
        await turn(`clock: ${seconds} s`);
        clock.now = new Date(clock.now.getTime() + seconds * 1000);
      }
    })(),
  ]);
}

describe('concurrent executions, reversals and decisions', () => {
  test('P4: leaves only kept actions in force, and no lease held by an action that is over', async () => {
    const reached = new Set<string>();
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      const { turn, concurrently } = turnsOf(scheduler);
      const one = account(turn);
      await concurrently(() => atOnce(one, plan, turn));
      // The world check asks again for what is still missing.
      if (plan.isDeployed) await one.deployed(FIRST, null);
      await one.pass(4 * 60);
      const actions = await one.store.records.actions(INCIDENT_ID);
      for (const { status } of actions) reached.add(status);
      const kept = actions.filter(({ status }) => status === 'kept');
      for (const { status } of actions) expect(ENDS).toContain(status);
      for (const { status, orders } of actions)
        expect(status === 'kept', 'the last order counts').toBe(orders.at(-1)?.kind === 'keep');
      expect(one.world.size).toBe(kept.length > 0 ? 1 : 0);
      expect(one.altered, 'P8: the archive finds no altered record').toEqual([]);
      const lease = await one.store.leases.find(LEASE);
      expect(lease?.holders ?? []).toEqual(kept.map(({ actionId }) => actionId));
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) });
    expect([...reached].sort(), 'the runs reach every end').toEqual(ENDS);
  }, 300_000);
});
