// Acknowledge, more time, hand over, and requests with several approvers.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { ApprovalRequest } from '../../functions/domain/approval.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { ben, createPages, mei, minute, put, requestWith, waiting } from './approval-pages.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const load = ({ actionId }: Action) => store.records.action(INCIDENT_ID, actionId);
const open = (change: Partial<ApprovalRequest> = {}) =>
  put(store, waiting({ approval: requestWith(change) }));
const say = (action: Action, verdict: string, more = {}) => ({
  verdict,
  digest: action.digest,
  ...more,
});

test('leaves a request open when more people answered than its record holds', async () => {
  const others = Array.from({ length: 30 }, (_, n) => ({ ...ben, id: `person-${n}` }));
  const action = await open({
    declineEnds: false,
    rungs: [{ at: minute(0).toISOString(), ask: [ben, ...others] }],
    votes: others.slice(0, 20).map(({ id }) => ({
      ...{ verdict: 'declined', by: id, at: minute(0).toISOString(), reason: '' },
      ...{ durationMinutes: null, proof: null },
    })),
  });
  const { post, pathOf } = createPages(store);
  const answer = await post(await pathOf(action, { person: ben.id }), say(action, 'decline'));
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain('Too many people answered this request');
});

describe('an acknowledgement', () => {
  test('an acknowledgement stops the escalation and leaves the deadline unchanged', async () => {
    const action = await open();
    const { post, pathOf, did } = createPages(store);
    const page = await (await post(await pathOf(action), say(action, 'acknowledge'))).text();
    expect(page).toContain('You are on it');
    expect(await load(action)).toMatchObject({
      status: 'awaiting-approval',
      approval: { acknowledged: { by: 'ana.silva' }, decision: null },
    });
    expect(did).toEqual([]);
  });
});

test.each([
  ['acknowledge', { acknowledged: { by: 'ana.silva' } }],
  ['more-time', { expiresAt: minute(25).toISOString() }],
  ['hand-over', { handedTo: [{ to: { id: mei.id } }] }],
])(
  'applies %s to all requests that the page showed, and to no later one',
  async (verdict, changed) => {
    const action = await open({ moreTimeMinutes: 10 });
    const another = (number: number, change: Partial<ApprovalRequest>) =>
      store.records.createAction(
        waiting({
          actionId: `act-0123456789abcdef-${number}`,
          approval: requestWith({ moreTimeMinutes: 10, ...change }),
        }),
      );
    await another(2, {});
    await another(3, { rungs: [{ at: minute(0).toISOString(), ask: [ben] }] });
    const { app, post, pathOf } = createPages(store);
    const path = await pathOf(action);
    const shown = await (await app.request(path)).text();
    const all = [...shown.matchAll(/name="all" value="([^"]+)"/g)].map(([, pick]) => pick!);
    expect(all).toHaveLength(2);
    await another(4, {});
    await post(path, say(action, verdict, { to: mei.id, all: all[1] }));
    const [own, second, ofAnother, later] = await store.records.actions(INCIDENT_ID);
    for (const one of [own, second]) expect(one?.approval).toMatchObject(changed);
    for (const one of [ofAnother, later]) expect(one?.approval).not.toMatchObject(changed);
  },
);

describe('more time', () => {
  test('adds more time once, by the amount in policy, and delays the sweeper as well', async () => {
    const action = await open({ moreTimeMinutes: 10 });
    const { post, pathOf } = createPages(store);
    const path = await pathOf(action, { expires: minute(25).getTime() / 1000 });
    expect((await post(path, say(action, 'more-time'))).status).toBe(200);
    expect((await post(path, say(action, 'more-time'))).status).toBe(409);
    const { approval, attentionAt } = await load(action);
    expect(approval?.expiresAt).toBe(minute(25).toISOString());
    expect(attentionAt).toBe(minute(27).toISOString());
  });

  test('refuses more time if policy allows none', async () => {
    const action = await open();
    const { post, pathOf } = createPages(store);
    expect((await post(await pathOf(action), say(action, 'more-time'))).status).toBe(409);
    expect((await load(action)).approval?.expiresAt).toBe(minute(15).toISOString());
  });

  test('accepts an answer within the added time', async () => {
    const action = await open({ moreTimeMinutes: 10 });
    const { post, pathOf, clock } = createPages(store);
    const path = await pathOf(action, { expires: minute(25).getTime() / 1000 });
    await post(path, say(action, 'more-time'));
    clock.now = minute(20);
    expect((await post(path, say(action, 'approve'))).status).toBe(200);
    expect((await load(action)).status).toBe('approved');
  });
});

