// Attacks that plant genuine records, proofs and captures in other places.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { indexKeys } from '../../functions/store/due.ts';
import { actionDigest } from '../../functions/store/hash-chain.ts';
import { incidentPartition } from '../../functions/store/layout.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { plantIn, plantLeaseIn } from './planting.ts';
import { createWorld, sample, type World } from './world.ts';

const ATTACKER = '203.0.113.66/32';
let world: World;
/** Whether the archive must notice the attack. */
let isNoticed = true;
beforeEach(async () => {
  const { block_ip_at_firewall: block } = POLICY.actions;
  if (block.tier !== 2) throw new Error('expected tier 2');
  // Long enough to attack after the time in which an execution may still fail.
  const lifetime = { undo: 'reverses-when-due' as const, maxDurationMinutes: 60 };
  const actions = { ...POLICY.actions, block_ip_at_firewall: { ...block, lifetime } };
  const policy = { ...POLICY, actions };
  world = await createWorld({ policy });
});
afterEach(async () => {
  await world.stop({ planted: isNoticed });
  isNoticed = true;
});

const block = async () =>
  (await world.actions()).find(({ mechanism }) => mechanism === 'waf.block-address')!;
const inForce = async () => {
  await world.deliver(sample('web-port-probe'));
  await world.approve('ana.silva');
  const action = await block();
  expect([action.status, world.blocked(), action.durationMinutes]).toEqual([
    'in-force',
    [ATTACKER],
    60,
  ]);
  return action;
};
const now = () => world.clock.now().toISOString();
const isLiftedOnTime = async (action: Action) => {
  const left = (Date.parse(action.dueAt!) - world.clock.now().getTime()) / 60_000;
  await world.pass(Math.ceil(left) - 2);
  expect(world.blocked(), 'before the due time').toEqual([ATTACKER]);
  await world.pass(4);
  expect(world.blocked(), 'after the due time').toEqual([]);
};
/** Makes the sweeper run the assessment of the alert again. */
async function restart({ incidentId, alertId }: Action): Promise<void> {
  const { table } = world.runtime.store;
  const { pk, prefix } = incidentPartition('member', incidentId);
  for (const item of await table.query(pk, { prefix })) {
    const record = item.record as { alertId: string; version: number };
    if (record.alertId !== alertId) continue;
    const next = { ...record, outcome: null, closedAt: null, attentionAt: now() };
    await table.put({ ...item, ...indexKeys(item, next), record: next });
  }
}

describe('P4: nothing is undone before its proven end', () => {
  test.each([
    ['an end', { status: 'reversed' as const }],
    ['a failure', { status: 'failed' as const }],
    ['an end without evidence', { status: 'reversed' as const, evidence: null }],
    ['an approval without evidence', { status: 'approved' as const, evidence: null }],
  ])('%s that needs attention lifts no block early', async (_, change) => {
    const action = await inForce();
    await plantIn(world, { ...action, ...change, attentionAt: now() });
    await plantLeaseIn(world, action, { handedOn: true });
    await world.pass(3);
    expect(world.blocked()).toEqual([ATTACKER]);
    await isLiftedOnTime(action);
  });

  test('an invented action that failed lifts no block of another one', async () => {
    const action = await inForce();
    const actionId = 'act-0123456789abcdef-9';
    const invented = { ...action, actionId, ruling: null, evidence: null, history: [] };
    await plantIn(world, {
      ...invented,
      digest: actionDigest(invented),
      status: 'failed',
      attentionAt: now(),
    });
    await plantLeaseIn(world, action, { holders: [actionId], handedOn: true });
    await world.pass(3);
    expect(world.blocked()).toEqual([ATTACKER]);
    await isLiftedOnTime(action);
  });

  test('a repeated assessment whose execution fails lifts no block early', async () => {
    const action = await inForce();
    await world.pass(25);
    await plantIn(world, {
      ...action,
      status: 'executing',
      disposition: 'auto',
      attentionAt: minutesAfter(NOW, 900),
    });
    await restart(action);
    await world.pass(3);
    expect(world.blocked()).toEqual([ATTACKER]);
    await isLiftedOnTime(action);
  });
});

describe('P4: nothing is left behind', () => {
  test('by a repeated execution of a record with another due time', async () => {
    const action = await inForce();
    const dueAt = minutesAfter(NOW, 900);
    await plantIn(world, { ...action, status: 'executing', dueAt, attentionAt: dueAt });
    await restart(action);
    await world.pass(2);
    const again = await block();
    if (again.status === 'in-force') await plantIn(world, { ...again, attentionAt: null });
    await isLiftedOnTime(action);
  });

  test('by a scope that another reverser serves', async () => {
    const action = await inForce();
    isNoticed = false;
    await plantIn(world, { ...action, scope: 'network' });
    await isLiftedOnTime(action);
  });

  test.each([
    ['a planted due time', {}],
    ['a planted due time without evidence', { evidence: null }],
  ])('by a person who extends %s', async (_, change) => {
    await world.stop();
    world = await createWorld();
    await world.deliver(sample('web-port-probe'));
    await world.approve('ana.silva');
    const action = await block();
    await world.pass(3);
    const { orders, ...reminded } = await block();
    const review = world.link('ana.silva', 'Blocked web requests');
    const dueAt = minutesAfter(NOW, 9000);
    await plantIn(world, { ...reminded, orders, ...change, dueAt, attentionAt: dueAt });
    const response = await world.choose(review, { review: 'extend' });
    expect([response.status, (await block()).orders]).toEqual([409, []]);
    await isLiftedOnTime(action);
  });

  test('by a lease and a record that both say that it ended', async () => {
    const action = await inForce();
    await plantIn(world, { ...action, status: 'reversed', attentionAt: null });
    await plantLeaseIn(world, action, { holders: [], captured: false, before: null });
    await isLiftedOnTime(action);
  });
});
