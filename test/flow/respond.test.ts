// Complete flows through the deployed state machine, on the embedded engine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Denied, Throttled } from '../../functions/domain/errors.ts';
import { chainFault } from '../../functions/store/hash-chain.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const ATTACKING_HOST = '203.0.113.66';
const ATTACKER = `${ATTACKING_HOST}/32`;
/** The network ACL of the probed instance. */
const ACL = 'acl-0a1b2c3d4e5f60701';
const probe = () => world.deliver(sample('web-port-probe'));

describe('an alert about a web attack', () => {
  test('watches the attacker at once, opens a ticket, and requests approval for the block', async () => {
    await probe();
    expect(world.watched()).toEqual([ATTACKER]);
    expect(world.blocked()).toEqual([]);
    expect(world.runtime.tickets()).toHaveLength(1);
    expect(world.subjectsTo('ana.silva')).toEqual([
      `Approve 2 actions? Block web requests from ${ATTACKING_HOST}; Block traffic from ${ATTACKING_HOST} in networ…`,
    ]);
  });

  test('blocks the attacker after approval, and removes the block when its time is over', async () => {
    await probe();
    await world.approve('ana.silva');
    expect(world.blocked()).toEqual([ATTACKER]);
    expect(world.denied()).toEqual([`${ATTACKER} at ${ACL}`]);
    expect(await world.incidents()).toMatchObject([{ status: 'closed', outcome: 'acted' }]);
    await world.pass(4.5);
    expect(world.blocked()).toEqual([ATTACKER]);
    await world.pass(1);
    expect(world.blocked(), 'within 60 s of the due time').toEqual([]);
    expect(world.denied()).toEqual([]);
    expect((await world.action('block_ip_at_firewall')).status).toBe('reversed');
  });

  test('blocks nothing after a decline', async () => {
    await probe();
    await world.decline('ana.silva');
    expect(world.blocked()).toEqual([]);
    expect((await world.action('block_ip_at_firewall')).status).toBe('declined');
    expect((await world.incidents())[0]?.status).toBe('closed');
  });

  test('P8: keeps an unbroken history of every record', async () => {
    await probe();
    await world.approve('ana.silva');
    await world.pass(11);
    for (const action of await world.actions())
      expect(chainFault(action.actionId, action.history)).toBeNull();
    for (const { incidentId, history } of await world.incidents())
      expect(chainFault(incidentId, history)).toBeNull();
  });
});

describe('the escalation policy', () => {
  test('asks the second person when the first does not answer, and accepts their approval', async () => {
    await probe();
    expect(world.subjectsTo('ben.okafor')).toEqual([]);
    await world.pass(1.5);
    expect(world.subjectsTo('ben.okafor')).toHaveLength(1);
    await world.approve('ben.okafor');
    expect(world.blocked()).toEqual([ATTACKER]);
  });

  test('names the person who did not answer in the message to the second person', async () => {
    await probe();
    await world.pass(1.5);
    const toBen = world.runtime
      .inbox()
      .find(({ message: { to } }) => to.kind === 'person' && to.id === 'ben.okafor');
    expect(toBen?.message.facts).toContainEqual({
      label: 'Asked before you, no answer yet',
      value: 'Ana Silva',
    });
  });

  test('stops escalating when the first person acknowledges, and still expires on time', async () => {
    await probe();
    await world.choose(world.link('ana.silva'), { verdict: 'acknowledge' });
    await world.pass(14);
    expect(world.subjectsTo('ben.okafor'), 'no one else is asked').toEqual([]);
    expect((await world.action('block_ip_at_firewall')).status).toBe('awaiting-approval');
    await world.pass(2);
    expect((await world.action('block_ip_at_firewall')).status).toBe('expired');
  });

  test('blocks nothing when no one answers, and notifies the approvers and the manager', async () => {
    await probe();
    await world.pass(16);
    expect((await world.action('block_ip_at_firewall')).status).toBe('expired');
    expect(world.blocked()).toEqual([]);
    for (const person of ['ana.silva', 'ben.okafor', 'mei.tanaka'])
      expect(world.subjectsTo(person).filter((one) => one.startsWith('Not approved'))).toEqual([
        expect.stringMatching(/^Not approved in time: 2 requests, including one to block/),
      ]);
    expect((await world.incidents())[0]?.outcome).toBe('recommended-not-executed');
  });

  test('carries out a recorded approval at the next escalation step when its callback was lost', async () => {
    await probe();
    const { engine } = world.runtime;
    const { callback } = engine;
    engine.callback = () => Promise.reject(new Error('the network is down'));
    await world.approve('ana.silva');
    engine.callback = callback;
    expect((await world.action('block_ip_at_firewall')).status).toBe('approved');
    expect(world.blocked()).toEqual([]);
    await world.pass(1.5);
    expect(world.blocked()).toEqual([ATTACKER]);
    expect(world.subjectsTo('ben.okafor'), 'no one is asked again').toEqual([]);
  });
});

