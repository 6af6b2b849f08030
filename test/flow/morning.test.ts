// Messages about low alerts wait for the morning; a critical alert pages.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import { POLICY, recommend } from '../fixtures/case.ts';
import { citing } from '../fixtures/citing.ts';
import { alertAbout, attacker } from './generic-alert.ts';
import { createWorld, type World } from './world.ts';

/** The limits that a new account gets. */
const { limits } = loadPolicy(POLICIES, 'example');
const analyst: Analyst = citing({
  origin: 'anthropic',
  model: 'a-model',
  judge: async () => ({
    verdict: 'suspicious',
    summary: 'Have a look.',
    recommendations: [
      recommend({ action: 'send_analyst_notification', target: 'alert-1', confidence: 100 }),
    ],
  }),
});
const alert = (n: number, severity: string) =>
  alertAbout(`alert-${n}`, 'Scan', [attacker(`203.0.113.${n}`)], { severity });

let world: World;
beforeEach(async () => {
  world = await createWorld({ analyst, policy: { ...POLICY, limits } });
});
afterEach(() => world.stop());

const toAna = () =>
  world.runtime
    .inbox()
    .map(({ message }) => message)
    .filter(({ to }) => to.kind === 'person' && to.id === 'ana.silva');

test('a night of low alerts is one digest at 8 in the morning, and a critical alert pages at once', async () => {
  for (let n = 1; n <= 5; n++) await world.deliver(alert(n, 'low'));
  await world.pass(6);
  expect(toAna()).toEqual([]);
  await world.deliver(alert(9, 'critical'));
  expect(toAna().filter(({ urgency }) => urgency === 'page')).not.toEqual([]);
  const before = toAna().length;
  world.clock.advance(5 * 3_600_000);
  await world.pass(1);
  const morning = toAna().slice(before);
  expect(morning.filter(({ key }) => key.startsWith('digest-'))).toMatchObject([
    { urgency: 'inform', subject: expect.stringMatching(/^5 messages outside your working hours/) },
  ]);
});
