// Where people decided from lately: a few addresses for each, for a while.
import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../functions/store/store.ts';
import { startStores } from './dynamo.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});
const day = (n: number) => new Date(Date.UTC(2026, 10, n, 3));
const note = (address: string, at: Date, person = 'ana.silva') =>
  store.approverAddresses.note(person, address, at);
const recent = (at: Date) => store.approverAddresses.recent(at);

test('every person’s addresses are there, each once', async () => {
  await note('198.51.100.1', day(1));
  await note('2001:db8::1', day(1), 'ben.okafor');
  await note('198.51.100.1', day(2));
  expect((await recent(day(3))).sort()).toEqual(['198.51.100.1', '2001:db8::1']);
});

test('an address is forgotten 14 days after its last use', async () => {
  await note('198.51.100.1', day(1));
  await note('198.51.100.2', day(1));
  await note('198.51.100.1', day(4));
  expect(await recent(day(16))).toEqual(['198.51.100.1']);
  expect(await recent(day(19))).toEqual([]);
});

test('a few of the newest are kept of each person, whoever opens a link from however many places', async () => {
  for (let i = 0; i < 30; i++) await note(`198.51.100.${i}`, day(1));
  const kept = await recent(day(2));
  expect(kept).toHaveLength(10);
  expect(kept).toContain('198.51.100.29');
});

test('two pages opened at the same moment are both counted', async () => {
  await Promise.all([1, 2, 3].map((i) => note(`198.51.100.${i}`, day(1))));
  expect(await recent(day(2))).toHaveLength(3);
});

test('an item that cannot be read is no answer', async () => {
  await note('198.51.100.1', day(1));
  await store.table.put({ pk: 'APPROVERS', sk: 'ben.okafor', addresses: 'spoiled' });
  await expect(recent(day(2))).rejects.toThrow();
});