describe('a decision', () => {
  test('ignores a late decision, and names the person who decided first', async () => {
    await probe();
    await world.pass(1.5);
    const postLate = await world.form(world.link('ana.silva'));
    await world.approve('ben.okafor');
    const late = await postLate({ verdict: 'decline', reason: '' });
    expect(await late.text()).toContain('Ben Okafor');
    expect((await world.action('block_ip_at_firewall')).status).not.toBe('declined');
  });

  test('notifies everyone who was asked of an approval, and resolves their pages', async () => {
    await probe();
    await world.pass(1.5);
    await world.approve('ben.okafor');
    for (const person of ['ana.silva', 'ben.okafor'])
      expect(world.subjectsTo(person)).toContainEqual(
        expect.stringMatching(/^Carried out: 2 actions, including one to block/),
      );
    const messages = world.runtime.inbox().map(({ message }) => message);
    const questions = messages.filter(({ links }) => links.length > 0).map(({ key }) => key);
    expect(questions).toHaveLength(2);
    expect(messages.flatMap(({ ends }) => ends)).toEqual(expect.arrayContaining(questions));
  });

  test('notifies the person who was asked of a decline', async () => {
    await probe();
    await world.decline('ana.silva');
    expect(world.subjectsTo('ana.silva')).toContain(
      `Declined: 2 requests, including one to block web requests from ${ATTACKING_HOST}`,
    );
  });

  test('decides nothing when the link is only opened', async () => {
    await probe();
    for (let i = 0; i < 3; i++)
      expect((await world.open(world.link('ana.silva'))).status).toBe(200);
    expect((await world.action('block_ip_at_firewall')).status).toBe('awaiting-approval');
  });

  test('hands off an approved block when the kill switch is set to halt, and notifies the approver', async () => {
    await probe();
    await world.runtime.store.killSwitch.halt(POLICY.account, {
      mode: 'halt',
      by: 'person:mei.tanaka',
      at: NOW.toISOString(),
      why: 'drill',
    });
    await world.approve('ana.silva');
    expect(world.blocked()).toEqual([]);
    expect((await world.action('block_ip_at_firewall')).status).toBe('handed-off');
    expect(world.subjectsTo('ana.silva').at(-1)).toMatch(/^Stopped after approval: /);
  });
});

describe('the executor', () => {
  const failing = (times: number, error: () => Error) => {
    const real = world.runtime.functions['execute-waf'];
    let calls = 0;
    world.runtime.functions['execute-waf'] = async (payload) => {
      if (calls++ < times) throw error();
      return real?.(payload);
    };
  };

  test('puts the action in force after two failed attempts and one that succeeds', async () => {
    failing(2, () => new Throttled('slow down'));
    await probe();
    expect(world.watched()).toEqual([ATTACKER]);
    expect((await world.action('add_ip_to_watchlist')).status).toBe('in-force');
  });

  test('leaves nothing behind when the executor fails permanently, and says so in the ticket', async () => {
    failing(100, () => new Denied('no permission'));
    await probe();
    expect(world.watched()).toEqual([]);
    expect((await world.action('add_ip_to_watchlist')).status).toBe('failed');
    expect(world.subjectsTo('ana.silva').join()).not.toContain('Failed');
    await world.pass(0);
    const [ticket] = world.runtime.tickets();
    expect(`${ticket?.body}${ticket?.details}`).toContain(
      `Could not add ${ATTACKING_HOST} to the watch list`,
    );
  });
});

