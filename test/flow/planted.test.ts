// Attacks by someone who may write every item of the table but holds no key.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { informs } from '../../functions/domain/action-catalog.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { actionDigest } from '../../functions/store/hash-chain.ts';
import { incidentKey, singleKey } from '../../functions/store/layout.ts';
import type { Item } from '../../functions/store/table.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { plantIn, plantLeaseIn } from './planting.ts';
import { createWorld, sample, type World } from './world.ts';

const ATTACKER = '203.0.113.66/32';
let world: World;
beforeEach(async () => {
  world = await createWorld();
});
/** Whether the archive must notice it. A well-formed entry in the name of a reversal looks like one. */
let isNoticed = true;
afterEach(async () => {
  await world.stop({ planted: isNoticed });
  isNoticed = true;
});

const plant = (action: Action) => plantIn(world, action);
const plantLease = (action: Action, change: object) => plantLeaseIn(world, action, change);
const digested = (action: Action): Action => ({ ...action, digest: actionDigest(action) });
const executed = (action: Action) =>
  world.runtime.functions[`execute-${action.scope}`]?.({
    incidentId: action.incidentId,
    actionId: action.actionId,
  });
const block = async () =>
  (await world.actions()).find(({ mechanism }) => mechanism === 'waf.block-address')!;
const probe = () => world.deliver(sample('web-port-probe'));
const decided = (by = 'ana.silva') => ({
  verdict: 'approved' as const,
  by,
  at: world.clock.now().toISOString(),
  reason: '',
});
const voted = (by: string, proof: string | null) => ({ ...decided(by), durationMinutes: 5, proof });

function withTwoApprovers(): Policy {
  const { block_ip_at_firewall: block } = POLICY.actions;
  if (block.tier !== 2) throw new Error('expected tier 2');
  const twoPeople = { ...block, approval: { ...block.approval, required: 2 } };
  return { ...POLICY, actions: { ...POLICY.actions, block_ip_at_firewall: twoPeople } };
}

describe('P12: people are paged', () => {
  test('a page count that someone filled holds back no page', async () => {
    const at = world.clock.now().toISOString();
    const woken = Array.from({ length: 100 }, (_, n) => ({ at, key: `planted-${n}` }));
    const { table } = world.runtime.store;
    for (const recipient of ['person:ana.silva', 'person:ben.okafor', 'person:mei.tanaka', 'team'])
      await table.put({
        ...singleKey('pager', recipient),
        ...{ recipient, woken, held: [], more: 0, dueAt: null, version: 1, proof: null },
      });
    await probe();
    const pages = world.runtime.inbox().filter(({ message }) => message.urgency === 'page');
    expect(pages.map(({ message }) => message.to)).toContainEqual(
      expect.objectContaining({ kind: 'person', id: 'ana.silva' }),
    );
  });
});

describe('P1: a finding is decided', () => {
  test.each([
    ['an unreadable claim', { nonsense: 1 }, 1],
    ['a claim without proof', { proof: 'e30.AAAA', version: 3 }, 4],
    ['a claim that no other claim can follow', { proof: 'e30.AAAA', version: 2 ** 53 - 1 }, 1],
  ])('although someone planted %s for its effect', async (_, planted, version) => {
    const effectKey = `${POLICY.account}/eu-central-1/waf:block:${ATTACKER}`;
    await world.runtime.store.table.put({ ...singleKey('effect', effectKey), ...planted });
    await probe();
    expect(await block()).toMatchObject({ effectKey, status: 'awaiting-approval' });
    expect(await world.runtime.store.effects.find(effectKey)).toMatchObject({
      proof: expect.stringContaining('.'),
      version,
    });
  });
});

describe('P2: an invented alert', () => {
  test('triggers nothing automatic, and an alarm names it', async () => {
    await probe();
    const [watch] = (await world.actions()).filter(({ name }) => name === 'add_ip_to_watchlist');
    const { incidentId, alertId } = watch!;
    const { records, table } = world.runtime.store;
    const alert = await records.alert(incidentId, alertId);
    const entities = alert.entities.map((one) =>
      one.kind === 'ip' ? { ...one, value: '198.51.100.9' } : one,
    );
    const invented = { ...alert, alertId: 'al-inventedinvented', entities };
    const key = incidentKey('alert', incidentId, invented.alertId);
    const genuine = (await table.get(incidentKey('alert', incidentId, alertId))) as Item;
    await table.put({ ...genuine, ...key, record: invented });
    const facts = (await table.get(incidentKey('facts', incidentId, alertId))) as Item;
    await table.put({ ...facts, ...incidentKey('facts', incidentId, invented.alertId) });
    await world.runtime.functions.gate?.({
      incidentId,
      alertId: invented.alertId,
      assessment: {
        ...{ verdict: 'malicious', summary: '', origin: 'playbook', model: null, failure: null },
        recommendations: [watch!.recommendation],
      },
    });
    const made = (await world.actions()).filter((one) => one.alertId === invented.alertId);
    const changes = made.filter(({ name }) => !informs(name));
    expect(changes.map(({ disposition }) => disposition)).not.toContain('auto');
    expect(changes.length).toBeGreaterThan(0);
    expect(world.watched()).toEqual([ATTACKER]);
  });
});

