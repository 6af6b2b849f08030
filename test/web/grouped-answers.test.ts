// Similar requests of one incident: one page, one answer for each.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { startStores } from '../store/dynamo.ts';
import { ben, createPages, mei, put, requestWith, waiting } from './approval-pages.ts';

const db = startStores();
let store: Store;
let three: Action[];
beforeEach(async () => {
  store = await db.fresh();
  three = [await put(store, waiting()), await another(2), await another(3)];
});

/** Another request of the same incident, with another target and token. */
async function another(n: number, change: Partial<Action> = {}): Promise<Action> {
  const action = waiting({
    actionId: `act-0123456789abcdef-${n}`,
    approval: requestWith({ taskToken: `token-${n}` }),
    ...change,
  });
  await store.records.createAction(action);
  return action;
}
const pick = ({ actionId, digest }: Action) => `${actionId} ${digest}`;
const answer = (verdict: string, ticked: readonly Action[] = [], all = three) => {
  const form = new URLSearchParams({ verdict, digest: three[0]!.digest });
  for (const one of all) form.append('all', pick(one));
  for (const one of ticked) form.append('ticked', pick(one));
  return form.toString();
};
const statuses = async () => (await store.records.actions(INCIDENT_ID)).map(({ status }) => status);
const posting = async (body: string, person?: string) => {
  const { app, pathOf, nonceOf, did } = createPages(store);
  const path = await pathOf(three[0]!, person ? { person } : {});
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' };
  const response = await app.request(path, {
    method: 'POST',
    headers,
    body: `nonce=${await nonceOf(path)}&${body}`,
  });
  return { page: await response.text(), status: response.status, did };
};

describe('the page of similar requests', () => {
  test('lists every request of this person, unticked, with a button for all', async () => {
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(three[0]!))).text();
    expect(page, 'right under the first one').toMatch(/<\/h1>\s*<p>And 2 more of the same kind/);
    expect(page).toContain('3 requests of this kind are open');
    expect(page.match(/type="checkbox"/g)).toHaveLength(3);
    expect(page).not.toContain('checked');
    expect(page).toContain('Approve all 3');
  });

  test('shows as many requests as one form can decide, and the others after them', async () => {
    for (let n = 4; n <= 70; n++) three.push(await another(n));
    const { app, pathOf } = createPages(store);
    const shown = async () => {
      const page = await (await app.request(await pathOf(three[0]!))).text();
      return three.filter((one) => page.includes(pick(one)));
    };
    const first = await shown();
    const { page, status } = await posting(answer('approve-all', first, first));
    expect(status).toBe(200);
    expect(first).toHaveLength(60);
    expect(await statuses()).toContain('awaiting-approval');
    const rest = three.filter((one) => page.includes(pick(one)));
    expect(rest).toEqual(three.filter((one) => !first.includes(one)));
    await posting(answer('decline-all', rest, rest));
    expect(await statuses()).not.toContain('awaiting-approval');
  });

  test('omits requests to other people, decided requests and other kinds of action', async () => {
    await another(4, { approval: requestWith({ rungs: [{ at: NOW.toISOString(), ask: [mei] }] }) });
    await another(5, { name: 'add_ip_to_watchlist' });
    await another(6, { status: 'declined' });
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(three[0]!))).text();
    expect(page).toContain('3 requests of this kind are open');
  });
});

test('approves every request and answers every state machine on approve-all', async () => {
  const { page, did } = await posting(answer('approve-all'));
  expect(page).toContain('3 of 3 approved');
  expect(await statuses()).toEqual(['approved', 'approved', 'approved']);
  expect(did.sort()).toEqual([1, 2, 3].map((n) => `callback token-${n} approved`));
});

test('declines the ticked requests and still offers the others', async () => {
  const { page } = await posting(answer('decline-ticked', three.slice(0, 2)));
  expect(page).toContain('2 of 2 declined');
  expect(page).toContain('One request of this kind is open');
  expect(await statuses()).toEqual(['declined', 'declined', 'awaiting-approval']);
});

test('decides nothing when no request is ticked, and says so', async () => {
  expect((await posting(answer('approve-ticked'))).page).toContain(
    'You ticked no action, so nothing was decided.',
  );
  expect(await statuses()).toEqual(Array(3).fill('awaiting-approval'));
});

test('does not count requests that were decided in the meantime, and says how many', async () => {
  await store.records.changeAction(INCIDENT_ID, three[1]!.actionId, (current) =>
    transition(current, 'declined', { at: NOW, by: `person:${ben.id}`, text: 'no' }),
  );
  const { page } = await posting(answer('approve-all'));
  expect(page).toContain('2 of 3 approved');
  expect(await statuses()).toEqual(['approved', 'declined', 'approved']);
});

test('decides nothing with a digest that differs from the recorded one', async () => {
  const altered = {
    ...three[1]!,
    digest: three[0]!.digest.replace(/./, (c) => (c === '0' ? '1' : '0')),
  };
  await posting(answer('approve-ticked', [altered]));
  expect(await statuses()).toEqual(Array(3).fill('awaiting-approval'));
});

test('decides no request that the person of the link was not asked about', async () => {
  const others = await another(4, {
    approval: requestWith({ rungs: [{ at: NOW.toISOString(), ask: [mei] }] }),
  });
  const { page } = await posting(answer('approve-ticked', [others]));
  expect(page).toContain('0 of 1 approved');
  expect((await store.records.action(INCIDENT_ID, others.actionId)).status).toBe(
    'awaiting-approval',
  );
});

test('does not decide an action of another kind together with these', async () => {
  const other = await another(4, { name: 'add_ip_to_watchlist' });
  await posting(answer('approve-ticked', [other]));
  expect((await store.records.action(INCIDENT_ID, other.actionId)).status).toBe(
    'awaiting-approval',
  );
});
