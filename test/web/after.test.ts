// The page after an answer: steps, undo, who was asked, and the state now.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { NEWS, raisedText } from '../../functions/domain/effect-state.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { append, transition, withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import {
  approvedByAna,
  ben,
  createPages,
  inForce,
  mei,
  minute,
  put,
  requestWith,
  waiting,
} from './approval-pages.ts';

let store: Store;
beforeEach(() => {
  store = storeOn(memoryTable());
});
const REFRESH = /<meta http-equiv="refresh" content="(\d+);url=([^"]+)">/;
/** Each step with its state, `done Approved by Ana Silva 03:02:00 UTC`. */
const stepsIn = (page: string): string[] =>
  [...page.matchAll(/<li class="(done|busy|todo|failed)">([\s\S]*?)<\/li>/g)].map(
    ([, state, inner = '']) =>
      `${state} ${inner.replace(/<span class="vh">.*?<\/span>/g, '').replace(/<[^>]*>/g, ' ')}`
        .replace(/\s+/g, ' ')
        .trim(),
  );
const at = (minutes: number, by: string, text = '') => ({ at: minute(minutes), by, text });
const approved = (change: Partial<Action> = {}) =>
  transition(waiting(change), 'approved', at(2, 'person:ana.silva'), { approval: approvedByAna });
const executing = (change: Partial<Action> = {}) =>
  transition(approved(change), 'executing', at(3, 'execute'), {
    before: { present: false },
    dueAt: minute(63).toISOString(),
  });
const applied = () =>
  transition(executing(), 'in-force', at(4, 'execute', 'Applied and verified'), {
    appliedAt: minute(4).toISOString(),
  });

async function show(action: Action, now = 5, change = {}) {
  await put(store, action);
  return shown(action, now, change);
}

async function shown(action: Action, now = 5, change = {}) {
  const pages = createPages(store);
  pages.clock.now = minute(now);
  const path = await pages.pathOf(action, change);
  const response = await pages.app.request(path);
  return { ...pages, path, page: await response.text() };
}

describe('the steps of an approved action', () => {
  const WAIT = ['todo Schedule the undo', 'todo Apply the change', 'todo Verify the change'];
  const cases: [string, Action, string[]][] = [
    [
      'approved',
      approved(),
      ['done Approved by Ana Silva 03:02:00 UTC', 'busy Checking the rules again', ...WAIT],
    ],
    [
      'executing',
      executing(),
      [
        'done Approved by Ana Silva 03:02:00 UTC',
        'done Rules checked again',
        'done Undo scheduled 04:03 UTC 03:03:00 UTC',
        'busy Applying the change',
        'todo Verify the change',
      ],
    ],
    [
      'in force',
      applied(),
      [
        'done Approved by Ana Silva 03:02:00 UTC',
        'done Rules checked again',
        'done Undo scheduled 04:03 UTC 03:03:00 UTC',
        'done Applied 03:04:00 UTC',
        'done Verified in AWS 03:04:00 UTC',
      ],
    ],
    [
      'stopped by the second check',
      transition(approved(), 'handed-off', at(3, 'gate'), { failure: 'It is protected now' }),
      [
        'done Approved by Ana Silva 03:02:00 UTC',
        'failed Stopped It is protected now. 03:03:00 UTC',
      ],
    ],
    [
      'approved, for an action that only a person undoes',
      approved({ name: 'disable_function_url' }),
      [
        'done Approved by Ana Silva 03:02:00 UTC',
        'busy Checking the rules again',
        'todo Capture the state',
        ...WAIT.slice(1),
      ],
    ],
    [
      'executing an action that only a person undoes',
      { ...executing({ name: 'disable_function_url' }), dueAt: null },
      [
        'done Approved by Ana Silva 03:02:00 UTC',
        'done Rules checked again',
        'done State captured 03:03:00 UTC',
        'busy Applying the change',
        'todo Verify the change',
      ],
    ],
    ['declined', transition(waiting(), 'declined', at(2, 'person:ana.silva')), []],
    ['in shadow mode', waiting({ status: 'observed', approval: null }), []],
  ];
  test.each(cases)('show what the record says, and no more: %s', async (_, action, steps) => {
    expect(stepsIn((await show(action)).page)).toEqual(steps);
  });

  test('name the person who ordered the undo, and its end', async () => {
    const history = append(applied().actionId, applied().history, {
      ...at(6, 'person:ben.okafor'),
      event: 'undo-ordered',
    });
    const undone = transition(
      transition({ ...applied(), history }, 'reversing', at(6, 'person:ben.okafor')),
      'reversed',
      at(7, 'person:ben.okafor'),
    );
    expect(stepsIn((await show(undone, 8)).page).slice(5)).toEqual([
      'done Undo ordered by Ben Okafor 03:06:00 UTC',
      'done Undo started 03:06:00 UTC',
      'done Undo verified in AWS 03:07:00 UTC',
    ]);
  });

  test('give the time at which the facts were read again', async () => {
    await put(store, applied());
    const facts = {
      readAt: minute(2.5).toISOString(),
      calendar: { known: true, value: 'none' } as const,
      entities: [],
    };
    await store.records.putFacts(INCIDENT_ID, applied().alertId, facts);
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(applied()))).text();
    expect(stepsIn(page)).toContain('done Rules checked again 03:02:30 UTC');
  });
});

