// Blocking at the network ACL: from the finding to the undo.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const ATTACKER = '203.0.113.101/32';
const ACL = 'acl-0a1b2c3d4e5f60701';
const bruteForce = () => world.deliver(sample('ssh-brute-force'));

describe('an SSH brute-force attack', () => {
  test('blocks the attacker at the network ACL after approval, and not with a web rule', async () => {
    await bruteForce();
    expect(world.subjectsTo('ana.silva')).toEqual([
      `Approve? Block traffic from 203.0.113.101 in network ACL ${ACL}`,
    ]);
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

  test('shows the approver the connections that flow logs list', async () => {
    await bruteForce();
    const { page } = await world.read(world.link('ana.silva'));
    expect(page).toContain(
      'VPC flow logs, 02:50 UTC to 02:58 UTC: 24 connections from 203.0.113.101 to i-0bb2cc3dd4ee5ff60 (ports 22, 23) were accepted and 1 was rejected. In 24 of them, data went both ways. The host received 87.1 kB and sent 100 kB.',
    );
  });

  test('says in the message that asks how the port was opened and used', async () => {
    await bruteForce();
    const asked = world.runtime
      .inbox()
      .find(({ message }) => message.subject.startsWith('Approve?'));
    const found = asked?.message.facts
      .find(({ label }) => label === 'Looked up')
      ?.value.split('\n');
    expect(found).toEqual([
      'EC2: Security groups let everyone reach port 22 of i-0bb2cc3dd4ee5ff60.',
      'AWS Config: Security group sg-0a1b2c3d4e5f60702 of i-0bb2cc3dd4ee5ff60 opened TCP port 22 to everyone (recorded at 01:56 UTC).',
      expect.stringMatching(
        /^VPC flow logs: 24 connections from 203\.0\.113\.101 to i-0bb2cc3dd4ee5ff60 \(ports 22, 23\) were accepted .* In 24 of them, data went both ways\.$/,
      ),
    ]);
  });

  test('removes the network block within 60 seconds of its due time', async () => {
    await bruteForce();
    await world.approve('ana.silva');
    await world.pass(4.5);
    expect(world.denied()).toHaveLength(1);
    await world.pass(1);
    expect(world.denied(), 'within 60 s of the due time').toEqual([]);
    expect((await world.action('block_ip_at_firewall')).status).toBe('reversed');
  });

  test('leaves the network ACL unchanged after a decline', async () => {
    await bruteForce();
    await world.decline('ana.silva');
    expect(world.denied()).toEqual([]);
  });

  const GROUP_OPENED = 'security group=sg-0a1b2c3d4e5f60702, opened to everyone=tcp 22, ';
  test('shows on the pages of the incident and the request that the attacked port was opened an hour before', async () => {
    await bruteForce();
    const { incidentId, alertId } = await world.action('block_ip_at_firewall');
    const opened =
      'Security group sg-0a1b2c3d4e5f60702 of i-0bb2cc3dd4ee5ff60 opened TCP port 22 to everyone (recorded at 01:56 UTC).';
    const reached = 'Security groups let everyone reach port 22 of i-0bb2cc3dd4ee5ff60.';
    const answer = await world.runtime.console.request(`/console/incident/${incidentId}`);
    const incident = await answer.text();
    const { page: request } = await world.read(world.link('ana.silva'));
    for (const page of [incident, request]) expect(page).toContain(opened);
    for (const page of [incident, request]) expect(page).toContain(reached);
    const traffic =
      '24 connections from 203.0.113.101 to i-0bb2cc3dd4ee5ff60 (ports 22, 23) were accepted';
    for (const page of [incident, request]) expect(page).toContain(traffic);
    const facts = await world.runtime.store.records.findFacts(incidentId, alertId);
    expect(facts?.citable?.filter(({ source }) => source === 'config')).toMatchObject([
      { kind: 'change', refs: ['instance-1'], text: expect.stringContaining(GROUP_OPENED) },
    ]);
  });

  test('takes no address of this account for evidence of an attack', async () => {
    await world.deliver(sample('ipv6-probe'));
    await world.deliver(sample('web-port-probe'));
    const incidentId = (await world.incidents()).find(({ correlationKeys }) =>
      correlationKeys.some((key) => key.includes('203.0.113.66')),
    )?.incidentId;
    const answer = await world.runtime.console.request(`/console/incident/${incidentId}`);
    const page = await answer.text();
    expect(page).toContain('203.0.113.66 sent at least 3 web requests');
    expect(page).not.toContain('198.51.100.20 sent');
    expect(page).not.toContain('10.20.1.17 was named');
  });

  test('hands off the block with the reason when the instance is unknown', async () => {
    const event = JSON.parse(
      JSON.stringify(sample('ssh-brute-force')).replace('i-0bb2cc3dd4ee5ff60', 'i-99999999'),
    );
    await world.deliver(event);
    const block = await world.action('block_ip_at_firewall');
    expect(block.status).toBe('handed-off');
    expect(block.reasons.map(({ text }) => text).join()).toContain('InvalidInstanceID.NotFound');
  });
});

test('requests separate approvals for the network ACL and the web ACL when web traffic hit an instance', async () => {
  await world.deliver(sample('web-port-probe'));
  expect(world.subjectsTo('ana.silva')).toEqual([
    'Approve 2 actions? Block web requests from 203.0.113.66; Block traffic from 203.0.113.66 in networ…',
  ]);
  await world.approveOnly('ana.silva', `Block traffic from 203.0.113.66 in network ACL ${ACL}`);
  expect(world.denied()).toEqual([`203.0.113.66/32 at ${ACL}`]);
  expect(world.blocked()).toEqual([]);
  await world.approve('ana.silva');
  expect(world.blocked()).toEqual(['203.0.113.66/32']);
});

test('blocks an IPv6 address at the network ACL', async () => {
  // A probe of a port that the security groups don't open needs no action.
  const event = JSON.stringify(sample('ipv6-probe'))
    .replaceAll('8443', '22')
    .replaceAll('i-0cc3dd4ee5ff60711', 'i-0bb2cc3dd4ee5ff60');
  await world.deliver(JSON.parse(event));
  await world.approve('ana.silva');
  expect(world.denied()).toEqual([`2001:db8:bad::1:7/128 at ${ACL}`]);
});
