// Accepts forms only from a recent page of the same link; GET changes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { Purpose } from '../../functions/links/link.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { ben, createPages, inForce, minute, put, waiting } from './approval-pages.ts';

/** A store that records its writes. */
function watched() {
  const table = memoryTable();
  const written: string[] = [];
  const store = storeOn({
    ...table,
    put: (item, condition) => {
      written.push(`${item.pk} ${item.sk}`);
      return table.put(item, condition);
    },
    remove: (key, condition) => {
      written.push(`${key.pk} ${key.sk}`);
      return table.remove(key, condition);
    },
  });
  return { store, written };
}
let store: Store;
let written: string[];
beforeEach(() => {
  ({ store, written } = watched());
});
const load = ({ actionId }: Action) => store.records.action(INCIDENT_ID, actionId);
const yes = (action: Action) => ({ verdict: 'approve', reason: '', digest: action.digest });
const hidden = (page: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';

describe('a GET request', () => {
  /** Purposes whose form counts without any field, if it is accepted. */
  const asking = [waiting(), inForce(), waiting({ status: 'expired' })];
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'PUT', 'PATCH', 'DELETE'];

  test.each(methods)('a %s request to any path changes nothing', async (method) => {
    for (const given of asking) {
      const fresh = watched();
      const action = await put(fresh.store, given);
      const { app, did, pathOf } = createPages(fresh.store);
      fresh.written.length = 0;
      const links = await Promise.all(
        Purpose.options.map((purpose) =>
          pathOf(action, { purpose, expires: minute(60).getTime() / 1000 }),
        ),
      );
      const tokens = links.map((link) => link.split('/').at(-1) ?? '');
      const addresses = app.routes
        .filter(({ path }) => path !== '/*')
        .flatMap(({ path }) => tokens.map((token) => path.replace(':token', token)));
      expect(addresses.length).toBeGreaterThan(9);
      const query = `?verdict=approve&digest=${action.digest}&review=reverse&extensions=0`;
      for (const address of addresses)
        for (const one of [address, address + query])
          expect((await app.request(one, { method })).status).not.toBe(500);
      expect([...fresh.written, ...did]).toEqual([]);
    }
  });

  test('a mail scanner that follows all links of the page changes nothing', async () => {
    const action = await put(store, waiting());
    const { app, did, pathOf } = createPages(store);
    written.length = 0;
    const page = await (await app.request(await pathOf(action))).text();
    const links = [...page.matchAll(/(?:href|action)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(1);
    for (const link of links) await app.request(link);
    expect([...written, ...did]).toEqual([]);
  });
});

describe('a posted form', () => {
  test('counts a form with the nonce of the page that showed it', async () => {
    const action = await put(store, waiting());
    const { app, pathOf, post } = createPages(store);
    const path = await pathOf(action);
    const nonce = hidden(await (await app.request(path)).text(), 'nonce');
    expect((await post(path, { ...yes(action), nonce })).status).toBe(200);
    expect((await load(action)).status).toBe('approved');
  });

  test.each(['approve', 'review', 'ask-anew'] as const)(
    'rejects a form for %s without a nonce or with an altered one',
    async (purpose) => {
      const action = await put(store, purpose === 'review' ? inForce() : waiting());
      const { did, pathOf, nonceOf, post } = createPages(store);
      const path = await pathOf(action, { purpose });
      const good = await nonceOf(path);
      const form =
        purpose === 'review' ? { review: 'reverse', extensions: '0' } : { verdict: 'approve' };
      for (const nonce of ['', 'x', `${good}x`, good.replace(/^./, 'A'), good.split('.')[0]!]) {
        const answer = await post(path, { ...form, digest: action.digest, nonce });
        expect(answer.status).toBe(400);
        expect(await answer.text()).toContain('Open the link again. Nothing was decided.');
      }
      expect(await load(action)).toEqual(action);
      expect(did).toEqual([]);
    },
  );

  test('rejects a form with the nonce of another link', async () => {
    const action = await put(store, waiting());
    const { pathOf, nonceOf, post } = createPages(store);
    const nonce = await nonceOf(await pathOf(action, { person: ben.id }));
    expect((await post(await pathOf(action), { ...yes(action), nonce })).status).toBe(400);
    expect((await load(action)).status).toBe('awaiting-approval');
  });

  test('rejects a form with a valid link token in place of the nonce', async () => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    const path = await pathOf(action);
    const nonce = path.split('/').at(-1)!;
    expect((await post(path, { ...yes(action), nonce })).status).toBe(400);
  });

  test('a form that is half an hour old decides nothing, and the page shows the current status and asks again', async () => {
    const action = await put(store, inForce({ dueAt: minute(90).toISOString() }));
    const { app, clock, did, reviewPathOf, post } = createPages(store);
    const path = await reviewPathOf(action, { expires: minute(90).getTime() / 1000 });
    const nonce = hidden(await (await app.request(path)).text(), 'nonce');
    const form = { review: 'reverse', extensions: '0', digest: action.digest, nonce };
    clock.now = minute(31);
    const late = await post(path, form);
    const page = await late.text();
    expect(late.status).toBe(409);
    expect(page).toContain(
      'This page was open for more than 30 minutes. Your answer was not counted.',
    );
    expect(page).toContain('Blocked web requests from 203.0.113.7 at 03:03 UTC.');
    expect(page).toContain(`<a href="${path}">See the current state</a>`);
    expect(did).toEqual([]);
    clock.now = new Date(minute(31).getTime() - 1000);
    expect((await post(path, form)).status).toBe(200);
  });

  test('accepts a form when a server with a fast clock issued the nonce', async () => {
    const action = await put(store, waiting());
    const { clock, pathOf, nonceOf, post } = createPages(store);
    const path = await pathOf(action);
    clock.now = minute(4);
    const nonce = await nonceOf(path);
    clock.now = minute(1);
    expect((await post(path, { ...yes(action), nonce })).status).toBe(200);
  });

  test('the page has a new nonce after an answer that leaves requests open', async () => {
    const action = await put(store, waiting());
    await store.records.createAction(waiting({ actionId: 'act-0123456789abcdef-2' }));
    const { pathOf, post } = createPages(store, { newId: () => 'another' });
    const path = await pathOf(action);
    const page = await (await post(path, yes(action))).text();
    expect(page).toContain('<h2>Still open</h2>');
    expect(hidden(page, 'nonce')).not.toBe('');
  });
});
