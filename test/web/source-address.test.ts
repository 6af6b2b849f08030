// Records the source address of approvers; a failure must not block the page.
import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../functions/store/store.ts';
import { startStores } from '../store/stores.ts';
import { ana, createPages, minute, put, waiting } from './approval-pages.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});
const from = (sourceIp: string) => ({ requestContext: { http: { sourceIp } } });
const remembered = () => store.approverAddresses.recent(minute(5));
const opens = async (path: string, env: object, headers = {}, change = {}) =>
  createPages(store, change).app.request(path, { headers }, env);

test('records the address on GET and on POST', async () => {
  const action = await put(store, waiting());
  const { app, nonceOf, pathOf } = createPages(store);
  const path = await pathOf(action);
  expect((await app.request(path, {}, from('198.51.100.1'))).status).toBe(200);
  const nonce = await nonceOf(path);
  const form = { nonce, verdict: 'decline', reason: '', digest: action.digest };
  const post = {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' },
    body: new URLSearchParams(form).toString(),
  };
  expect((await app.request(path, post, from('2001:db8::1'))).status).toBe(200);
  expect((await remembered()).sort()).toEqual(['198.51.100.1', '2001:db8::1']);
});

test('ignores an address that the caller claims in a header', async () => {
  const path = await createPages(store).pathOf(await put(store, waiting()));
  const headers = { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7' };
  await opens(path, from('198.51.100.1'), headers);
  expect(await remembered()).toEqual(['198.51.100.1']);
  await opens(path, {}, headers);
  expect(await remembered()).toEqual(['198.51.100.1']);
});

test.each([
  ['a forged link', (path: string) => `${path.slice(0, -4)}AAAA`],
  ['a link for something else', (path: string) => path.replace('/approve/', '/review/')],
])('does not record the address of %s', async (_, spoilt) => {
  const path = await createPages(store).pathOf(await put(store, waiting()));
  expect((await opens(spoilt(path), from('203.0.113.7'))).status).toBe(403);
  expect(await remembered()).toEqual([]);
});

test('does not record the address of an expired link', async () => {
  const { app, clock, pathOf } = createPages(store);
  const path = await pathOf(await put(store, waiting()));
  clock.now = minute(20);
  expect((await app.request(path, {}, from('203.0.113.7'))).status).toBe(200);
  expect(await store.approverAddresses.recent(minute(25))).toEqual([]);
});

test('does not record an invalid address', async () => {
  const path = await createPages(store).pathOf(await put(store, waiting()));
  for (const spoilt of ['', 'unknown', '198.51.100.1, 203.0.113.7', '0.0.0.0/0'])
    expect((await opens(path, from(spoilt))).status).toBe(200);
  expect(await remembered()).toEqual([]);
});

test('accepts the decision when the address cannot be recorded', async () => {
  const path = await createPages(store).pathOf(await put(store, waiting()));
  const note = () => Promise.reject(new Error('no answer'));
  const broken = { ...store, approverAddresses: { ...store.approverAddresses, note } };
  const answer = await opens(path, from('198.51.100.1'), {}, { store: broken });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain(ana.name);
});