describe('a hand-over', () => {
  test('a hand-over asks the other person and lets them decide', async () => {
    const action = await open();
    const { post, pathOf, did } = createPages(store);
    const handed = await post(await pathOf(action), say(action, 'hand-over', { to: mei.id }));
    expect(await handed.text()).toContain(`${mei.name} is asked now`);
    expect(did).toEqual([`ask ${mei.id}`]);
    await post(await pathOf(action, { person: mei.id }), say(action, 'approve'));
    expect(await load(action)).toMatchObject({
      status: 'approved',
      approval: { decision: { by: mei.id } },
    });
  });

  test('refuses a hand-over to a person who may not decide', async () => {
    const action = await open({ roles: ['analyst'] });
    const { post, pathOf, did } = createPages(store);
    for (const to of [mei.id, 'no.such.person', ben.id, '']) {
      const answer = await post(await pathOf(action), say(action, 'hand-over', { to }));
      expect(answer.status, to).toBe(403);
    }
    expect(did).toEqual([]);
    expect((await load(action)).approval?.handedTo).toEqual([]);
  });

  test('the page says that the message of a hand-over could not be sent', async () => {
    const action = await open();
    const { post, pathOf } = createPages(store, {
      ask: () => Promise.reject(new Error('no line')),
    });
    const answer = await post(await pathOf(action), say(action, 'hand-over', { to: mei.id }));
    expect(await answer.text()).toContain(
      `Please call ${mei.name}: the message could not be sent.`,
    );
  });
});

describe('a request that needs two approvers', () => {
  const two = () => open({ required: 2 });
  const both = async (action: Action, first: string, second: string, change = {}) => {
    const { post, pathOf, did } = createPages(store, change);
    const one = await (await post(await pathOf(action), say(action, first))).text();
    const between = await load(action);
    await post(await pathOf(action, { person: ben.id }), say(action, second));
    return { one, between, did };
  };

  test('a request for two approvals stays open after one and does not answer the state machine', async () => {
    const action = await two();
    const { one, between, did } = await both(action, 'approve', 'approve');
    expect(one).toContain('Nothing has changed yet: one more person must approve by 03:15 UTC.');
    expect(between.status).toBe('awaiting-approval');
    expect(did).toEqual(['callback token-1 approved']);
    const { status, approval } = await load(action);
    expect(status).toBe('approved');
    expect(approval?.votes.map(({ by }) => by)).toEqual(['ana.silva', ben.id]);
  });

  test('does not count a second approval by the same person', async () => {
    const action = await two();
    const { post, pathOf } = createPages(store);
    for (let i = 0; i < 3; i++) await post(await pathOf(action), say(action, 'approve'));
    expect(await load(action)).toMatchObject({ status: 'awaiting-approval' });
    expect((await load(action)).approval?.votes).toHaveLength(1);
  });

  test('does not let a person replace their vote', async () => {
    const action = await two();
    const { post, pathOf } = createPages(store);
    await post(await pathOf(action), say(action, 'approve'));
    expect((await post(await pathOf(action), say(action, 'decline'))).status).toBe(409);
    expect((await load(action)).approval?.votes).toMatchObject([{ verdict: 'approved' }]);
  });

  test('counts two simultaneous approvals as two votes', async () => {
    const action = await two();
    const { post, pathOf } = createPages(store);
    const paths = [await pathOf(action), await pathOf(action, { person: ben.id })];
    await Promise.all(paths.map((path) => post(path, say(action, 'approve'))));
    expect((await load(action)).status).toBe('approved');
  });

  test('a request for two approvals ends with one decline if policy says so', async () => {
    const action = await two();
    const { did } = await both(action, 'decline', 'approve');
    expect((await load(action)).status).toBe('declined');
    expect(did).toEqual(['callback token-1 declined']);
  });

  test('a request for two approvals ends when too few approvers are left, if one decline does not end it', async () => {
    const action = await open({ required: 1, declineEnds: false });
    const { between } = await both(action, 'decline', 'approve');
    expect(between.status).toBe('awaiting-approval');
    expect((await load(action)).status).toBe('approved');
  });

  test('the page shows how many approvals are needed and who has answered', async () => {
    const action = await two();
    const { app, post, pathOf } = createPages(store);
    await post(await pathOf(action), say(action, 'approve'));
    const page = await (await app.request(await pathOf(action, { person: ben.id }))).text();
    expect(page).toContain('2 people must approve.');
    expect(page).toContain(`${POLICY.escalation.people['ana.silva']!.name} approved.`);
  });
});
