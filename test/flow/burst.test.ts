// A burst of alerts in memory: rate limits (P6), outcomes (P9) and page limits.
import { expect, test } from 'vitest';
import { assumeDrilled } from '../../cli/drill/assumed.ts';
import { analyse } from '../../functions/analyse/analyse.ts';
import { playbook } from '../../functions/analyse/playbook.ts';
import { approve } from '../../functions/approve/approve.ts';
import { close } from '../../functions/close/close.ts';
import type { Action } from '../../functions/domain/action.ts';
import { NotFound } from '../../functions/domain/errors.ts';
import { enrich } from '../../functions/enrich/enrich.ts';
import { execute } from '../../functions/execute/execute.ts';
import { gate } from '../../functions/gate/gate.ts';
import { type Accepted, acceptEvent } from '../../functions/intake/intake.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { rateLimited } from '../../functions/messaging/rate-limited-send.ts';
import { notify } from '../../functions/notify/notify.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { createAccount } from '../../local/account.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { schedulesIn } from '../execute/toy.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { retried } from '../properties/mortal.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { BRIEF_PACING } from '../store/pacing.ts';
import { BASE_URL, mac } from '../web/approval-pages.ts';
import { sample } from './world.ts';

/** `BURST_ALERTS=10000` takes a few minutes. */
const ALERTS = Number(process.env.BURST_ALERTS ?? 500);
/** All alerts arrive within this time, several at once. */
const BURST_MS = 300_000;
const AT_ONCE = 10;
/** Some automatic actions are delayed for longer than their slot is valid. */
const HELD_UP_MS = 90_000;
const HOUR_MS = 3_600_000;
const RETRIES = 8;

/** A probe by one attacker against one host. Every 20th is a repeat; every 10th shares a host. */
function probe(n: number): string {
  const i = n % 20 === 19 ? n - 1 : n;
  const host = i % 10 === 0 ? 0 : i;
  const event = sample('web-port-probe') as { detail: Record<string, unknown> };
  event.detail.id = `burst-${i}`;
  return JSON.stringify(event)
    .replaceAll('203.0.113.66', `45.20.${i >> 8}.${i & 255}`)
    .replaceAll('i-0aa1bb2cc3dd4ee5f', `i-0aa1bb2cc3d${host.toString(16).padStart(6, '0')}`);
}

/** The largest number of these times within one window. */
function mostWithin(milliseconds: number, times: readonly string[]): number {
  const sorted = times.map((at) => Date.parse(at)).sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - milliseconds) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
const groupedBy = <T>(all: readonly T[], key: (one: T) => string): T[][] => [
  ...Map.groupBy(all, key).values(),
];

/** One account: the flow of the state machine in code. Work that waits is kept in a list. */
async function account() {
  const clock = { now: NOW };
  const now = () => clock.now;
  const log = () => {};
  const store = storeOn(memoryTable(() => {}, BRIEF_PACING));
  await assumeDrilled(POLICY, store.drills, NOW);
  const pages: { at: string; to: string }[] = [];
  const deliver = async ({ urgency, to }: Message) => {
    if (urgency === 'page' && to.kind === 'person')
      pages.push({ at: now().toISOString(), to: to.id });
    return { notBy: [] };
  };
  const send = rateLimited(deliver, { store, limits: POLICY.limits, now, log });
  const state = <T>(_: string, initial: T) => inMemory(initial);
  const standIns = createAccount({ state, policy: POLICY, send, now });
  const started: { incidentId: string; alertId: string }[] = [];
  const deps = {
    recordLayout: 2 as const,
    keys: KEYS,
    store,
    policy: POLICY,
    send,
    mac,
    webBaseUrl: BASE_URL,
    now,
    log,
    effectsOf,
    analyst: playbook,
    deadline: () => new AbortController().signal,
    readDeadline: () => new AbortController().signal,
    ec2: standIns.ec2,
    iam: standIns.iam,
    lambda: standIns.lambda,
    ssm: standIns.ssm,
    waf: standIns.samples,
    ownPrefix: 'countermand-',
    schedules: schedulesIn(new Map()),
    callback: () => Promise.reject(new NotFound('no execution is waiting')),
    openTicket: async () => 'oi-1',
    reject: async (body: string, reason: string) => expect.fail(`${reason}: ${body.slice(0, 200)}`),
    startRespond: async (_: string, input: object) =>
      void started.push(input as (typeof started)[number]),
  };
  const mechanisms = new Map(
    Object.values(standIns.scopes).flatMap((all) => all.map((one) => [one.info.id, one] as const)),
  );
  /** Work that is due later, with its time. */
  const later: { at: number; work: () => Promise<void> }[] = [];
  const after = (milliseconds: number, work: () => Promise<void>) =>
    later.push({ at: now().getTime() + milliseconds, work });

  async function carryOut(ids: { incidentId: string; actionId: string }): Promise<void> {
    try {
      await retried(RETRIES, () => execute({ ...deps, mechanisms }, ids));
    } catch (error) {
      const failure = { Error: error instanceof Error ? error.name : 'unknown', Cause: '' };
      const request = { ...ids, cause: 'execution-failed', by: 'respond', failure };
      await retried(RETRIES, () => reverse({ ...deps, mechanisms }, request));
      await retried(RETRIES, () => notify(deps, ids));
    }
  }

  let held = 0;
  async function respond(ids: { incidentId: string; alertId: string }): Promise<void> {
    const enriched = await retried(RETRIES, () => enrich(deps, ids));
    const decided = await retried(RETRIES, async () => gate(deps, await analyse(deps, enriched)));
    const { actions } = decided as {
      actions: { incidentId: string; actionId: string; disposition: string; waits: number[] }[];
    };
    let over = 0;
    for (const { disposition, incidentId, actionId, waits } of actions) {
      const action = { incidentId, actionId };
      if (disposition === 'auto') {
        const delay = held++ % 3 === 2 ? HELD_UP_MS : 0;
        over = Math.max(over, delay);
        if (delay === 0) await carryOut(action);
        else after(delay, () => carryOut(action));
      }
      if (disposition === 'hand-off') await retried(RETRIES, () => notify(deps, action));
      if (disposition === 'approve') {
        const ask = (step: number) =>
          retried(RETRIES, () => approve(deps, { ...action, rung: step, taskToken: 'a-token' }));
        await ask(0);
        const wait = 1000 * waits.reduce((sum, seconds) => sum + seconds, 0);
        over = Math.max(over, wait);
        after(wait, async () => {
          await ask(waits.length - 1);
          await retried(RETRIES, () => notify(deps, action));
        });
      }
    }
    after(over, () => retried(RETRIES, () => close(deps, ids)).then(() => {}));
  }

  return {
    store,
    pages,
    clock,
    async arrive(bodies: readonly string[]) {
      const accepted = await Promise.all(bodies.map((body) => acceptEvent(deps, body)));
      await Promise.all(started.splice(0).map(respond));
      return accepted.flat();
    },
    /** Runs the due work in the order of its times. */
    async pass(milliseconds: number) {
      const until = now().getTime() + milliseconds;
      for (;;) {
        later.sort((a, b) => a.at - b.at);
        const next = later[0];
        if (!next || next.at > until) break;
        later.shift();
        clock.now = new Date(Math.max(next.at, now().getTime()));
        await next.work();
      }
      clock.now = new Date(until);
    },
    waiting: () => later.length,
  };
}

