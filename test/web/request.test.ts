// What somebody may do besides deciding, and requests that more than one person has to approve.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { ApprovalRequest } from '../../functions/domain/approval.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/dynamo.ts';
import { ben, desk, mei, minute, put, requestWith, waiting } from './desk.ts';

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

describe('who is on it', () => {
  test('stops the escalation, and the request goes on until its own time', async () => {
    const action = await open();
    const { post, pathOf, did } = desk(store);
    const page = await (await post(await pathOf(action), say(action, 'acknowledge'))).text();
    expect(page).toContain('You are on it');
    expect(await load(action)).toMatchObject({
      status: 'awaiting-approval',
      approval: { acknowledged: { by: 'ana.silva' }, decision: null },
    });
    expect(did).toEqual([]);
  });
});

describe('more time', () => {
  test('is given once, by as much as policy says, and the sweeper waits as long', async () => {
    const action = await open({ moreTimeMinutes: 10 });
    const { post, pathOf } = desk(store);
    const path = await pathOf(action, { expires: minute(25).getTime() / 1000 });
    expect((await post(path, say(action, 'more-time'))).status).toBe(200);
    expect((await post(path, say(action, 'more-time'))).status).toBe(409);
    const { approval, attentionAt } = await load(action);
    expect(approval?.expiresAt).toBe(minute(25).toISOString());
    expect(attentionAt).toBe(minute(27).toISOString());
  });

  test('is not given where policy allows none', async () => {
    const action = await open();
    const { post, pathOf } = desk(store);
    expect((await post(await pathOf(action), say(action, 'more-time'))).status).toBe(409);
    expect((await load(action)).approval?.expiresAt).toBe(minute(15).toISOString());
  });

  test('lets an answer count that comes within it', async () => {
    const action = await open({ moreTimeMinutes: 10 });
    const { post, pathOf, clock } = desk(store);
    const path = await pathOf(action, { expires: minute(25).getTime() / 1000 });
    await post(path, say(action, 'more-time'));
    clock.now = minute(20);
    expect((await post(path, say(action, 'approve'))).status).toBe(200);
    expect((await load(action)).status).toBe('approved');
  });
});

describe('handing over', () => {
  test('lets the other person decide, and has them asked', async () => {
    const action = await open();
    const { post, pathOf, did } = desk(store);
    const handed = await post(await pathOf(action), say(action, 'hand-over', { to: mei.id }));
    expect(await handed.text()).toContain(`${mei.name} is asked now`);
    expect(did).toEqual([`ask ${mei.id}`]);
    await post(await pathOf(action, { person: mei.id }), say(action, 'approve'));
    expect(await load(action)).toMatchObject({
      status: 'approved',
      approval: { decision: { by: mei.id } },
    });
  });

  test('is refused to anybody whom policy does not let decide', async () => {
    const action = await open({ roles: ['analyst'] });
    const { post, pathOf, did } = desk(store);
    for (const to of [mei.id, 'nobody', ben.id, '']) {
      const answer = await post(await pathOf(action), say(action, 'hand-over', { to }));
      expect(answer.status, to).toBe(403);
    }
    expect(did).toEqual([]);
    expect((await load(action)).approval?.handedTo).toEqual([]);
  });

  test('says so when the message could not be sent', async () => {
    const action = await open();
    const { post, pathOf } = desk(store, { askAlso: () => Promise.reject(new Error('no line')) });
    const answer = await post(await pathOf(action), say(action, 'hand-over', { to: mei.id }));
    expect(await answer.text()).toContain(
      `Please call ${mei.name}: the message could not be sent.`,
    );
  });
});

describe('where two have to approve', () => {
  const two = () => open({ required: 2 });
  const both = async (action: Action, first: string, second: string, change = {}) => {
    const { post, pathOf, did } = desk(store, change);
    const one = await (await post(await pathOf(action), say(action, first))).text();
    const between = await load(action);
    await post(await pathOf(action, { person: ben.id }), say(action, second));
    return { one, between, did };
  };

  test('one yes leaves it open and wakes nobody', async () => {
    const action = await two();
    const { one, between, did } = await both(action, 'approve', 'approve');
    expect(one).toContain('Nothing has changed yet: one more person must approve by 03:15 UTC.');
    expect(between.status).toBe('awaiting-approval');
    expect(did).toEqual(['callback token-1 approved']);
    const { status, approval } = await load(action);
    expect(status).toBe('approved');
    expect(approval?.votes.map(({ by }) => by)).toEqual(['ana.silva', ben.id]);
  });

  test('one person’s second yes is not a second person', async () => {
    const action = await two();
    const { post, pathOf } = desk(store);
    for (let i = 0; i < 3; i++) await post(await pathOf(action), say(action, 'approve'));
    expect(await load(action)).toMatchObject({ status: 'awaiting-approval' });
    expect((await load(action)).approval?.votes).toHaveLength(1);
  });

  test('nobody can take back a vote by another one', async () => {
    const action = await two();
    const { post, pathOf } = desk(store);
    await post(await pathOf(action), say(action, 'approve'));
    expect((await post(await pathOf(action), say(action, 'decline'))).status).toBe(409);
    expect((await load(action)).approval?.votes).toMatchObject([{ verdict: 'approved' }]);
  });

  test('both at once are two votes', async () => {
    const action = await two();
    const { post, pathOf } = desk(store);
    const paths = [await pathOf(action), await pathOf(action, { person: ben.id })];
    await Promise.all(paths.map((path) => post(path, say(action, 'approve'))));
    expect((await load(action)).status).toBe('approved');
  });

  test('a no ends it, where policy says so', async () => {
    const action = await two();
    const { did } = await both(action, 'decline', 'approve');
    expect((await load(action)).status).toBe('declined');
    expect(did).toEqual(['callback token-1 declined']);
  });

  test('where a no does not end it, it ends when too few are left to say yes', async () => {
    const action = await open({ required: 1, declineEnds: false });
    const { between } = await both(action, 'decline', 'approve');
    expect(between.status).toBe('awaiting-approval');
    expect((await load(action)).status).toBe('approved');
  });

  test('the page says how many are needed and who has answered', async () => {
    const action = await two();
    const { app, post, pathOf } = desk(store);
    await post(await pathOf(action), say(action, 'approve'));
    const page = await (await app.request(await pathOf(action, { person: ben.id }))).text();
    expect(page).toContain('2 people must approve.');
    expect(page).toContain(`${POLICY.escalation.people['ana.silva']!.name} approved.`);
  });
});
