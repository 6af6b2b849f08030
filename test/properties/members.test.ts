// Alerts that join and close one incident in any order, with crashes (P9).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultsIn } from '../../functions/archive/change.ts';
import { close } from '../../functions/close/close.ts';
import { Unavailable } from '../../functions/domain/errors.ts';
import { acceptEvent } from '../../functions/intake/intake.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { isArchived } from '../../functions/store/archived.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { HERE, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { probe } from '../intake/intake-on-store.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { BASE_URL, mac } from '../web/approval-pages.ts';
import { type Death, mortal, retried, type Turn, turnsOf } from './mortal.ts';

const ignored = () => undefined;

type Ids = { incidentId: string; alertId: string };
const RETRIES = 5;

/** One account in which each call of each function waits for its turn. */
function account(turn: Turn, sendFails = false) {
  const altered: string[] = [];
  const table = memoryTable((change) => {
    if (isArchived(change)) altered.push(...faultsIn(change, change));
  });
  const clock = { now: NOW };
  const started = new Map<string, Ids>();
  const running: Promise<unknown>[] = [];
  const announced = new Set<string>();
  let failures = sendFails ? 1 : 0;
  let closeDies: Death = null;
  /** Runs the assessment. A killed one is left to the sweeper. */
  const start = async (execution: string, input: object): Promise<void> => {
    if (started.has(execution)) return;
    started.set(execution, input as Ids);
    const deps = lambda(`close ${execution}`, closeDies);
    closeDies = null;
    running.push(retried(RETRIES, () => close(deps, input)).catch(ignored));
  };
  const lambda = (name: string, dies: Death) => {
    const outward = mortal(name, dies, turn);
    return {
      store: storeOn(outward(table)),
      policy: POLICY,
      here: HERE,
      ownPrefix: 'countermand-',
      recordLayout: 2 as const,
      mac,
      webBaseUrl: BASE_URL,
      reject: async (_body: string, reason: string) => expect.fail(reason),
      ...outward({
        send: async ({ key, incidentId }: Message) => {
          if (failures > 0) {
            failures--;
            throw new Unavailable('no channel answered');
          }
          if (key.startsWith('close-')) announced.add(incidentId);
          return { notBy: [] };
        },
      }),
      now: () => clock.now,
      log: () => {},
      keys: KEYS,
      startRespond: outward({ start }).start,
    };
  };
  const deliver = (id: string, dies: Death = null) =>
    retried(RETRIES, (attempt) => {
      const deps = lambda(`intake ${id}`, attempt === 0 ? dies : null);
      return acceptEvent(deps, JSON.stringify(probe(id)));
    }).catch(ignored);
  const swept = (dies: Death = null) =>
    sweep({
      ...lambda('sweep', dies),
      startReverse: async () => {},
      callback: async () => {},
      notify: async () => {},
    }).catch(ignored);
  /** Waits until every assessment has ended or died. */
  async function idle(): Promise<void> {
    for (const one of running) await one;
  }
  const killClose = (dies: Death) => {
    closeDies = dies;
  };
  return {
    store: storeOn(table),
    altered,
    announced,
    clock,
    started,
    deliver,
    swept,
    idle,
    killClose,
  };
}

/** Joins alerts that have an outcome until the incident has this many. */
async function crowd({ store, clock }: ReturnType<typeof account>, size: number) {
  const [incident] = await store.records.recentIncidents(1);
  const { incidentId } = incident!;
  const [model] = (await store.records.readMembers(incidentId)).found;
  const { seat: _seat, ...member } = model!;
  for (let n = 1; n < size; n++)
    await store.records.join({
      ...member,
      alertId: `al-filler-${n}`,
      outcome: 'ticketed',
      closedAt: clock.now.toISOString(),
      attentionAt: null,
    });
}

const plans = fc.record({
  deliveryDies: fc.option(fc.nat(40)),
  closeDies: fc.option(fc.nat(24)),
  sendFails: fc.boolean(),
  sweepDies: fc.option(fc.nat(30)),
  minutes: fc.constantFrom(1, 70, 130),
  findings: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 2, maxLength: 5 }),
});

describe('alerts that join and close an incident at the same time', () => {
  test('P9: alerts that arrive at the same time are listed once each and end with an announced outcome, in closed incidents', async () => {
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      const { turn, concurrently } = turnsOf(scheduler);
      const one = account(turn, plan.sendFails);
      const { store, clock, started, deliver, swept, idle } = one;
      one.killClose(plan.closeDies);
      const pass = (minutes: number) => {
        clock.now = new Date(clock.now.getTime() + minutes * 60_000);
      };
      await concurrently(async () => {
        await Promise.all([
          ...plan.findings.map((id, i) => deliver(id, i === 0 ? plan.deliveryDies : null)),
          (async () => {
            await turn('clock');
            pass(plan.minutes);
            await swept(plan.sweepDies);
          })(),
        ]);
        await idle();
      });
      // The queue delivers again what died, and the sweeper restarts lost assessments.
      for (const id of plan.findings) await deliver(id);
      await idle();
      for (let round = 0; round < 3; round++) {
        pass(121);
        await swept();
        await idle();
      }

      const incidents = await store.records.recentIncidents(50);
      const alerts = incidents.flatMap((incident) => incident.alerts);
      const ids = alerts.map(({ alertId }) => alertId);
      expect(ids.length).toBe(new Set(plan.findings).size);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { alertId, incidentId } of started.values())
        expect(
          incidents.find((incident) => incident.incidentId === incidentId)?.alerts,
        ).toContainEqual(expect.objectContaining({ alertId }));
      expect(alerts.filter(({ outcome }) => outcome === null)).toEqual([]);
      expect(
        incidents.filter(({ status, outcome }) => status !== 'closed' || outcome === null),
      ).toEqual([]);
      expect([...one.announced].sort()).toEqual(
        incidents.map(({ incidentId }) => incidentId).sort(),
      );
      expect(one.altered, 'P8: the archive finds no altered record').toEqual([]);
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) });
  }, 300_000);

  test('P9: an incident never has more than a hundred alerts, and none is lost', async () => {
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 95, max: 100 }),
      fc.option(fc.nat(40)),
      async (scheduler, size, dies) => {
        const { turn, concurrently } = turnsOf(scheduler);
        const one = account(turn);
        await one.deliver('first');
        await crowd(one, size);
        const findings = ['a', 'b', 'c', 'd'];
        await concurrently(async () => {
          const deliveries = [...findings, 'a'].map((id, i) =>
            one.deliver(id, i === 0 ? dies : null),
          );
          await Promise.all(deliveries);
          await one.idle();
        });
        await Promise.all(findings.map((id) => one.deliver(id)));
        await one.idle();
        const incidents = await one.store.records.recentIncidents(50);
        const sizes = incidents.map(({ alerts }) => alerts.length);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
        expect(sizes.reduce((sum, count) => sum + count, 0)).toBe(size + findings.length);
        expect(incidents.length).toBeLessThanOrEqual(2);
        const started = [...one.started.values()].map(({ alertId }) => alertId);
        expect(new Set(started).size).toBe(1 + findings.length);
      },
    );
    await fc.assert(property, { numRuns: 30 });
  }, 300_000);
});
