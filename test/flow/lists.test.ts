// The world check in a running account: emptied lists and planted entries.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WafState } from '../../functions/mechanisms/waf/stand-in.ts';
import type { TrailEvent } from '../../functions/world/cause.ts';
import { POLICY } from '../fixtures/case.ts';
import { createWorld, sample, statesInMemory, type World } from './world.ts';

let world: World;
let kept: ReturnType<typeof statesInMemory>;
let events: TrailEvent[];
beforeEach(async () => {
  kept = statesInMemory();
  events = [];
  world = await createWorld({ state: kept.state, trail: async () => events });
});
afterEach(() => world.stop());

const file = () => kept.file<WafState>('waf');
const lists = () => file().read();
/** Someone else replaces the list of an IP set. */
function replace(set: string, addresses: string[]) {
  const state = lists();
  const lock = (state[set]?.lock ?? 0) + 1;
  file().write({ ...state, [set]: { addresses, lock } });
}
const toTeam = () =>
  world.runtime
    .inbox()
    .map(({ message }) => message)
    .filter(({ key }) => key.startsWith('world-'));

/** A watched and a blocked address. The laptop's policy undoes the block after five minutes. */
async function blocked() {
  await world.deliver(sample('web-port-probe'));
  await world.approve('ana.silva');
  expect(world.blocked()).toHaveLength(1);
}

test('checks a block of five minutes within its five minutes, and reports nothing over its life', async () => {
  await blocked();
  const { appliedAt, dueAt } = await world.action('block_ip_at_firewall');
  await world.pass(4);
  const { checkedAt } = await world.runtime.store.world.find(POLICY.account);
  expect(checkedAt! > appliedAt! && checkedAt! < dueAt!).toBe(true);
  await world.pass(8);
  expect(world.blocked()).toEqual([]);
  expect(toTeam()).toEqual([]);
});

test('reports emptied lists within two minutes in one message, once, and puts nothing back', async () => {
  await blocked();
  await world.pass(1);
  const emptied = Object.keys(lists()).filter((set) => lists()[set]!.addresses.length > 0);
  for (const set of emptied) replace(set, []);
  await world.pass(2);
  expect(toTeam().map(({ subject }) => subject)).toEqual(['2 changes were removed from AWS']);
  await world.pass(2);
  expect(toTeam()).toHaveLength(1);
  expect(world.blocked()).toEqual([]);
});

test('puts back what CloudFormation removed, under the same due time, and undoes it then', async () => {
  await blocked();
  const { dueAt } = await world.action('block_ip_at_firewall');
  await world.pass(1);
  await world.runtime.checkWorld();
  replace('block-ipv4', []);
  events = [
    {
      eventName: 'UpdateIPSet',
      eventTime: world.clock.now().toISOString(),
      userIdentity: { invokedBy: 'cloudformation.amazonaws.com' },
      requestParameters: { name: 'countermand-block-ipv4', scope: 'REGIONAL' },
    },
  ];
  await world.runtime.checkWorld();
  expect(world.blocked()).toHaveLength(1);
  expect(toTeam().map(({ subject }) => subject)).toEqual([
    'Putting back 203.0.113.66/32 in the IP set countermand-block-ipv4',
  ]);
  expect(await world.action('block_ip_at_firewall')).toMatchObject({ status: 'in-force', dueAt });
  await world.pass(6);
  expect(world.blocked()).toEqual([]);
  expect((await world.action('block_ip_at_firewall')).status).toBe('reversed');
  expect(toTeam()).toHaveLength(1);
});

test('puts everything back at once after a deployment of the stack, with one message', async () => {
  await blocked();
  const { dueAt } = await world.action('block_ip_at_firewall');
  await world.pass(1);
  await world.runtime.emptyIpSets('deployment');
  expect(lists()['block-ipv4']?.addresses).toHaveLength(1);
  expect(lists()['watch-ipv4']?.addresses).toHaveLength(1);
  expect(toTeam().map(({ subject }) => subject)).toEqual([
    '2 changes that a deployment removed are being put back',
  ]);
  expect(await world.action('block_ip_at_firewall')).toMatchObject({ status: 'in-force', dueAt });
  await world.pass(6);
  expect(world.blocked()).toEqual([]);
});

test.each([
  ['a planted entry', '198.51.100.9/32', 'No action explains'],
  ['an entry of half the internet', '0.0.0.0/1', 'Affects more than one host:'],
])('reports %s in the block list within two minutes', async (_, planted, subject) => {
  await blocked();
  replace('block-ipv4', [...world.blocked(), planted]);
  await world.pass(2);
  expect(toTeam().map((message) => message.subject)).toEqual([
    `${subject} ${planted} in the IP set countermand-block-ipv4`,
  ]);
  expect(toTeam()[0]!.paragraphs.join('\n')).toContain(
    `${planted} in the IP set countermand-block-ipv4`,
  );
});