describe('the page loads itself again', () => {
  test.each([
    ['approved', approved()],
    ['executing', executing()],
    ['being undone', transition(applied(), 'reversing', at(5, 'schedule'))],
  ])('every 5 seconds while the state changes by itself: %s', async (_, action) => {
    const { page, path } = await show(action, 6);
    expect(REFRESH.exec(page)?.slice(1)).toEqual(['5', path]);
  });

  test.each([
    ['in force', applied(), 6],
    ['declined', transition(waiting(), 'declined', at(2, 'person:ana.silva')), 6],
    ['waiting for approval', waiting(), 6],
    ['stuck for 15 minutes', approved(), 17],
  ])('never otherwise: %s', async (_, action, now) => {
    const expires = minute(60).getTime() / 1000;
    expect((await show(action, now, { expires })).page).not.toMatch(REFRESH);
  });

  test('until the reader stops it', async () => {
    const { app, page, path } = await show(approved(), 6);
    expect(page).toContain(`<a href="${path}?still">Stop updating</a>`);
    const still = await (await app.request(`${path}?still`)).text();
    expect(still).not.toMatch(REFRESH);
    expect(stepsIn(still)).toEqual(stepsIn(page));
  });

  test('never while the page has another question, whose ticks it would lose', async () => {
    await put(store, approved());
    await store.records.createAction(waiting({ actionId: 'act-0123456789abcdef-2' }));
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(approved()))).text();
    expect(page).toContain('Still open');
    expect(page).not.toMatch(REFRESH);
  });
});

describe('Undo now, with the link of the request', () => {
  const undo = (action: Action) => ({ verdict: 'undo', digest: action.digest });

  test('orders the undo in the name of the approver, and the page follows it', async () => {
    const { page, post, path, did } = await show(applied());
    expect(page).toContain('value="undo"');
    const answer = await post(path, undo(applied()));
    expect(did[0]).toContain('"by":"person:ana.silva"');
    expect(await answer.text()).toMatch(REFRESH);
    const { orders } = await store.records.action(INCIDENT_ID, applied().actionId);
    expect(orders).toMatchObject([{ kind: 'undo', by: 'ana.silva' }]);
  });

  test('is offered for each action in force that the reader was asked about, and undoes only that one', async () => {
    const second = inForce({ actionId: 'act-0123456789abcdef-2' });
    const ofMei = inForce({
      actionId: 'act-0123456789abcdef-3',
      approval: { ...approvedByAna, rungs: [{ at: minute(0).toISOString(), ask: [mei] }] },
    });
    await put(store, applied());
    for (const one of [second, ofMei]) await store.records.createAction(one);
    const { page, post, path, did } = await shown(applied());
    const picks = [...page.matchAll(/<button name="undo" value="(\S+ \S+)">/g)].map(
      ([, pick]) => pick,
    );
    const pickOf = ({ actionId, digest }: Action) => `${actionId} ${digest}`;
    expect(picks).toEqual([applied(), second].map(pickOf));
    await post(path, { ...undo(applied()), undo: pickOf(ofMei) });
    await post(path, {
      ...undo(applied()),
      undo: pickOf({ ...second, digest: applied().digest.replace(/^./, 'x') }),
    });
    expect(did).toEqual([]);
    await post(path, { ...undo(applied()), undo: pickOf(second) });
    expect(did).toHaveLength(1);
    expect(did[0]).toContain(second.actionId);
    const orders = (await store.records.actions(INCIDENT_ID)).map((one) => one.orders.length);
    expect(orders).toEqual([0, 1, 0]);
  });

  test('is not offered once the link has expired, and does nothing then', async () => {
    const { page, post, path, did } = await show(applied(), 16);
    expect(page).not.toContain('value="undo"');
    expect((await post(path, undo(applied()))).status).toBe(410);
    expect(did).toEqual([]);
  });

  test('is not offered to a person who was not asked', async () => {
    const { page, post, path, did } = await show(applied(), 5, { person: mei.id });
    expect(page).not.toContain('value="undo"');
    expect((await post(path, undo(applied()))).status).toBe(403);
    expect(did).toEqual([]);
  });

  test('does nothing while the action waits for approval', async () => {
    const { post, path, did } = await show(waiting());
    expect((await post(path, undo(waiting()))).status).toBe(409);
    expect(did).toEqual([]);
  });
});

