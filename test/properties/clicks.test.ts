// Concurrent clicks on the real pages lead to one recorded outcome (P2, P9).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approve } from '../../functions/approve/approve.ts';
import type { Action } from '../../functions/domain/action.ts';
import { NotFound } from '../../functions/domain/errors.ts';
import { execute } from '../../functions/execute/execute.ts';
import { issueLink } from '../../functions/links/link.ts';
import { notify } from '../../functions/notify/notify.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { anchorOf, chainFault } from '../../functions/store/hash-chain.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { issueNonce } from '../../functions/web/form.ts';
import { createWeb } from '../../functions/web/web.ts';
import { schedulesIn, toy, toyMechanisms, type World } from '../execute/toy.ts';
import { attacker, HERE, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { KEYS, PAGE_KEY } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import {
  ana,
  BASE_URL,
  ben,
  mac,
  mei,
  minute,
  pages,
  put,
  requestWith,
  waiting,
} from '../web/approval-pages.ts';
import { type Death, mortal, retried, type Turn, turnsOf } from './mortal.ts';

const IDS = { incidentId: INCIDENT_ID, actionId: 'act-0123456789abcdef-1' };
/**
 * The time of each escalation step. The last two end the request; the very last applies after more time was granted.
 */
const STEPS = [0, 5, 15, 20].map(minute);
const MORE_MINUTES = 5;
const RETRIES = { approve: 4, execute: 6, reverse: 5, notify: 4 };

type Click = 'approve' | 'decline' | 'acknowledge' | 'more-time' | 'hand-over';
type Clicked = { person: string; click: Click; wasKilled: boolean; status: number; page: string };

/** One account in which a block waits for Ana and, after five minutes, for Ben. */
function account(turn: Turn, skewSeconds: Readonly<Record<string, number>>) {
  const table = memoryTable();
  const world: World = new Map();
  const clock = { now: minute(0) };
  const store = storeOn(table);
  const waitingFor = new Map<string, (verdict: string) => void>();
  const notifications: string[] = [];
  const clicked: Clicked[] = [];
  let isGone = false;

  /** The dependencies of one function. Its calls take turns, and its clock may differ from the others'. */
  const functions = (name: string, dies: Death = null) => {
    const outward = mortal(name, dies, turn);
    const { callback } = outward({
      callback: async (token: string, output: object) => {
        const resume = waitingFor.get(token);
        if (!resume) throw new NotFound('no execution is waiting');
        waitingFor.delete(token);
        resume('verdict' in output ? String(output.verdict) : '');
      },
    });
    const mechanisms = [...toyMechanisms(world)].map(
      ([id, one]) => [id, { ...one, driver: outward(one.driver) }] as const,
    );
    const skew = 1000 * (skewSeconds[name] ?? 0);
    let ids = 0;
    return {
      store: storeOn(outward(table)),
      policy: POLICY,
      here: HERE,
      keys: KEYS,
      mechanisms: new Map(mechanisms),
      schedules: schedulesIn(new Map()),
      mac,
      pages,
      provider: null,
      newId: () => `${name}-${++ids}`,
      webBaseUrl: BASE_URL,
      callback,
      startReverse: async () => {},
      startRespond: async () => {},
      ask: (input: object): Promise<void> => approve(functions('ask'), input),
      send: async () => ({ notBy: [] }),
      openTicket: async () => 'oi-1',
      pageKey: PAGE_KEY,
      now: () => new Date(clock.now.getTime() + skew),
      log: () => {},
    };
  };
  const load = () => store.records.action(IDS.incidentId, IDS.actionId);

  const tell = async (name: string) => {
    const { status } = await load();
    await retried(RETRIES.notify, () => notify(functions(name), IDS));
    notifications.push(status);
  };
  const undo = (input: object) =>
    retried(RETRIES.reverse, () => reverse(functions('reverse'), { ...IDS, ...input }));

  /** The state machine, from the approval request on. */
  async function respond(dies: Death): Promise<void> {
    for (let step = 0; step < STEPS.length; step++) {
      const verdict = await askedAt(step, step === 0 ? dies : null);
      if (verdict === 'lapsed') continue;
      if (verdict === 'gone') return;
      if (verdict === 'approved') return carryOut();
      await tell('notify').catch(() => {});
      return;
    }
    expect.fail('the last step must end the request');
  }

  async function askedAt(step: number, dies: Death): Promise<string> {
    try {
      return await retried(RETRIES.approve, async (attempt) => {
        const token = `token-${step}-${attempt}`;
        const answer = new Promise<string>((resolve) => waitingFor.set(token, resolve));
        try {
          await approve(functions('ask', attempt === 0 ? dies : null), {
            ...IDS,
            rung: step,
            taskToken: token,
          });
          return isGone ? 'gone' : await Promise.race([answer, lapse(step)]);
        } finally {
          waitingFor.delete(token);
        }
      });
    } catch {
      return 'not asked';
    }
  }

  /** The wait at a step ends at some time after the next step is due. The last step ends by itself. */
  async function lapse(step: number): Promise<string> {
    const next = STEPS[step + 1];
    if (!next) return new Promise(() => {});
    await turn(`clock: step ${step} lapses`);
    if (next > clock.now) clock.now = next;
    return 'lapsed';
  }

  async function carryOut() {
    try {
      await retried(RETRIES.execute, () => execute(functions('execute'), IDS));
      await tell('notify');
    } catch (error) {
      const failure = { Error: error instanceof Error ? error.name : 'unknown' };
      await undo({ cause: 'execution-failed', by: 'respond', failure });
      await tell('notify');
    }
  }

  /** Stops the execution: from then on nothing waits, and every token is invalid. */
  async function stopExecution() {
    await turn('execution stopped');
    isGone = true;
    for (const resume of waitingFor.values()) resume('gone');
    waitingFor.clear();
  }

  const pathOf = async (action: Action, person: string) => {
    const expires = STEPS.at(-1)!.getTime() / 1000;
    const claims = { ...IDS, purpose: 'approve' as const, digest: action.digest, person, expires };
    return `/approve/${await issueLink(mac, claims)}`;
  };

  async function click(action: Action, person: string, clicking: Click, dies: Death) {
    const { fetch, request } = createWeb(functions(person, dies));
    const path = await pathOf(action, person);
    const nonce = await issueNonce(pages, path.slice('/approve/'.length), person, clock.now);
    const form = { verdict: clicking, to: mei.id, reason: '', digest: action.digest, nonce };
    const response = await request.call({ fetch }, path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' },
      body: new URLSearchParams(form).toString(),
    });
    clicked.push({
      person,
      click: clicking,
      wasKilled: dies !== null,
      status: response.status,
      page: await response.text(),
    });
  }

  /** The page that a person sees on opening the link again. */
  async function look(action: Action, person: string): Promise<string> {
    const response = await createWeb(functions('look')).request(await pathOf(action, person));
    return `${response.status} ${await response.text()}`;
  }

  async function sweepOnce() {
    const inputs: object[] = [];
    await sweep({
      ...functions('sweep'),
      startReverse: async (_, input) => void inputs.push(input),
      startRespond: async () => {},
      notify: () => tell('notify'),
    });
    for (const input of inputs) await undo(input).catch(() => {});
  }

  async function pass(minutes: number) {
    for (let passed = 0; passed < minutes; passed += 3) {
      clock.now = new Date(clock.now.getTime() + 3 * 60_000);
      await sweepOnce();
    }
  }
  return {
    world,
    store,
    notifications,
    clicked,
    load,
    respond,
    stopExecution,
    click,
    look,
    undo,
    sweepOnce,
    pass,
  };
}

