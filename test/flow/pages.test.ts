// More requests than allowed pages: the limit holds, and no request is lost.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import type { Delivered } from '../../local/aws/inbox.ts';
import { POLICY, recommend } from '../fixtures/case.ts';
import { citing } from '../fixtures/citing.ts';
import { alertAbout, attacker } from './generic-alert.ts';
import { createWorld, type World } from './world.ts';

const CAP = 3;
const ALERTS = 12;
const pages = {
  ...POLICY.limits.pages,
  perPersonPerHour: CAP,
  reservedForSevere: 0,
  digestAfterMinutes: 5,
};

/** Recommends blocking the address that each alert names. */
const analyst: Analyst = citing({
  origin: 'anthropic',
  model: 'a-model',
  judge: async () => ({
    verdict: 'malicious',
    summary: 'It attacks.',
    recommendations: [recommend({ confidence: 100, reasoning: 'It attacks.' })],
  }),
});
/** An alert about its own address, which opens its own incident. */
const attack = (n: number) =>
  alertAbout(`attack-${n}`, 'Attack', [attacker(`203.0.113.${n}`)], { title: `Attack ${n}` });

let world: World;
beforeEach(async () => {
  world = await createWorld({
    analyst,
    policy: { ...POLICY, limits: { ...POLICY.limits, pages } },
  });
  for (let n = 1; n <= ALERTS; n++) await world.deliver(attack(n));
});
afterEach(() => world.stop());

const to = (person: string) =>
  world.runtime
    .inbox()
    .filter(({ message }) => message.to.kind === 'person' && message.to.id === person);
const pagesTo = (person: string) => to(person).filter(({ message }) => message.urgency === 'page');
const digests = (person: string) =>
  to(person).filter(({ message }) => message.key.startsWith('digest-'));
/** The largest number of pages in any 60 minutes. */
const busiestHour = (delivered: readonly Delivered[]): number =>
  Math.max(
    0,
    ...delivered.map(
      ({ at }) =>
        delivered.filter((one) => {
          const after = Date.parse(one.at) - Date.parse(at);
          return after >= 0 && after < 3_600_000;
        }).length,
    ),
  );
const questions = async () =>
  (await world.actions()).filter(({ name }) => name === 'block_ip_at_firewall');

describe('more approval requests than pages', () => {
  test('pages each person up to the limit, then the next escalation step at once', () => {
    expect(pagesTo('ana.silva')).toHaveLength(CAP);
    expect(pagesTo('ben.okafor')).toHaveLength(CAP);
  });

  test('lists the other open requests in a digest with links that approve them', async () => {
    await world.pass(6);
    expect(digests('ana.silva')).toHaveLength(1);
    const { message } = digests('ana.silva')[0]!;
    expect(message.links).toHaveLength(ALERTS - CAP);
    const answers = message.links.map(({ url }) => new URL(url).pathname);
    for (const path of answers) await world.choose(path, { verdict: 'approve', reason: '' });
    expect(world.blocked()).toHaveLength(ALERTS - CAP);
  });

  test('expires every unanswered request with a ticket, sends the manager a digest, and stays within the page limit', async () => {
    await world.pass(90);
    expect((await questions()).map(({ status }) => status)).toEqual(Array(ALERTS).fill('expired'));
    expect(world.runtime.tickets()).toHaveLength(ALERTS);
    for (const person of ['ana.silva', 'ben.okafor', 'mei.tanaka'])
      expect(busiestHour(pagesTo(person)), person).toBeLessThanOrEqual(CAP);
    const said = digests('mei.tanaka').map(({ message }) => message.subject);
    expect(said[0]).toMatch(/still open$/);
  });
});