describe('P2: nothing is applied', () => {
  const refused = async (action: Action, why: string) => {
    await expect(executed(action)).rejects.toThrow(why);
    expect(world.blocked()).toEqual([]);
  };

  test('an open request that is rewritten as approved is not applied', async () => {
    await probe();
    const asked = await block();
    const approval = { ...asked.approval!, decision: decided(), votes: [voted('ana.silva', null)] };
    await refused(await plant({ ...asked, status: 'approved', approval }), '0 of 1 approvals');
    await world.pass(20);
    expect(world.blocked()).toEqual([]);
    expect((await block()).status).toBe('failed');
    const told = world
      .subjectsTo('ana.silva')
      .filter((subject) => subject.includes('web requests'));
    expect(told.at(-1), 'people learn that it was not done').toMatch(/^Not|^Stopped|^Failed/);
  });

  test('a tier-2 action that is rewritten as automatic is not applied', async () => {
    await probe();
    const asked = await block();
    await refused(
      await plant({ ...asked, status: 'proposed', disposition: 'auto', approval: null }),
      'no proof that the gate decided',
    );
  });

  test('an automatic watch that is rewritten as a block is not applied', async () => {
    await probe();
    const [watch, asked] = [await world.action('add_ip_to_watchlist'), await block()];
    const { name, mechanism, effectKey, description, durationMinutes } = asked;
    const forged = { ...watch, name, mechanism, effectKey, description, durationMinutes };
    await refused(
      await plant(digested({ ...forged, status: 'proposed', before: null })),
      'no proof that the gate decided',
    );
  });

  test('nothing is applied under the name of a tier-3 action', async () => {
    await probe();
    const asked = await block();
    await refused(
      await plant(digested({ ...asked, status: 'approved', name: 'block_cidr_range' })),
      'no proof that the gate decided',
    );
  });

  test('an action to which the proven vote of another one is moved is not applied', async () => {
    await probe();
    await world.approveOnly('ana.silva', 'in network ACL');
    const asked = await block();
    const other = (await world.actions()).find(({ mechanism }) =>
      mechanism?.startsWith('network.'),
    )!;
    const { votes, decision } = other.approval!;
    expect(votes[0]?.proof).not.toBeNull();
    await refused(
      await plant({
        ...asked,
        status: 'approved',
        approval: { ...asked.approval!, votes, decision },
      }),
      '0 of 1 approvals',
    );
  });

  test('an action whose declined vote is rewritten as approved is not applied', async () => {
    await probe();
    await world.decline('ana.silva');
    const asked = await block();
    const votes = asked.approval!.votes.map((vote) => ({ ...vote, verdict: 'approved' as const }));
    const approval = { ...asked.approval!, votes, decision: decided() };
    await refused(await plant({ ...asked, status: 'approved', approval }), '0 of 1 approvals');
  });

  test('an action with one proven vote stored twice is not applied', async () => {
    await world.stop();
    world = await createWorld({ policy: withTwoApprovers() });
    await probe();
    await world.approve('ana.silva');
    const asked = await block();
    const [vote] = asked.approval!.votes;
    const votes = [vote!, { ...vote!, by: 'ben.okafor' }];
    const approval = { ...asked.approval!, votes, decision: decided() };
    await refused(await plant({ ...asked, status: 'approved', approval }), '1 of 2 approvals');
  });

  test('a proven vote that is replayed on a later request does not count', async () => {
    await world.stop();
    world = await createWorld({ policy: withTwoApprovers() });
    await world.deliver(sample('ssh-brute-force'));
    await world.approve('ana.silva');
    await world.pass(16);
    const expired = await world.action('block_ip_at_firewall');
    expect([expired.status, expired.approval?.votes.length]).toEqual(['expired', 1]);
    await world.choose(world.link('mei.tanaka'), {});
    const all = await world.actions();
    const again = all.find(({ actionId }) => actionId === `${expired.actionId}r1`)!;
    expect(again.status).toBe('awaiting-approval');
    const { votes } = expired.approval!;
    const approval = { ...again.approval!, votes, decision: decided() };
    await refused(await plant({ ...again, status: 'approved', approval }), '0 of 2 approvals');
    expect(world.denied()).toEqual([]);
  });

  test('a request that someone ends as declined is reported', async () => {
    await probe();
    const asked = await block();
    const declined = { ...decided(), verdict: 'declined' as const };
    const approval = { ...asked.approval!, decision: declined };
    await plant({ ...asked, status: 'declined', approval, attentionAt: null });
    expect(world.faults()).toContainEqual(
      expect.objectContaining({
        faults: expect.arrayContaining(['nothing proves that a person declined']),
      }),
    );
  });

  test('an action that shadow mode observed is not applied', async () => {
    await world.stop();
    world = await createWorld({ policy: { ...POLICY, mode: 'shadow' } });
    await probe();
    const observed = await block();
    await refused(
      await plant({ ...observed, status: 'proposed', disposition: 'auto' }),
      'no proof',
    );
  });

  test('an action that people read as another one than the gate described is not applied', async () => {
    await probe();
    const asked = await block();
    const description = { ...asked.description!, headline: 'Watch web requests' };
    await plant({ ...asked, description });
    await world.approveOnly('ana.silva', 'Watch web requests');
    expect((await block()).status).toBe('awaiting-approval');
    expect(world.blocked()).toEqual([]);
  });
});