const CLICKS: Click[] = ['approve', 'decline', 'acknowledge', 'more-time', 'hand-over'];
/** Generates approvals and declines more often than the other answers. */
const aClick = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Click>('approve', 'approve', 'approve', 'decline') },
  { weight: 1, arbitrary: fc.constantFrom(...CLICKS) },
);
const dies = fc.option(fc.nat(12), { freq: 1 });
/** More often false, so that some runs execute the action. */
const rarely = fc.nat(4).map((n) => n === 0);
const plans = fc.record({
  required: fc.constantFrom(1, 1, 2),
  declineEnds: fc.boolean(),
  clicks: fc.array(
    fc.record({ person: fc.constantFrom(ana.id, ben.id, mei.id), click: aClick, dies }),
    { minLength: 1, maxLength: 4 },
  ),
  askDies: fc.option(fc.nat(16), { freq: 1 }),
  isSwept: rarely,
  isWithdrawn: rarely,
  isHalted: rarely,
  isGone: rarely,
  skewSeconds: fc.record(
    Object.fromEntries(
      [ana.id, ben.id, mei.id, 'ask', 'sweep', 'execute'].map((name) => [
        name,
        fc.constantFrom(0, 0, -90, 90),
      ]),
    ),
  ),
});
type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;

const questionOf = ({ required, declineEnds }: Plan): Action =>
  waiting({
    mechanism: toy.id,
    effectKey: `toy:${attacker.value}`,
    attentionAt: minute(17).toISOString(),
    approval: requestWith({
      required,
      declineEnds,
      moreTimeMinutes: MORE_MINUTES,
      askedRungs: 0,
      taskToken: null,
    }),
  });

