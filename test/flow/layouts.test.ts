// Incidents end in the layout in which they began.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acceptEvent } from '../../functions/intake/intake.ts';
import { type Layout, layoutOf } from '../../functions/store/layout.ts';
import { HERE, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { createWorld, sample, type World } from './world.ts';

const ATTACKER = '203.0.113.66/32';
/** A finding about the same attacker and instance. */
const related = () => {
  const event = sample('web-port-probe');
  return { ...event, detail: { ...(event.detail as object), id: 'another-finding' } };
};

describe.each<[string, Layout, Layout]>([
  ['an upgrade to layout 2', 1, 2],
  ['setting layout 1 again', 2, 1],
])('after %s', (_, from, to) => {
  let folder: string;
  let world: World;
  /** Ana's link, sent before the change. */
  let link: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countermand-layouts-'));
    const before = await createWorld({ folder, recordLayout: from });
    await before.deliver(sample('web-port-probe'));
    link = before.link('ana.silva');
    await before.stop();
    world = await createWorld({ folder, recordLayout: to, clock: before.clock });
  });
  afterEach(async () => {
    await world.stop();
    rmSync(folder, { recursive: true });
  });

  test('a link sent before the layout changed approves its request, which runs and is undone on time', async () => {
    await world.answer(link, 'approve', '');
    expect(world.blocked()).toEqual([ATTACKER]);
    await world.pass(6);
    expect(world.blocked()).toEqual([]);
    const [incident, ...others] = await world.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ status: 'closed', outcome: 'acted' });
    expect((await world.action('block_ip_at_firewall')).status).toBe('reversed');
    const { incidentId = '' } = incident ?? {};
    expect(layoutOf(incidentId)).toBe(from);
    const keys = (await world.runtime.copies.keys('records/')).filter((key) =>
      key.includes(incidentId),
    );
    const actions = { 1: `records/INCIDENT/${incidentId}/ACTION/`, 2: `records/2/ACTION/` };
    const incidents = { 1: `records/INCIDENT/${incidentId}/INC`, 2: 'records/2/INCIDENT/' };
    expect(keys.filter((key) => key.startsWith(actions[from])).length).toBeGreaterThan(5);
    expect(keys.filter((key) => key.startsWith(incidents[from])).length).toBeGreaterThan(0);
    for (const other of [actions[to], incidents[to]])
      expect(keys.filter((key) => key.startsWith(other))).toEqual([]);
  });

  test('a request made before the layout changed expires and closes its incident', async () => {
    await world.pass(16);
    expect((await world.action('block_ip_at_firewall')).status).toBe('expired');
    expect((await world.incidents()).map(({ status }) => status)).toEqual(['closed']);
  });

  test('a related alert is handled in an incident of its own, while the earlier one is open', async () => {
    expect((await world.incidents())[0]?.status).toBe('open');
    world.clock.advance(1_000);
    await world.deliver(related());
    const [latest, earlier] = await world.incidents();
    expect([latest, earlier].map((one) => layoutOf(one?.incidentId ?? ''))).toEqual([to, from]);
    expect(latest?.alerts).toHaveLength(1);
    const blockOf = async (incidentId = '') =>
      (await world.runtime.store.records.actions(incidentId)).find(
        ({ name }) => name === 'block_ip_at_firewall',
      );
    const asked = await blockOf(earlier?.incidentId);
    expect(asked?.status).toBe('awaiting-approval');
    expect((await blockOf(latest?.incidentId))?.reasons.at(-1)?.text).toBe(
      `Already requested: this joins ${asked?.actionId} of ${earlier?.incidentId}`,
    );
    await world.pass(16);
    expect((await world.incidents()).map(({ status }) => status)).toEqual(['closed', 'closed']);
  });

  test('an execution that started before the layout changed continues in its layout', async () => {
    const { store, engine } = world.runtime;
    const started: { incidentId: string; alertId: string }[] = [];
    await acceptEvent(
      {
        ...{ store, policy: POLICY, here: HERE, recordLayout: from, ownPrefix: 'countermand-' },
        keys: KEYS,
        startRespond: async (_name, input) => void started.push(input),
        reject: async () => {},
        now: world.clock.now,
        log: () => {},
      },
      JSON.stringify(sample('ssh-brute-force')),
    );
    const [input] = started;
    const { incidentId = '', alertId = '' } = input ?? {};
    engine.start('respond', alertId, { incidentId, alertId });
    await engine.quiet();
    expect(layoutOf(incidentId)).toBe(from);
    expect(await store.records.findFacts(incidentId, alertId)).toBeDefined();
    const names = (await store.records.actions(incidentId)).map(({ name }) => name);
    expect(names).toContain('block_ip_at_firewall');
    await world.pass(16);
    expect((await store.records.incident(incidentId)).status).toBe('closed');
  });
});
