// Concurrent executions and reversals in any order, with crashes (P3, P4).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultsIn } from '../../functions/archive/change.ts';
import type { Action } from '../../functions/domain/action.ts';
import { execute } from '../../functions/execute/execute.ts';
import type { Scheduled } from '../../functions/platform/schedules.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { isArchived } from '../../functions/store/archived.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import type { Change } from '../../functions/web/decision.ts';
import { extend, keep } from '../../functions/web/keep-decision.ts';
import { write } from '../../functions/web/write-change.ts';
import { schedulesIn, toyAction, toyMechanisms, type World } from '../execute/toy.ts';
import { attacker, HERE, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { type Death, mortal, retried, type Turn } from './mortal.ts';

/** Two actions with one effect. */
const FIRST = { incidentId: INCIDENT_ID, actionId: 'act-0123456789abcdef-1' };
const SECOND = { incidentId: INCIDENT_ID, actionId: 'act-0123456789abcdef-2' };
const LEASE = `toy:${attacker.value}`;
const ANA = { person: 'ana.silva', people: POLICY.escalation.people };

type Ids = typeof FIRST;
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
      store: storeOn(outward(table)),
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
  return { world, store, altered, clock, lambda, reversing, responding, pass };
}

const plans = fc.record({
  minutes: fc.tuple(fc.constantFrom(1, 2, 60), fc.constantFrom(1, 2, 60)),
  executionDies: fc.option(fc.nat(50)),
  reversalDies: fc.option(fc.nat(50)),
  isSecondThere: fc.boolean(),
  isDue: fc.boolean(),
  person: fc.constantFrom('says nothing', 'keeps', 'extends', 'reverses'),
  seconds: fc.array(fc.constantFrom(10, 30, 60), { maxLength: 4 }),
});

/** Runs everything in the plan concurrently. Returns whether a keep decision was accepted. */
async function atOnce(
  { lambda, reversing, responding, store, clock }: ReturnType<typeof account>,
  plan: typeof plans extends fc.Arbitrary<infer P> ? P : never,
  turn: Turn,
): Promise<{ isKept: boolean }> {
  const propose = ({ actionId }: Ids, durationMinutes: number) => {
    const attentionAt = new Date(NOW.getTime() + 20 * 60_000).toISOString();
    return store.records.createAction(toyAction({ actionId, durationMinutes, attentionAt }));
  };
  let isKept = false;
  const review = async (change: (current: Action) => Change) => {
    const { digest } = toyAction({ ...FIRST, durationMinutes: plan.minutes[0] });
    const { refusal } = await write(lambda('person', null), { ...FIRST, digest }, change);
    isKept = plan.person === 'keeps' && refusal === null;
  };
  const limits = POLICY.limits;
  const persons = {
    'says nothing': async () => {},
    keeps: () => review((current) => keep(current, { ...ANA, now: clock.now, limits })),
    extends: () =>
      review((current) => extend(current, { ...ANA, now: clock.now, limits, extensions: 0 })),
    reverses: () => reversing('person', { ...FIRST, cause: 'person', by: 'person:ana.silva' }),
  };
  await propose(FIRST, plan.minutes[0]);
  if (plan.isSecondThere) await propose(SECOND, plan.minutes[1]);
  await Promise.all([
    responding('first', FIRST, plan.executionDies),
    plan.isSecondThere && responding('second', SECOND, null),
    plan.isDue && reversing('due', { ...FIRST, cause: 'due', by: 'schedule' }, plan.reversalDies),
    persons[plan.person as keyof typeof persons](),
    (async () => {
      for (const seconds of plan.seconds) {
        await turn(`clock: ${seconds} s`);
        clock.now = new Date(clock.now.getTime() + seconds * 1000);
      }
    })(),
  ]);
  return { isKept };
}

describe('concurrent executions, reversals and decisions', () => {
  test('P4: leaves only kept actions in force, and no lease held by an action that is over', async () => {
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      let isOrdered = true;
      const turn = (what: string) =>
        isOrdered ? scheduler.schedule(Promise.resolve(), what) : Promise.resolve();
      const one = account(turn);
      const { isKept } = await scheduler.waitFor(atOnce(one, plan, turn));
      isOrdered = false;
      await one.pass(4 * 60);
      const actions = await one.store.records.actions(INCIDENT_ID);
      const kept = actions.filter(({ status }) => status === 'kept');
      for (const { status } of actions) expect(['kept', 'reversed', 'failed']).toContain(status);
      if (isKept) expect(kept.map(({ actionId }) => actionId)).toContain(FIRST.actionId);
      expect(one.world.size).toBe(kept.length > 0 ? 1 : 0);
      expect(one.altered, 'P8: the archive finds no altered record').toEqual([]);
      const lease = await one.store.leases.find(LEASE);
      expect(lease?.holders ?? []).toEqual(kept.map(({ actionId }) => actionId));
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) });
  }, 300_000);
});
