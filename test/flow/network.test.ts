// A block at the network from the finding to its end: chosen by where the traffic was seen, asked, in force, undone.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const ATTACKER = '203.0.113.101/32';
const ACL = 'acl-0a1b2c3d4e5f60701';
const guess = () => world.deliver(sample('ssh-brute-force'));

describe('guessed SSH passwords', () => {
  test('are answered at the network of the instance, and not with a web rule', async () => {
    await guess();
    expect(world.told('ana.silva')).toEqual([`Approve? Block traffic from ${ATTACKER} in ${ACL}`]);
    expect(world.denied()).toEqual([]);
    await world.approve('ana.silva');
    expect(world.denied()).toEqual([`${ATTACKER} at ${ACL}`]);
    expect(world.blocked()).toEqual([]);
    expect(await world.action('block_ip_at_firewall')).toMatchObject({
      status: 'in-force',
      scope: 'network',
      parameters: { networkAclId: ACL, direction: 'ingress' },
    });
  });

  test('cost the attacker the network for as long as policy says, to the minute', async () => {
    await guess();
    await world.approve('ana.silva');
    await world.pass(4.5);
    expect(world.denied()).toHaveLength(1);
    await world.pass(1);
    expect(world.denied(), 'within 60 s of the due time').toEqual([]);
    expect((await world.action('block_ip_at_firewall')).status).toBe('reversed');
  });

  test('leave the network as it is where nobody approves', async () => {
    await guess();
    await world.decline('ana.silva');
    expect(world.denied()).toEqual([]);
  });

  test('of which nobody knows the network are handed to a person, who is told why', async () => {
    const event = JSON.parse(
      JSON.stringify(sample('ssh-brute-force')).replace('i-0bb2cc3dd4ee5ff60', 'i-99999999'),
    );
    await world.deliver(event);
    const block = await world.action('block_ip_at_firewall');
    expect(block.status).toBe('handed-off');
    expect(block.reasons.map(({ text }) => text).join()).toContain('InvalidInstanceID.NotFound');
  });
});

test('web traffic that was seen at an instance is blocked on both ways, each approved for itself', async () => {
  await world.deliver(sample('web-port-probe'));
  expect(world.told('ana.silva')).toEqual(['Approve 2? Block web requests from 203.0.113.66/32']);
  await world.approveOnly('ana.silva', `Block traffic from 203.0.113.66/32 in ${ACL}`);
  expect(world.denied()).toEqual([`203.0.113.66/32 at ${ACL}`]);
  expect(world.blocked()).toEqual([]);
  await world.approve('ana.silva');
  expect(world.blocked()).toEqual(['203.0.113.66/32']);
});

test('IPv6 is blocked as IPv4 is', async () => {
  await world.deliver(sample('ipv6-probe'));
  await world.approve('ana.silva');
  expect(world.denied()).toEqual([`2001:db8:bad::1:7/128 at ${ACL}`]);
});
