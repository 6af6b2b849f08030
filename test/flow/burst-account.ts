// One account in memory: the state machine in code, with a clock of its own.
import { expect } from 'vitest';
import { assumeDrilled } from '../../cli/drill/assumed.ts';
import { analyse } from '../../functions/analyse/analyse.ts';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { playbook } from '../../functions/analyse/playbook-analyst.ts';
import { approve } from '../../functions/approve/approve.ts';
import { close } from '../../functions/close/close.ts';
import { NotFound } from '../../functions/domain/errors.ts';
import { enrich } from '../../functions/enrich/enrich.ts';
import { execute } from '../../functions/execute/execute.ts';
import { gate } from '../../functions/gate/gate.ts';
import { acceptEvent } from '../../functions/intake/intake.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { rateLimited } from '../../functions/messaging/rate-limited-send.ts';
import { ticketOf } from '../../functions/messaging/ticket.ts';
import { notify } from '../../functions/notify/notify.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { createAccount } from '../../local/account.ts';
import { createDns, LOCAL_ZONES } from '../../local/aws/dns.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { schedulesIn } from '../execute/toy.ts';
import { HERE, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS, PAGE_KEY } from '../fixtures/proofs.ts';
import { retried } from '../properties/mortal.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { BRIEF_PACING } from '../store/pacing.ts';
import { BASE_URL, mac } from '../web/approval-pages.ts';

/** Some automatic actions are delayed for longer than their slot is valid. */
const HELD_UP_MS = 90_000;
const RETRIES = 8;
/** How often the intake queue delivers a body. */
const DELIVERIES = 5;

/** Work that waits is kept in a list. */
export async function createBurstAccount(analyst: Analyst = playbook) {
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
  const send = rateLimited(deliver, {
    store,
    policy: POLICY,
    pageKey: PAGE_KEY,
    now,
    log,
  });
  const state = <T>(_: string, initial: T) => inMemory(initial);
  const writeTicket = (incidentId: string) => ticketOf(store.records, incidentId, now());
  const standIns = createAccount({ state, policy: POLICY, send, writeTicket, now });
  const started: { incidentId: string; alertId: string }[] = [];
  const deps = {
    recordLayout: 2 as const,
    keys: KEYS,
    store,
    policy: POLICY,
    here: HERE,
    send,
    pageKey: PAGE_KEY,
    mac,
    webBaseUrl: BASE_URL,
    now,
    log,
    effectsOf,
    analysts: [analyst],
    milliseconds: 100_000,
    asksModel: true,
    nonce: () => '7f3a2c91',
    deadline: () => new AbortController().signal,
    readDeadline: () => new AbortController().signal,
    ec2: standIns.ec2,
    iam: standIns.iam,
    lambda: standIns.lambda,
    gateway: standIns.gateway,
    cognito: standIns.cognito,
    ssm: standIns.ssm,
    waf: standIns.samples,
    flowSource: standIns.flowSource,
    awsConfig: null,
    trailIn: () => ({ lookupEvents: async () => ({ $metadata: {}, Events: [] }) }),
    dns: createDns(LOCAL_ZONES),
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
      const accepted = await Promise.all(
        bodies.map((body) => retried(DELIVERIES - 1, () => acceptEvent(deps, body))),
      );
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
