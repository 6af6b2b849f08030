// Recent addresses of approvers, limited in number and time.
import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../functions/store/store.ts';
import { startStores } from './stores.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});
const day = (n: number) => new Date(Date.UTC(2026, 10, n, 3));
const note = (address: string, at: Date, person = 'ana.silva') =>
  store.approverAddresses.note(person, address, at);
const recent = (at: Date) => store.approverAddresses.recent(at);

test('returns the addresses of every person, each once', async () => {
  await note('198.51.100.1', day(1));
  await note('2001:db8::1', day(1), 'ben.okafor');
  await note('198.51.100.1', day(2));
  expect((await recent(day(3))).sort()).toEqual(['198.51.100.1', '2001:db8::1']);
});

test('forgets an address 14 days after its last use', async () => {
  await note('198.51.100.1', day(1));
  await note('198.51.100.2', day(1));
  await note('198.51.100.1', day(4));
  expect(await recent(day(16))).toEqual(['198.51.100.1']);
  expect(await recent(day(19))).toEqual([]);
});

test('keeps the ten newest addresses of a person', async () => {
  for (let i = 0; i < 30; i++) await note(`198.51.100.${i}`, day(1));
  const kept = await recent(day(2));
  expect(kept).toHaveLength(10);
  expect(kept).toContain('198.51.100.29');
});

test('records the addresses of pages that are opened at the same moment', async () => {
  await Promise.all([1, 2, 3].map((i) => note(`198.51.100.${i}`, day(1))));
  expect(await recent(day(2))).toHaveLength(3);
});

test('throws when a stored item cannot be read', async () => {
  await note('198.51.100.1', day(1));
  await store.table.put({ pk: 'APPROVERS', sk: 'ben.okafor', addresses: 'damaged' });
  await expect(recent(day(2))).rejects.toThrow();
});
