// Later alerts of one incident: their requests arrive together.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '../../functions/policy/policy.ts';
import { POLICY } from '../fixtures/case.ts';
import { createWorld, sample, type World } from './world.ts';

const ATTACKERS = 3;
let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

/** Ten seconds after the last one. */
const deliver = async (...given: Parameters<typeof probe>) => {
  world.clock.advance(10_000);
  await world.deliver(probe(...given));
};
/** A probe of the same instance by another address. GuardDuty's severity 5 is medium, 8 is high. */
const probe = (n: number, severity = 5): unknown => {
  const text = JSON.stringify(sample('web-port-probe')).replaceAll(
    '203.0.113.66',
    `203.0.113.${n}`,
  );
  const event = JSON.parse(text) as { detail: Record<string, unknown> };
  return { ...event, detail: { ...event.detail, id: `finding-${n}`, severity } };
};
const withDigestsAfter = (digestAfterMinutes: number): Policy => {
  const pages = { ...POLICY.limits.pages, digestAfterMinutes };
  return { ...POLICY, limits: { ...POLICY.limits, pages } };
};
const to = (person: string) =>
  world.runtime
    .inbox()
    .map(({ message }) => message)
    .filter((message) => message.to.kind === 'person' && message.to.id === person);
const askedIn = (person: string) =>
  to(person).filter(({ key }) => key.startsWith('ask-') || key.startsWith('digest-'));
const open = async () =>
  (await world.actions()).filter(({ status }) => status === 'awaiting-approval');

describe('requests of later alerts of one incident', () => {
  test('arrive in one digest, whose link shows and decides all of them', async () => {
    for (let n = 1; n <= ATTACKERS; n++) await deliver(n);
    expect(await world.incidents()).toHaveLength(1);
    expect(askedIn('ana.silva').map(({ urgency }) => urgency)).toEqual(['page']);
    await world.pass(2);
    const [, digest, ...more] = askedIn('ana.silva');
    expect(more).toEqual([]);
    const requests = await open();
    expect(digest).toMatchObject({
      urgency: 'inform',
      subject: `Approve or decline ${requests.length} requests of one incident`,
    });
    expect(digest?.links).toHaveLength(1);
    const { page, post } = await world.read(new URL(digest?.links[0]?.url ?? '').pathname);
    const boxes = [...page.matchAll(/name="ticked" value="([^"]*)"/g)].map(([, box = '']) => box);
    expect(boxes).toHaveLength(requests.length);
    await post({ verdict: 'approve-ticked', reason: '' }, boxes);
    expect(world.blocked()).toHaveLength(ATTACKERS);
    expect(await open()).toEqual([]);
  });

  test('page the next person once, who also gets one digest', async () => {
    for (let n = 1; n <= ATTACKERS; n++) await deliver(n);
    await world.pass(3);
    expect(askedIn('ben.okafor').map(({ urgency }) => urgency)).toEqual(['page', 'inform']);
    expect((await open()).every(({ approval }) => approval?.askedRungs === 2)).toBe(true);
  });

  test('send no digest when all of them were answered before', async () => {
    for (let n = 1; n <= ATTACKERS; n++) await deliver(n);
    const { page, post } = await world.read(world.link('ana.silva'));
    const boxes = [...page.matchAll(/name="ticked" value="([^"]*)"/g)].map(([, box = '']) => box);
    await post({ verdict: 'decline-ticked', reason: 'known scanner' }, boxes);
    await world.pass(2);
    expect(askedIn('ana.silva')).toHaveLength(1);
    expect(to('ben.okafor')).toEqual([]);
  });

  test.each([8, 9.5])(
    'P12: page for the first one of severity %f, and the others arrive in one message within two minutes',
    async (severity) => {
      world = await createWorld({ policy: withDigestsAfter(10) });
      await deliver(1);
      for (const n of [2, 3, 4, 5]) await deliver(n, severity);
      expect(askedIn('ana.silva').map(({ urgency }) => urgency)).toEqual(['page', 'page']);
      await world.pass(2);
      const [, , digest, ...more] = askedIn('ana.silva');
      expect(more).toEqual([]);
      expect(digest).toMatchObject({
        urgency: 'inform',
        subject: expect.stringMatching('one inc'),
      });
      await deliver(6);
      await deliver(7, severity);
      await world.pass(2);
      expect(askedIn('ana.silva').slice(3), 'although a medium one came first').toHaveLength(1);
    },
  );

  test('P12: page when the earlier requests were answered', async () => {
    await deliver(1);
    await world.decline('ana.silva');
    await world.pass(1);
    await deliver(2);
    expect(askedIn('ana.silva').map(({ urgency }) => urgency)).toEqual(['page', 'page']);
  });
});