describe('P8: people read what the gate described', () => {
  test('another description of an action in force is reported', async () => {
    await probe();
    await world.approve('ana.silva');
    const action = await block();
    const description = { ...action.description!, headline: 'Watch web requests' };
    await plant({ ...action, description });
    expect(world.faults()).toContainEqual(
      expect.objectContaining({ faults: ['the description was changed'] }),
    );
  });
});

describe('P4: what is undone, and when, follows from proofs', () => {
  const inForce = async () => {
    await probe();
    await world.approve('ana.silva');
    const action = await block();
    expect([action.status, world.blocked()]).toEqual(['in-force', [ATTACKER]]);
    return action;
  };
  /** Policy's duration for a block is five minutes here. */
  const isLiftedOnTime = async () => {
    await world.pass(6);
    expect(world.blocked()).toEqual([]);
  };

  test('a planted action in force reactivates no key', async () => {
    await world.deliver(sample('leaked-access-key'));
    const asked = await world.action('revoke_api_key');
    const key = () => JSON.stringify(world.runtime.identities());
    const untouched = key();
    const at = world.clock.now().toISOString();
    const planted = { before: { status: 'Active' }, appliedAt: at, dueAt: at, attentionAt: at };
    await plant({ ...asked, ...planted, status: 'in-force', approval: null });
    await world.pass(3);
    expect(key()).toBe(untouched);
    expect((await world.action('revoke_api_key')).status).toBe('reversal-failed');
  });

  test.each([
    ['an earlier due time', (at: string) => ({ dueAt: at, attentionAt: at })],
    [
      'a status that only an interrupted execution has',
      (at: string) => ({ status: 'executing' as const, attentionAt: at }),
    ],
    [
      'a status that only an interrupted undo has',
      (at: string) => ({ status: 'reversing' as const, attentionAt: at }),
    ],
    ['a failed undo', (at: string) => ({ status: 'reversal-failed' as const, attentionAt: at })],
    [
      'an action that was never applied',
      (at: string) => ({ status: 'proposed' as const, attentionAt: at }),
    ],
  ])('%s lifts no block early', async (_, change) => {
    const action = await inForce();
    const planted = await plant({ ...action, ...change(world.clock.now().toISOString()) });
    isNoticed = planted.status !== 'reversing';
    await world.pass(3);
    expect(world.blocked()).toEqual([ATTACKER]);
    await isLiftedOnTime();
  });

  test.each([
    ['a later due time', { dueAt: minutesAfter(NOW, 900), attentionAt: minutesAfter(NOW, 900) }],
    ['a planted keep', { status: 'kept' as const, dueAt: null, attentionAt: null }],
    ['a planted end', { status: 'reversed' as const, attentionAt: null }],
    ['an end without evidence', { status: 'reversed' as const, attentionAt: null, evidence: null }],
  ])('%s leaves no block behind', async (_, change) => {
    const action = await inForce();
    await plant({ ...action, ...change });
    await isLiftedOnTime();
  });

  test.each([
    ['a holder that never existed', { holders: ['act-0123456789abcdef-9'] }],
    ['a holder beside the real one', null],
    [
      'a claim that never ends',
      { releasing: 'act-0123456789abcdef-9', claim: { by: 'x', until: minutesAfter(NOW, 9000) } },
    ],
  ])('%s leaves no block behind', async (_, change) => {
    const action = await inForce();
    const beside = { holders: [action.actionId, 'act-0123456789abcdef-9'] };
    await plantLease(action, change ?? beside);
    await isLiftedOnTime();
    expect((await block()).status).toBe('reversed');
  });

  test('a planted before-state restores nothing, and people are notified', async () => {
    const action = await inForce();
    await plant({ ...action, before: { ...(action.before as object), inSet: true } });
    await world.pass(6);
    expect(await block()).toMatchObject({ status: 'reversal-failed' });
    const texts = (await block()).history.map(({ text }) => text);
    expect(texts.some((text) => text.startsWith('Unproven: the recorded before-state'))).toBe(true);
    expect(world.subjectsTo('mei.tanaka').at(-1)).toMatch(/^NOT UNDONE: /);
    const [told] = world.runtime
      .inbox()
      .filter(({ message }) => message.subject.startsWith('NOT UNDONE'));
    expect(told?.message.paragraphs.join(' ')).toContain('Do not undo this yet');
  });
});