test('the page of an expired request says who was asked, what the state is now, and who can request it again', async () => {
  const expired = waiting({ status: 'expired', approval: requestWith({ askedRungs: 2 }) });
  await put(store, expired);
  const other = inForce({ actionId: 'act-0123456789abcdef-2', name: 'add_ip_to_watchlist' });
  await store.records.createAction(other);
  const { app, clock, pathOf } = createPages(store);
  clock.now = minute(20);
  const page = await (await app.request(await pathOf(expired))).text();
  for (const text of [
    'Nothing was changed. The request was to block web requests from 203.0.113.7.',
    'Ana Silva did not answer.',
    `${ben.name} did not answer.`,
    'Current state',
    'No change from this request is in place.',
    'Blocked web requests from 203.0.113.7: in force until 04:03 UTC on 24 Nov 2026',
    `${mei.name} can request this again with the link in the message about the expiry.`,
  ])
    expect(page).toContain(text);
});

test('the page of an expired request is about the other one that this person approved since', async () => {
  const expired = waiting({ status: 'expired' });
  await put(store, expired);
  const { app, clock, pathOf } = createPages(store);
  const at = minute(17).toISOString();
  const decision = { verdict: 'approved' as const, by: 'ana.silva', at, reason: '' };
  const approved = inForce({
    actionId: 'act-0123456789abcdef-2',
    approval: requestWith({ votes: [{ ...decision, durationMinutes: 60, proof: null }], decision }),
  });
  await store.records.createAction(approved);
  clock.now = minute(18);
  const page = await (
    await app.request(await pathOf(expired, { expires: minute(30).getTime() / 1000 }))
  ).text();
  const [, title = ''] = /<h1[^>]*>([^<]*)/.exec(page) ?? [];
  expect(title).toBe('In force');
  expect(page).toContain('Another request had expired: to block web requests from 203.0.113.7');
});

test.each(['approve', 'review'] as const)(
  'the page lists the other actions of the incident with their state, at most 30: %s',
  async (purpose) => {
    const action = purpose === 'approve' ? waiting() : applied();
    await put(store, action);
    for (let n = 2; n <= 33; n++)
      await store.records.createAction(inForce({ actionId: `act-0123456789abcdef-${n}` }));
    await store.records.createAction(
      waiting({ actionId: 'act-0123456789abcdef-40', status: 'dropped' }),
    );
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(action, { purpose }))).text();
    const states = [...page.matchAll(/<summary>(Blocked web[^<]*)<\/summary>/g)].map(
      ([, line]) => line,
    );
    expect(states).toEqual(
      Array(30).fill(
        'Blocked web requests from 203.0.113.7: in force until 04:03 UTC on 24 Nov 2026',
      ),
    );
    expect(page).toContain('2 more actions are not shown here.');
  },
);

test('people who were not asked yet are not listed as asked', async () => {
  const { page } = await show(waiting({ status: 'expired' }), 20);
  expect(page).not.toContain(`${ben.name} did not answer`);
});

test('the first of two approvers reads who is still needed, on the button and after the vote', async () => {
  const two = waiting({ approval: requestWith({ required: 2 }) });
  const { page, post, path } = await show(two, 1);
  expect(page).toContain(`<small>one more person must agree: ${ben.name}</small>`);
  const answer = await post(path, { verdict: 'approve', digest: two.digest });
  expect(await answer.text()).toContain(
    `one more person must approve by 03:15 UTC. Still asked: ${ben.name}.`,
  );
});

