// An approver can't block the address that they come from.
import { expect, test } from 'vitest';
import { createWorld, sample } from './world.ts';

const SCANNER = '203.0.113.66';
const from = (sourceIp: string) => ({ requestContext: { http: { sourceIp } } });

test('hands off the block of an address from which its approver opened the link', async () => {
  const world = await createWorld();
  try {
    await world.deliver(sample('web-port-probe'));
    const path = world.link('ana.silva', 'Approve');
    expect((await world.runtime.web.request(path, {}, from(SCANNER))).status).toBe(200);
    await world.approve('ana.silva', 'Approve');
    expect(world.blocked()).toEqual([]);
    const block = await world.action('block_ip_at_firewall');
    expect(block.status).toBe('handed-off');
    expect(block.failure).toContain('recently opened a link from it');
  } finally {
    await world.stop();
  }
});

test('blocks the address when the approver opened the link from a different one', async () => {
  const world = await createWorld();
  try {
    await world.deliver(sample('web-port-probe'));
    const path = world.link('ana.silva', 'Approve');
    await world.runtime.web.request(path, {}, from('198.51.100.9'));
    await world.approve('ana.silva', 'Approve');
    expect(world.blocked()).toEqual([`${SCANNER}/32`]);
  } finally {
    await world.stop();
  }
});
