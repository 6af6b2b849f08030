// Requesting an expired approval again, and reviewing a kept action.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chainFault } from '../../functions/store/hash-chain.ts';
import { incidentKey } from '../../functions/store/layout.ts';
import { recommend } from '../fixtures/case.ts';
import { createWorld, sample, type World } from './world.ts';

const DENIED = '203.0.113.101/32 at acl-0a1b2c3d4e5f60701';
let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.deliver(sample('ssh-brute-force'));
});
afterEach(() => world.stop());

const blocks = async () =>
  (await world.actions()).filter(({ name }) => name === 'block_ip_at_firewall');
const statuses = async () => (await blocks()).map(({ status }) => status);

test('a request that is made again still says which checks of the analysis failed', async () => {
  world.stop();
  const judge = async () => ({
    ...({ verdict: 'malicious', summary: 'CloudTrail shows it.' } as const),
    recommendations: [recommend({ action: 'block_ip_at_firewall', target: 'ip-1' })],
  });
  world = await createWorld({ analyst: { origin: 'anthropic', model: 'a-model', judge } });
  await world.deliver(sample('web-port-probe'));
  await world.pass(16);
  await world.choose(world.link('mei.tanaka'), {});
  expect(await statuses()).toContain('awaiting-approval');
  for (const one of await blocks())
    expect(one.reasons).toContainEqual({
      code: 'analysis-doubted',
      text: expect.stringMatching(
        /cites no evidence that supports.+ names a source that it does not cite/,
      ),
    });
});

describe('a request that expired', () => {
  beforeEach(() => world.pass(16));

  test('sends the link to request again to the manager, not to the second approver', () => {
    expect(world.link('mei.tanaka')).toContain('/ask-anew/');
    expect(world.link('ben.okafor')).toContain('/approve/');
  });

  test('requests nothing again when the link is only opened', async () => {
    for (let i = 0; i < 3; i++)
      expect((await world.open(world.link('mei.tanaka'))).status).toBe(200);
    expect(await statuses()).toEqual(['expired']);
  });

  test('creates a new request with its own deadline, and carries out the block once it is approved', async () => {
    await world.choose(world.link('mei.tanaka'), {});
    const [first, second] = await blocks();
    expect(await statuses()).toEqual(['expired', 'awaiting-approval']);
    expect(first?.askedAnew).toMatchObject({ by: 'mei.tanaka', actionId: second?.actionId });
    expect(second!.approval!.requestedAt > first!.approval!.expiresAt).toBe(true);
    expect(second?.digest).not.toBe(first?.digest);
    expect(second?.inputs).not.toBe(first?.inputs);
    const key = incidentKey('decision', `${second?.incidentId}`, second?.inputs);
    expect(await world.runtime.store.table.get(key)).toMatchObject({ sk: second?.inputs });
    await world.approve('ana.silva');
    expect(world.denied()).toEqual([DENIED]);
    expect((await world.incidents())[0]?.alerts[0]?.outcome).toBe('acted');
  });

  test.each([
    ['is approved', 'approve', 'acted', /: in force until/],
    ['is declined', 'decline', 'recommended-not-executed', /: declined/],
  ] as const)(
    'updates the outcome and the summary of the incident when the new request %s',
    async (_how, answer, outcome, line) => {
      expect((await world.incidents())[0]).toMatchObject({ outcome: 'recommended-not-executed' });
      await world.choose(world.link('mei.tanaka'), {});
      await world[answer]('ana.silva');
      const [incident] = await world.incidents();
      expect(incident).toMatchObject({ status: 'closed', outcome, alerts: [{ outcome }] });
      expect(incident?.summary).toMatch(line);
      expect(incident?.summary).toContain('expired, requested again');
      const { found } = await world.runtime.store.records.readMembers(incident!.incidentId);
      expect(found[0]?.history.at(-1)?.text).toMatch(line);
    },
  );

  test('creates one new request when the manager clicks twice', async () => {
    const click = await world.form(world.link('mei.tanaka'));
    await click({});
    await click({});
    expect(await statuses()).toEqual(['expired', 'awaiting-approval']);
  });

  test('lets the manager request again when the new request expires as well', async () => {
    await world.choose(world.link('mei.tanaka'), {});
    await world.pass(16);
    await world.choose(world.link('mei.tanaka'), {});
    expect(await statuses()).toEqual(['expired', 'expired', 'awaiting-approval']);
  });

  test('creates the new request from the sweeper when the state machine could not be started', async () => {
    const { engine } = world.runtime;
    const { start } = engine;
    engine.start = () => {
      throw new Error('Step Functions did not answer');
    };
    await world.choose(world.link('mei.tanaka'), {});
    expect(await statuses()).toEqual(['expired']);
    engine.start = start;
    await world.pass(7);
    expect(await statuses()).toEqual(['expired', 'awaiting-approval']);
  });

  test('rejects the form of the expired request after it was requested again', async () => {
    const old = world.link('ana.silva');
    await world.choose(world.link('mei.tanaka'), {});
    const late = await world.form(old);
    expect((await late({ verdict: 'approve' })).status).not.toBe(200);
    expect(world.denied()).toEqual([]);
  });
});

describe('an action that was kept', () => {
  const DAY = 24 * 60;
  const passDays = async (days: number) => {
    world.clock.advance(days * DAY * 60_000);
    await world.pass(2);
  };
  beforeEach(async () => {
    await world.approve('ana.silva');
    await world.pass(3);
    await world.choose(world.link('ana.silva'), { review: 'keep' });
  });
  const block = () => world.action('block_ip_at_firewall');

  test('asks the person who kept an action on its review date whether it is still right', async () => {
    expect((await block()).reviewAt).not.toBeNull();
    const asked = () =>
      world.subjectsTo('ana.silva').filter((subject) => /^Still needed\?/.test(subject));
    await passDays(29);
    expect(asked()).toEqual([]);
    await passDays(1);
    expect(asked()).toHaveLength(1);
    expect(world.denied()).toEqual([DENIED]);
  });

  test('sets a new review date or reverses the action from the same link', async () => {
    await passDays(30);
    const first = (await block()).reviewAt;
    await world.choose(world.link('ana.silva'), { review: 'keep' });
    expect((await block()).reviewAt! > first!).toBe(true);
    await world.choose(world.link('ana.silva'), { review: 'reverse' });
    expect(world.denied()).toEqual([]);
    const action = await block();
    expect(action.status).toBe('reversed');
    expect(chainFault(action.actionId, action.history)).toBeNull();
  });

  test('notifies the manager of an overdue review', async () => {
    await passDays(32);
    await passDays(8);
    const overdue = world
      .subjectsTo('mei.tanaka')
      .filter((subject) => subject.includes('Still needed?'));
    expect(overdue.length).toBeGreaterThan(0);
  });
});
