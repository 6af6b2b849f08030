// People, rungs, time-outs and the sweeper at the same time, in any order, killed at any call: P2 and P9.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ApproveDeps, approve } from '../../functions/approve/approve.ts';
import { NotFound } from '../../functions/domain/errors.ts';
import { execute } from '../../functions/execute/execute.ts';
import { notify } from '../../functions/notify/notify.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import type { Verdict } from '../../functions/web/decision.ts';
import { decideOne } from '../../functions/web/vote.ts';
import type { WebDeps } from '../../functions/web/web.ts';
import { schedulesIn, toy, toyMechanisms, type World } from '../execute/toy.ts';
import { ALERT_ID, alertWith, attacker, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { ana, BASE_URL, ben, mac, minute, requestWith, waiting } from '../web/desk.ts';
import { type Death, mortal, retried, type Turn } from './mortal.ts';

const IDS = { incidentId: INCIDENT_ID, actionId: 'act-0123456789abcdef-1' };
const RUNGS = [0, 5, 15].map(minute);
const RETRIES = { approve: 4, execute: 6, reverse: 5, notify: 4 };

/** One account in which a block waits for Ana, and after five minutes for Ben. */
function account(turn: Turn) {
  const table = memoryTable();
  const world: World = new Map();
  const clock = { now: minute(0) };
  const store = storeOn(table);
  const waitingFor = new Map<string, (verdict: string) => void>();
  const told: string[] = [];

  const functions = (name: string, dies: Death) => {
    const outward = mortal(name, dies, turn);
    const { callback } = outward({
      callback: async (token: string, output: object) => {
        const wake = waitingFor.get(token);
        if (!wake) throw new NotFound('nobody waits');
        waitingFor.delete(token);
        wake('verdict' in output ? String(output.verdict) : '');
      },
    });
    const mechanisms = [...toyMechanisms(world)].map(
      ([id, one]) => [id, { ...one, driver: outward(one.driver) }] as const,
    );
    return {
      store: storeOn(outward(table)),
      policy: POLICY,
      mechanisms: new Map(mechanisms),
      schedules: schedulesIn(new Map()),
      mac,
      webBaseUrl: BASE_URL,
      callback,
      send: async () => ({ notBy: [] }),
      openTicket: async () => 'oi-1',
      now: () => clock.now,
      log: () => {},
    };
  };

  const tell = async (name: string) => {
    const before = await store.records.action(IDS.incidentId, IDS.actionId);
    await retried(RETRIES.notify, () => notify(functions(name, null), IDS));
    told.push(before.status);
  };
  const undo = (name: string, input: object) =>
    retried(RETRIES.reverse, () => reverse(functions(name, null), input));

  /** The state machine, from the question on. */
  async function respond(dies: Death): Promise<void> {
    for (let rung = 0; rung < RUNGS.length; rung++) {
      const verdict = await askedAt(rung, rung === 0 ? dies : null);
      if (verdict === 'lapsed') continue;
      if (verdict === 'approved') return carryOut();
      if (verdict !== 'declined') await tell('notify').catch(() => {});
      return;
    }
    expect.fail('the last rung ends the request');
  }

  async function askedAt(rung: number, dies: Death): Promise<string> {
    try {
      return await retried(RETRIES.approve, async (attempt) => {
        const token = `token-${rung}-${attempt}`;
        const answer = new Promise<string>((resolve) => waitingFor.set(token, resolve));
        try {
          const deps: ApproveDeps = functions(`ask-${rung}`, attempt === 0 ? dies : null);
          await approve(deps, { ...IDS, rung, taskToken: token });
          return await Promise.race([answer, lapse(rung)]);
        } finally {
          waitingFor.delete(token);
        }
      });
    } catch {
      return 'not asked';
    }
  }

  /** The wait at a rung is over at some time from the next rung's on; the last one ends by itself. */
  async function lapse(rung: number): Promise<string> {
    const next = RUNGS[rung + 1];
    if (!next) return new Promise(() => {});
    await turn(`clock: rung ${rung} lapses`);
    if (next > clock.now) clock.now = next;
    return 'lapsed';
  }

  async function carryOut() {
    try {
      await retried(RETRIES.execute, () => execute(functions('execute', null), IDS));
    } catch (error) {
      const failure = { Error: error instanceof Error ? error.name : 'unknown' };
      await undo('undo', { ...IDS, cause: 'execution-failed', by: 'respond', failure });
      await tell('notify');
    }
  }

  const vote = async (person: string, verdict: Verdict, dies: Death) => {
    const deps = functions(person, dies) as unknown as WebDeps;
    try {
      const action = await deps.store.records.action(IDS.incidentId, IDS.actionId);
      await decideOne(deps, action, { person, verdict, reason: '', way: 'page' });
    } catch {
      // The person sees that something failed, and what stands in the record counts.
    }
  };

  async function sweepOnce(name: string) {
    const inputs: object[] = [];
    await sweep({
      ...functions(name, null),
      startReverse: async (_, input) => void inputs.push(input),
      startRespond: async () => {},
      tell: () => tell(name),
    });
    for (const input of inputs) await undo(name, input).catch(() => {});
  }

  async function pass(minutes: number) {
    for (let i = 0; i < minutes; i++) {
      clock.now = new Date(clock.now.getTime() + 60_000);
      await sweepOnce('sweep');
    }
  }
  return { world, store, told, respond, vote, sweepOnce, pass };
}

const plans = fc.record({
  askDies: fc.option(fc.nat(16)),
  ana: fc.option(fc.constantFrom<Verdict>('approve', 'decline')),
  ben: fc.option(fc.constantFrom<Verdict>('approve', 'decline')),
  anaDies: fc.option(fc.nat(10)),
  isSwept: fc.boolean(),
});

describe('P2, P9: whoever answers, and whatever lapses, at the same time', () => {
  test('there is one outcome; what was approved is carried out or people hear that it was not; nothing else is', async () => {
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      let isOrdered = true;
      const turn: Turn = (what) =>
        isOrdered ? scheduler.schedule(Promise.resolve(), what) : Promise.resolve();
      const one = account(turn);
      await one.store.records.putAlert(INCIDENT_ID, alertWith({ alertId: ALERT_ID }), {});
      const proposed = waiting({
        mechanism: toy.id,
        effectKey: `toy:${attacker.value}`,
        approval: requestWith({ askedRungs: 0, taskToken: null }),
      });
      await one.store.records.createAction(proposed);
      await scheduler.waitFor(
        Promise.all([
          one.respond(plan.askDies),
          plan.ana && one.vote(ana.id, plan.ana, plan.anaDies),
          plan.ben && one.vote(ben.id, plan.ben, null),
          plan.isSwept && turn('sweep').then(() => one.sweepOnce('sweep at once')),
        ]),
      );
      isOrdered = false;
      await one.pass(3 * 60);
      const { status, approval, history } = await one.store.records.action(
        IDS.incidentId,
        IDS.actionId,
      );
      const events = history.map(({ event }) => event);
      const settled = events.filter((event) => ['approved', 'declined', 'expired'].includes(event));
      expect(settled.length).toBeLessThanOrEqual(1);
      expect(approval?.decision?.verdict ?? 'expired').toBe(settled[0] ?? 'expired');
      const isApproved = settled[0] === 'approved';
      if (events.includes('executing')) expect(isApproved).toBe(true);
      if (isApproved && !events.includes('in-force')) expect(one.told.length).toBeGreaterThan(0);
      if (settled[0] === 'expired') expect(one.told).toContain('expired');
      expect(['declined', 'expired', 'reversed', 'failed']).toContain(status);
      expect(one.world.size).toBe(0);
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 200) });
  }, 300_000);
});