test('a page that an update made out of date shows the request again with a form', async () => {
  const updated = waiting();
  const history = append(updated.actionId, updated.history, {
    ...at(1, 'gate', 'Severity raised from medium to high'),
    event: 'news',
  });
  await put(store, { ...updated, history });
  const { clock, nonceOf, pathOf, post } = createPages(store);
  const path = await pathOf(updated);
  const nonce = await nonceOf(path);
  clock.now = minute(2);
  const answer = await post(path, { verdict: 'approve', digest: updated.digest, nonce });
  const page = await answer.text();
  expect(answer.status).toBe(409);
  expect(page).toContain('Severity raised from medium to high');
  expect(page).toContain('value="approve"');
});

describe('the page in states that leave something to do or to explain', () => {
  const revoked = { name: 'revoke_api_key' } as const;
  const appliedWith = (change: Partial<Action>) =>
    transition(executing(change), 'in-force', at(4, 'execute', 'Applied and verified'), {
      appliedAt: minute(4).toISOString(),
    });
  const reversed = (text: string, change: Partial<Action> = {}) =>
    transition(
      transition(appliedWith(change), 'reversing', at(9, 'person:ana.silva')),
      'reversed',
      at(10, 'person:ana.silva', text),
    );

  test('names the action that was undone, and says that its key must be rotated', async () => {
    const { page } = await show(reversed('The key is active', revoked), 12);
    expect(page).toContain('Undone at 03:10 UTC, by Ana Silva.');
    expect(page).toContain('Rotate the key now: it works again');
  });

  test('offers no undo while nothing proves what it would restore, and another one after an error', async () => {
    const failed = (text: string) =>
      transition(
        transition(applied(), 'reversing', at(9, 'schedule')),
        'reversal-failed',
        at(10, 'reverse', text),
      );
    const { page } = await show(failed('Unproven: nothing proves the state'), 12);
    expect(page).not.toContain('name="undo"');
    expect(page).toContain('Do not undo the change before that.');
    store = storeOn(memoryTable());
    const again = await show(failed('StateChanged: someone else unblocked it'), 12);
    expect(again.page).toContain('Try the undo again<small>');
    expect(stepsIn(again.page).at(-1)).toMatch(/^failed Undo failed someone else/i);
  });

  test('closes the record of a change that someone else removed, and promises no undo', async () => {
    const removed = withEntry(applied(), { ...at(9, 'reverse', 'Gone'), event: 'drifted' });
    const { page } = await show(removed, 12);
    expect(page).toContain('Close the record<small>changes nothing in AWS');
    expect(page).not.toContain('Undo now');
  });

  test('says why a person may not answer a request that is open', async () => {
    const people = { ...POLICY.escalation.people };
    delete people['ana.silva'];
    const policy = { ...POLICY, escalation: { ...POLICY.escalation, people } };
    const action = await put(store, waiting());
    const { app, pathOf } = createPages(store, { policy });
    const page = await (await app.request(await pathOf(action))).text();
    expect(page).toContain('You can’t decide this');
    expect(page).toContain('The policy no longer names you.');
  });

  test('names both actions above the sign-in, because no form does', async () => {
    const action = await put(store, waiting());
    await store.records.createAction(waiting({ actionId: 'act-0123456789abcdef-2' }));
    const signIn = { issuer: 'https://id.example' } as unknown as Policy['signIn'];
    const { app, pathOf } = createPages(store, { policy: { ...POLICY, signIn } });
    const page = await (await app.request(await pathOf(action))).text();
    const [above = ''] = page.split('Sign in to decide');
    expect(above.match(/<li>Block web requests from 203\.0\.113\.7<\/li>/g)).toHaveLength(2);
  });

  test('says of a request past its deadline that the people did not answer', async () => {
    const { page } = await show(waiting(), 20);
    expect(page).toContain('Ana Silva did not answer.');
    expect(page).toContain('Mei Tanaka can request this again');
  });

  test('names the action of a request that stays open after an answer, and shows its facts once', async () => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    const form = { digest: action.digest, verdict: 'acknowledge', reason: '' };
    const page = await (await post(await pathOf(action), form)).text();
    expect(page).toContain('You are on it');
    expect(page).toMatch(/class="pick only"><b>Block web requests from 203\.0\.113\.7<\/b>/);
    expect(page.match(/<section class="facts">/g)).toHaveLength(1);
  });

  test('shows the severity to which another incident raised the request', async () => {
    const raised = withEntry(waiting(), {
      ...at(1, 'gate', raisedText('medium', 'critical')),
      event: NEWS,
    });
    expect((await show(raised, 3)).page).toContain('class="sev critical"');
  });
});