/** Runs everything in the plan concurrently. */
const atOnce = (one: ReturnType<typeof account>, action: Action, plan: Plan, turn: Turn) =>
  Promise.all([
    one.respond(plan.askDies),
    ...plan.clicks.map(({ person, click, dies: at }) => one.click(action, person, click, at)),
    plan.isSwept && turn('sweep').then(() => one.sweepOnce()),
    plan.isWithdrawn &&
      turn('withdrawn').then(() => one.undo({ cause: 'person', by: `person:${mei.id}` })),
    plan.isHalted &&
      turn('halted').then(() =>
        one.store.killSwitch.halt(POLICY.account, {
          mode: 'halt',
          by: `person:${mei.id}`,
          at: minute(0).toISOString(),
          why: 'stop',
        }),
      ),
    plan.isGone && one.stopExecution(),
  ]);

const VOTES = { approve: 'approved', decline: 'declined' } as const;
const EVENTS = {
  acknowledge: 'acknowledged',
  'more-time': 'more-time',
  'hand-over': 'handed-over',
};

/** The answer that a person received must match the record. */
function expectTruth(one: Clicked, all: readonly Clicked[], action: Action) {
  const { person, click, wasKilled, status, page } = one;
  const isOnRecord = isRecorded(one, action);
  if (status === 200) {
    expect(isOnRecord, `the page confirmed: ${click} by ${person}`).toBe(true);
    return;
  }
  if (status === 500) {
    expect(wasKilled).toBe(true);
    expect(page).toContain('to see whether your answer was counted');
    return;
  }
  expect([403, 409, 410]).toContain(status);
  // Another click by the same person may have put the same entry on record.
  const counted = all.some(
    (other) => other !== one && other.person === person && [200, 500].includes(other.status),
  );
  if (!counted) expect(isOnRecord, `the page rejected: ${click} by ${person}`).toBe(false);
}

function isRecorded({ person, click }: Clicked, { approval, history }: Action): boolean {
  if (click === 'approve' || click === 'decline')
    return approval!.votes.some(({ by, verdict }) => by === person && verdict === VOTES[click]);
  return history.some(({ by, event }) => by === `person:${person}` && event === EVENTS[click]);
}

/** On opening the link again at the end, the page must name the decision and who made it. */
async function expectHonestPage(one: ReturnType<typeof account>, person: string, action: Action) {
  const page = await one.look(action, person);
  expect(page).toMatch(/^200 /);
  const decision = action.approval!.decision;
  if (decision) expect(page).toContain(`${NAMES[decision.by]} ${decision.verdict} this at`);
}
const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  [ana, ben, mei].map(({ id, name }) => [id, name]),
);

/** At most one outcome, reached by enough votes, and nothing executed without it. */
function expectOneOutcome({ approval, history, status }: Action, { required }: Plan) {
  const events = history.map(({ event }) => event);
  const settled = events.filter((event) => ['approved', 'declined', 'expired'].includes(event));
  expect(settled.length).toBeLessThanOrEqual(1);
  expect(['declined', 'expired', 'reversed', 'failed']).toContain(status);
  const { votes, decision } = approval!;
  const yes = votes.filter(({ verdict }) => verdict === 'approved');
  expect(new Set(votes.map(({ by }) => by)).size).toBe(votes.length);
  expect(settled[0] === 'approved').toBe(yes.length >= required);
  expect(decision?.verdict).toBe(settled[0] === 'expired' ? undefined : settled[0]);
  if (events.includes('executing')) expect(settled[0]).toBe('approved');
  const isStopped = settled[0] === 'approved' && !events.includes('in-force');
  return { isStopped, isExpired: settled[0] === 'expired' };
}

describe('concurrent answers', () => {
  test('P2, P9: any concurrent clicks lead to one recorded outcome, and every page that answers matches the record', async () => {
    const reached = new Set<string>();
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      const { turn, concurrently } = turnsOf(scheduler);
      const one = account(turn, plan.skewSeconds);
      const question = await put(one.store, questionOf(plan));
      await concurrently(() => atOnce(one, question, plan, turn));
      await one.pass(3 * 60);

      const action = await one.load();
      for (const { event } of action.history) reached.add(event);
      const { isStopped, isExpired } = expectOneOutcome(action, plan);
      if (isStopped) expect(one.notifications.length).toBeGreaterThan(0);
      if (isExpired) expect(one.notifications).toContain('expired');
      expect(chainFault(anchorOf(action), action.history)).toBe(null);
      expect(one.world.size).toBe(0);
      expect(one.clicked).toHaveLength(plan.clicks.length);
      for (const clicked of one.clicked) {
        expectTruth(clicked, one.clicked, action);
        await expectHonestPage(one, clicked.person, action);
      }
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) });
    for (const event of ['declined', 'expired', 'in-force', 'reversed'])
      expect([...reached], 'the runs reach every end').toContain(event);
  }, 300_000);
});
