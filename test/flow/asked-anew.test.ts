// What nobody answered is asked anew by a manager; what somebody kept is looked at again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { faultOf } from '../../functions/store/hash-chain.ts';
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

describe('a question that nobody answered', () => {
  beforeEach(() => world.pass(16));

  test('gives the manager a link, and nobody else', () => {
    expect(world.link('mei.tanaka')).toContain('/ask-anew/');
    expect(world.link('ben.okafor')).toContain('/approve/');
  });

  test('is not asked anew by looking at the link', async () => {
    for (let i = 0; i < 3; i++)
      expect((await world.open(world.link('mei.tanaka'))).status).toBe(200);
    expect(await statuses()).toEqual(['expired']);
  });

  test('is asked anew as a new request with its own clock, and a yes to it counts', async () => {
    await world.choose(world.link('mei.tanaka'), {});
    const [first, second] = await blocks();
    expect(await statuses()).toEqual(['expired', 'awaiting-approval']);
    expect(first?.askedAnew).toMatchObject({ by: 'mei.tanaka', actionId: second?.actionId });
    expect(second!.approval!.requestedAt > first!.approval!.expiresAt).toBe(true);
    expect(second?.digest).not.toBe(first?.digest);
    await world.approve('ana.silva');
    expect(world.denied()).toEqual([DENIED]);
    expect((await world.incidents())[0]?.alerts[0]?.outcome).toBe('acted');
  });

  test.each([
    ['is done', 'approve', 'acted', /: in force until/],
    ['is declined', 'decline', 'recommended-not-executed', /: declined/],
  ] as const)(
    'leaves its incident no old outcome: when the new question %s, outcome and summary say so',
    async (_how, answer, outcome, line) => {
      expect((await world.incidents())[0]).toMatchObject({ outcome: 'recommended-not-executed' });
      await world.choose(world.link('mei.tanaka'), {});
      await world[answer]('ana.silva');
      const [incident] = await world.incidents();
      expect(incident).toMatchObject({ status: 'closed', outcome, alerts: [{ outcome }] });
      expect(incident?.summary).toMatch(line);
      expect(incident?.summary).toContain('expired, and asked anew');
      expect(incident?.history.at(-1)?.text).toMatch(line);
    },
  );

  test('is asked anew once, however often the manager clicks', async () => {
    const click = await world.form(world.link('mei.tanaka'));
    await click({});
    await click({});
    expect(await statuses()).toEqual(['expired', 'awaiting-approval']);
  });

  test('can be asked anew again, when nobody answers then either', async () => {
    await world.choose(world.link('mei.tanaka'), {});
    await world.pass(16);
    await world.choose(world.link('mei.tanaka'), {});
    expect(await statuses()).toEqual(['expired', 'expired', 'awaiting-approval']);
  });

  test('is asked by the sweeper when the start was lost', async () => {
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

  test('takes no old yes for the new question', async () => {
    const old = world.link('ana.silva');
    await world.choose(world.link('mei.tanaka'), {});
    const late = await world.form(old);
    expect((await late({ verdict: 'approve' })).status).not.toBe(200);
    expect(world.denied()).toEqual([]);
  });
});

describe('what somebody kept', () => {
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

  test('has a review date, and its keeper is asked then whether it is still right', async () => {
    expect((await block()).reviewAt).not.toBeNull();
    const asked = () => world.told('ana.silva').filter((subject) => /^Still right/.test(subject));
    await passDays(29);
    expect(asked()).toEqual([]);
    await passDays(1);
    expect(asked()).toHaveLength(1);
    expect(world.denied()).toEqual([DENIED]);
  });

  test('is kept on with a new date, or reversed, from the same link', async () => {
    await passDays(30);
    const first = (await block()).reviewAt;
    await world.choose(world.link('ana.silva'), { review: 'keep' });
    expect((await block()).reviewAt! > first!).toBe(true);
    await world.choose(world.link('ana.silva'), { review: 'reverse' });
    expect(world.denied()).toEqual([]);
    const action = await block();
    expect(action.status).toBe('reversed');
    expect(faultOf(action.actionId, action.history)).toBeNull();
  });

  test('is brought up by the sweeper, week after week, when nobody looks at it', async () => {
    await passDays(32);
    await passDays(8);
    const overdue = world.told('mei.tanaka').filter((subject) => subject.includes('Still right?'));
    expect(overdue.length).toBeGreaterThan(0);
  });
});