test(`${ALERTS} alerts in five minutes stay within the rate and page limits, and each ends with an outcome`, {
  timeout: 120_000 + 200 * ALERTS,
}, async () => {
  const began = performance.now();
  const { store, pages, arrive, pass, waiting } = await account();
  const accepted: Accepted[] = [];
  for (let n = 0; n < ALERTS; n += AT_ONCE) {
    const size = Math.min(AT_ONCE, ALERTS - n);
    accepted.push(...(await arrive(Array.from({ length: size }, (_, k) => probe(n + k)))));
    await pass((BURST_MS * AT_ONCE) / ALERTS);
  }
  await pass(HOUR_MS);
  expect(waiting()).toBe(0);

  const incidents = await store.records.recentIncidents(ALERTS);
  const actions: Action[] = [];
  for (const { incidentId } of incidents)
    actions.push(...(await store.records.actions(incidentId)));
  const automatic = actions.filter(
    ({ disposition, appliedAt }) => disposition === 'auto' && appliedAt !== null,
  );
  const tooLate = actions.filter(
    ({ disposition, status }) => disposition === 'auto' && status === 'failed',
  );
  const most = (all: readonly Action[]) =>
    mostWithin(
      60_000,
      all.map(({ appliedAt }) => appliedAt ?? ''),
    );
  const pagesPerPerson = groupedBy(pages, ({ to }) => to).map((all) =>
    mostWithin(
      HOUR_MS,
      all.map(({ at }) => at),
    ),
  );
  console.log(
    `${ALERTS} alerts: ${incidents.length} incidents, ${actions.length} actions, ${automatic.length} automatic, at most ${most(automatic)} in a minute, ${tooLate.length} too late for a slot; at most ${Math.max(...pagesPerPerson)} pages to a person in an hour; ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );

  const { perAccount, perAction, perIncident } = POLICY.limits.automaticPerMinute;
  expect(automatic.length).toBeGreaterThan(perAccount);
  expect(most(automatic)).toBeLessThanOrEqual(perAccount);
  for (const same of groupedBy(automatic, ({ name }) => name ?? ''))
    expect(most(same), same[0]?.name ?? '').toBeLessThanOrEqual(perAction);
  for (const same of groupedBy(automatic, ({ incidentId }) => incidentId))
    expect(most(same), same[0]?.incidentId).toBeLessThanOrEqual(perIncident);
  // Without these, the test would not show that the slot is checked again when it is used.
  expect(tooLate.length).toBeGreaterThan(0);

  const alerts = incidents.flatMap((incident) => incident.alerts);
  const ids = new Set(alerts.map(({ alertId }) => alertId));
  expect(accepted).toHaveLength(ALERTS);
  expect(accepted.filter((one) => one.outcome === 'refused' || !ids.has(one.alertId))).toEqual([]);
  expect(alerts.filter(({ outcome }) => outcome === null)).toEqual([]);

  expect(pages.length).toBeGreaterThan(0);
  for (const count of pagesPerPerson)
    expect(count).toBeLessThanOrEqual(POLICY.limits.pages.perPersonPerHour);
});
