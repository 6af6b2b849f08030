// The demo on a laptop: time on demand, settings, and the reset.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assumeDrilled } from '../../cli/drill/assumed.ts';
import { createDemoSite } from '../../console/demo.ts';
import { playbook } from '../../functions/analyse/playbook-analyst.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import { inMemory, stateIn } from '../../local/aws/state-file.ts';
import { createDemo, type Demo, USUAL } from '../../local/demo.ts';
import { manualClock, movableClock } from '../../local/engine/clock.ts';
import { createRuntime } from '../../local/runtime.ts';
import { NOW } from '../fixtures/case.ts';
import { PAGE_KEY_BYTES, PROOF_KEYS } from '../fixtures/proofs.ts';
import { sample } from '../flow/world.ts';

const URL_OF_SITE = 'http://127.0.0.1:8420';

describe('a movable clock', () => {
  test('runs the callbacks that became due in order, and keeps the later ones', () => {
    const system = manualClock(NOW);
    const ahead = inMemory(0);
    const clock = movableClock(ahead, system);
    const called: string[] = [];
    const minuteAt = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
    clock.at(minuteAt(20), () => called.push('20'));
    clock.at(minuteAt(10), () => called.push('10'));
    const cancel = clock.at(minuteAt(5), () => called.push('5'));
    cancel();
    expect(clock.next()).toEqual(minuteAt(10));
    clock.moveTo(minuteAt(15));
    expect([called, clock.now()]).toEqual([['10'], minuteAt(15)]);
    clock.moveTo(minuteAt(1));
    expect(clock.now()).toEqual(minuteAt(15));
    system.advance(5 * 60_000);
    expect(called).toEqual(['10', '20']);
    expect(movableClock(ahead, system).now()).toEqual(minuteAt(20));
  });
});

describe('the demo', () => {
  let folder: string;
  let demo: Demo;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countermand-demo-'));
    const state = stateIn(folder);
    const clock = movableClock(state('clock', 0), manualClock(NOW));
    let ids = 0;
    demo = await createDemo({
      folder,
      policy: loadPolicy(POLICIES, 'local'),
      clock,
      settings: state('demo', USUAL),
      idle: async () => {},
      async start(policy) {
        const runtime = await createRuntime({
          ...{ policy, clock, folder, analyst: playbook, log: () => {}, retryIntervalMs: 0 },
          ...{ newId: () => `id-${++ids}`, webBaseUrl: URL_OF_SITE },
          ...{ linkKey: Buffer.alloc(32, 7), proofKeys: PROOF_KEYS, pageKey: PAGE_KEY_BYTES },
        });
        await assumeDrilled(policy, runtime.store.drills, clock.now());
        return runtime;
      },
    });
  });
  afterEach(async () => {
    await demo.stop();
    rmSync(folder, { recursive: true });
  });

  const deliver = async () => {
    await demo.runtime().accept(JSON.stringify(sample('web-port-probe')));
    await demo.runtime().engine.quiet();
  };
  const block = async () => {
    const { records } = demo.runtime().store;
    const [incident] = await records.recentIncidents(1);
    const actions = incident ? await records.actions(incident.incidentId) : [];
    return actions.find(({ name }) => name === 'block_ip_at_firewall');
  };

  test('moves to the next due event, and shows an expiry without waiting', async () => {
    expect(await demo.passToNext()).toBe(false);
    await deliver();
    expect((await block())?.status).toBe('awaiting-approval');
    const seen: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      await demo.passToNext();
      seen.push((await block())?.approval?.askedRungs, (await block())?.status);
    }
    expect(seen.slice(0, 2)).toEqual([2, 'awaiting-approval']);
    expect(seen.at(-1)).toBe('expired');
    expect(demo.now() > NOW).toBe(true);
  });

  test('moves an hour ahead, and runs the events of that hour in order', async () => {
    await deliver();
    await demo.passHour();
    expect(demo.now().toISOString()).toBe('2026-11-24T04:00:00.000Z');
    const history = (await block())?.history ?? [];
    expect(history.map(({ at }) => at)).toEqual(history.map(({ at }) => at).toSorted());
    expect((await block())?.status).toBe('expired');
  });

  test('switches to two approvers and to shadow mode, and keeps the records', async () => {
    await demo.set({ shadow: false, twoApprovers: true });
    await deliver();
    expect((await block())?.approval?.required).toBe(2);
    await demo.set({ shadow: true, twoApprovers: false });
    expect(demo.runtime().policy.mode).toBe('shadow');
    expect((await block())?.approval?.required).toBe(2);
  });

  test('has no data and the present time after a reset', async () => {
    await deliver();
    await demo.passHour();
    await demo.reset();
    expect(await block()).toBeUndefined();
    expect([demo.now(), demo.settings()]).toEqual([NOW, USUAL]);
  });

  test('shows its bar above every page, and accepts no form from another site', async () => {
    const site = createDemoSite({
      ...{ demo, drills: () => '17 passed', webBaseUrl: URL_OF_SITE },
      appOf: (runtime) => runtime.console,
    });
    const page = await (await site.request(`${URL_OF_SITE}/console/incident/x`)).text();
    expect(page).toContain('<section class="demo"');
    expect(page).toContain('17 passed');
    const post = (origin: string, back: string) =>
      site.request(`${URL_OF_SITE}/demo`, {
        method: 'POST',
        headers: { origin, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ do: 'hour', back }).toString(),
      });
    expect((await post('http://evil.example', '/')).status).toBe(403);
    const rebound = new Request('http://rebound.example:8420/console');
    expect((await site.fetch(rebound)).status).toBe(421);
    for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example'])
      expect((await post(URL_OF_SITE, back)).headers.get('location')).toBe('/');
    expect((await post(URL_OF_SITE, '/console')).headers.get('location')).toBe('/console');
  });
});
