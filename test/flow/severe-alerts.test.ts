// P12: severe alerts page people after any earlier alerts, answers and updates.

import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { CASES, readCase } from '../../tools/eval/cases.ts';
import { eventOf } from '../../tools/eval/findings/others.ts';
import { NOW, POLICY, recommend } from '../fixtures/case.ts';
import { citing } from '../fixtures/citing.ts';
import { alertAbout, attacker } from './generic-alert.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
afterEach(() => world.stop());

const benign: Analyst = citing({
  origin: 'anthropic',
  model: 'a-model',
  judge: async () => ({ verdict: 'benign', summary: 'Nothing to see.', recommendations: [] }),
});
const PROBE = 'Recon:EC2/PortProbeUnprotectedPort';
/** Watches the attacker of a type that the playbook does not know. */
const watching: Analyst = citing({
  ...benign,
  judge: async () => ({
    verdict: 'suspicious',
    summary: 'An address is curious.',
    recommendations: [recommend({ action: 'add_ip_to_watchlist', confidence: 95 })],
  }),
});
const ONLY_WATCHED = 'Unknown';

type Change = { type?: string; address?: string; region?: string; instance?: string };
const alert = (
  id: string,
  severity: string,
  { type = PROBE, address = '203.0.113.7', region = 'eu-central-1', instance }: Change = {},
) => ({
  ...alertAbout(
    id,
    type,
    [
      attacker(address),
      ...(instance ? [{ kind: 'instance', value: instance, part: 'target' }] : []),
    ],
    { title: `Alert ${id}`, severity },
  ),
  region,
});
const probe = (minutes: number, change: object) => {
  const { detail, ...event } = sample('web-port-probe') as { detail: object };
  const updatedAt = new Date(NOW.getTime() + minutes * 60_000).toISOString();
  return { ...event, detail: { ...detail, updatedAt, ...change } };
};

function withSecondAttacker(event: object): object {
  const text = JSON.stringify(event);
  const [details = ''] = /(?<="portProbeDetails":\[).*?(?=\])/.exec(text) ?? [];
  return JSON.parse(
    text.replace(details, `${details},${details.replaceAll('203.0.113.66', '203.0.113.77')}`),
  );
}

const messagesTo = (person: string) =>
  world.runtime
    .inbox()
    .map(({ message }) => message)
    .filter(({ to }) => to.kind === 'person' && to.id === person);
const pagesTo = (person: string) => messagesTo(person).filter(({ urgency }) => urgency === 'page');

test('pages about a high alert whose only action is handed off to the ticket', async () => {
  world = await createWorld({ analyst: watching });
  await world.deliver(alert('a', 'high', { type: ONLY_WATCHED, region: 'us-east-1' }));
  expect((await world.action('add_ip_to_watchlist')).status).toBe('handed-off');
  expect(pagesTo('ana.silva')).toMatchObject([{ severity: 'high' }]);
});

test('pages with the request to send a notification, because the notification needs approval without a drill', async () => {
  world = await createWorld({ analyst: benign, drilled: false });
  await world.deliver(alert('a', 'critical', { type: 'Unknown' }));
  expect((await world.action('send_analyst_notification')).status).toBe('awaiting-approval');
  expect(pagesTo('ana.silva')).toHaveLength(1);
});

test('pages about a severe alert that asks for the same action as a medium one of its incident', async () => {
  world = await createWorld();
  const instance = 'i-0aa1bb2cc3dd4ee5f';
  const ask = async (n: number, severity: string) => {
    await world.deliver(alert(`a${n}`, severity, { instance, address: `203.0.113.${n}` }));
    await world.pass(0.5);
    return pagesTo('ana.silva').length;
  };
  expect(await ask(1, 'medium')).toBe(1);
  expect(await ask(2, 'medium'), 'shown on the page of the first request').toBe(1);
  expect(await ask(3, 'high')).toBe(2);
  expect(await world.incidents()).toHaveLength(1);
});

test('asks about a low finding that becomes high, and escalates', async () => {
  world = await createWorld();
  await world.deliver(probe(1, { severity: 2 }));
  await world.pass(1);
  expect(pagesTo('ana.silva')).toEqual([]);
  await world.deliver(probe(2, { severity: 8 }));
  expect(pagesTo('ana.silva')).toMatchObject([{ severity: 'high' }]);
  await world.pass(1);
  expect(pagesTo('ben.okafor')).toMatchObject([{ severity: 'high' }]);
});

test('pages when the update of a critical finding joins the request about a medium one', async () => {
  world = await createWorld();
  await world.deliver(probe(1, { severity: 9.5 }));
  await world.decline('ana.silva');
  await world.pass(1);
  await world.deliver(probe(1, { severity: 5, id: 'another-finding' }));
  await world.deliver(withSecondAttacker(probe(5, { severity: 9.5 })));
  const updates = pagesTo('ana.silva').filter(({ subject }) => subject.startsWith('Updated'));
  expect(updates).toMatchObject([{ severity: 'critical' }]);
});

test('pages once when a medium finding with an open request becomes critical', async () => {
  world = await createWorld();
  await world.deliver(probe(1, { severity: 5 }));
  await world.pass(0.5);
  await world.deliver(probe(2, { severity: 9.5 }));
  await world.pass(0.5);
  expect(pagesTo('ana.silva').map(({ severity, subject }) => [severity, subject])).toEqual([
    ['medium', expect.stringMatching(/^Approve/)],
    ['critical', expect.stringMatching(/^Updated request/)],
  ]);
});

test('notifies no one of a harmless action for which no slot became free', async () => {
  const automaticPerMinute = { perAccount: 1, perAction: 1, perIncident: 1 };
  world = await createWorld({
    analyst: watching,
    policy: { ...POLICY, limits: { ...POLICY.limits, automaticPerMinute } },
  });
  for (const n of [1, 2])
    await world.deliver(
      alert(`a${n}`, 'medium', { type: ONLY_WATCHED, address: `203.0.113.${n}` }),
    );
  const watched = (await world.actions()).filter(({ name }) => name === 'add_ip_to_watchlist');
  expect(watched.map(({ status }) => status).sort()).toEqual(['failed', 'in-force']);
  expect(messagesTo('ana.silva')).toEqual([]);
  const pages = world.runtime.inbox().filter(({ message }) => message.urgency === 'page');
  expect(pages).toEqual([]);
});

test('reads an update of a finding that its product once dated in the future', async () => {
  world = await createWorld();
  await world.deliver(probe(60 * 24 * 365, { severity: 5 }));
  const [update] = await world.deliver(probe(5, { severity: 9.5 }));
  expect(update?.outcome).toBe('joined');
});

test.each([
  ['creates an access key', 'CreateAccessKey', 'page'],
  ['reads its account', 'GetAccountSummary', undefined],
])(
  'P12: a finding of low severity about a root user that %s leads to the message: %s',
  async (_, api, urgency) => {
    world = await createWorld({ analyst: benign });
    const root = readCase(join(CASES, '23-root-creates-an-access-key.yaml'));
    const call = { api, service: 'iam.amazonaws.com' };
    await world.deliver(eventOf('root', { ...root, finding: { ...root.finding!, call } }, NOW));
    const [first] = world.runtime.inbox().filter(({ message: { to } }) => to.kind === 'person');
    expect(first?.message.urgency).toBe(urgency);
    if (urgency)
      expect(JSON.stringify(first?.message)).toContain('Severity raised from low to medium');
  },
);