describe('a step that fails', () => {
  test.each([
    ['enrich', 'handed-off'],
    ['analyse', null],
    ['gate', 'failed'],
  ])(
    'P9: records an outcome, or asks as the playbook would, when %s fails',
    async (name, outcome) => {
      world.runtime.functions[name] = async () => {
        throw new Error('killed');
      };
      await probe();
      const [incident] = await world.incidents();
      expect(incident?.outcome).toBe(outcome);
      expect(world.subjectsTo('ana.silva').some((subject) => subject.startsWith('Approve'))).toBe(
        outcome === null,
      );
    },
  );
});

describe('a repeated event', () => {
  test('counts a repeated event and creates no further action', async () => {
    await probe();
    const before = await world.actions();
    expect(await probe()).toMatchObject([{ outcome: 'repeat' }]);
    expect(await world.actions()).toEqual(before);
    expect((await world.incidents())[0]?.alerts[0]?.repeats).toBe(1);
  });
});

describe('decisions about an action in force', () => {
  const inForce = async () => {
    await probe();
    await world.approve('ana.silva');
    await world.pass(3);
    return world.link('ana.silva', 'Blocked web requests');
  };

  test('keeps the block in the name of the person who decided to keep it', async () => {
    await world.choose(await inForce(), { review: 'keep' });
    await world.pass(10);
    expect(world.blocked()).toEqual([ATTACKER]);
    expect((await world.action('block_ip_at_firewall')).history.at(-1)?.by).toBe(
      'person:ana.silva',
    );
  });

  test('removes the block later when a person extends it', async () => {
    await world.choose(await inForce(), { review: 'extend' });
    await world.pass(3);
    expect(world.blocked()).toEqual([ATTACKER]);
    await world.pass(6);
    expect(world.blocked()).toEqual([]);
  });

  test('removes the block at once when a person reverses it', async () => {
    await world.choose(await inForce(), { review: 'reverse' });
    expect(world.blocked()).toEqual([]);
  });
});

describe('an alert that contains instructions', () => {
  test('ignores instructions in the text of an alert', async () => {
    await world.deliver(sample('injected-instructions'));
    const targets = (await world.actions()).map(({ target }) => target?.value);
    expect(targets).not.toContain('0.0.0.0/0');
    expect(
      (await world.actions()).filter(({ status }) => status === 'in-force').map(({ name }) => name),
    ).toEqual(['add_ip_to_watchlist']);
  });
});

describe('a restart', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countermand-restart-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Stops the process and starts another one on the same folder. */
  const restart = async () => {
    const { clock } = world;
    await world.stop();
    world = await createWorld({ folder, clock });
    await world.runtime.engine.quiet();
  };

  test('keeps the open request, the action in force and its due time across restarts', async () => {
    await world.stop();
    world = await createWorld({ folder });
    await probe();
    await restart();
    await world.approve('ana.silva');
    expect(world.blocked()).toEqual([ATTACKER]);
    await restart();
    expect(world.blocked()).toEqual([ATTACKER]);
    expect(await world.incidents()).toMatchObject([{ status: 'closed', outcome: 'acted' }]);
    await world.pass(5.5);
    expect(world.blocked()).toEqual([]);
    for (const { actionId, history } of await world.actions())
      expect(chainFault(actionId, history)).toBeNull();
  });
});

describe('an account without drills', () => {
  test('P3: requests approval for a tier-1 action that was never drilled, and says why', async () => {
    await world.stop();
    world = await createWorld({ drilled: false });
    await probe();
    expect(world.watched()).toEqual([]);
    const watch = await world.action('add_ip_to_watchlist');
    expect(watch.status).toBe('awaiting-approval');
    expect(watch.reasons.map(({ text }) => text).join()).toContain('has never been drilled');
    await world.approve('ana.silva', 'watch list');
    expect(world.watched()).toEqual([ATTACKER]);
  });
});
