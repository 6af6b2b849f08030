// Slack buttons: the same decision as the page, for the verified member only.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../../functions/approve/approve.ts';
import type { ApproveDeps } from '../../functions/approve/deps.ts';
import type { Action } from '../../functions/domain/action.ts';
import { NEWS } from '../../functions/domain/effect-state.ts';
import { channelsOf } from '../../functions/messaging/channels.ts';
import { createSend } from '../../functions/messaging/send.ts';
import { notify } from '../../functions/notify/notify.ts';
import { slackMemberOf } from '../../functions/policy/people.ts';
import { SignIn } from '../../functions/policy/schemas/account.ts';
import { withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import type { WebDeps } from '../../functions/web/deps.ts';

import { INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import {
  ANA,
  BEN,
  BOT_TOKEN,
  buttonsOf,
  CHANNELS,
  clickOn,
  requestOf,
  SIGNING_SECRET,
  shownIn,
  startSlack,
} from '../fixtures/slack.ts';
import { clientsWith } from '../messaging/channels/message.ts';
import { startStores } from '../store/stores.ts';
import {
  ana,
  BASE_URL,
  ben,
  createPages,
  mac,
  minute,
  put,
  requestWith,
  waiting,
} from './approval-pages.ts';

const db = startStores();
let slack: Awaited<ReturnType<typeof startSlack>>;
let store: Store;
beforeAll(async () => {
  slack = await startSlack();
});
afterAll(() => slack.stop());
beforeEach(async () => {
  slack.forget();
  store = await db.fresh();
});

const WITH_BUTTONS = { ...POLICY, channels: CHANNELS };

/** Asks the people of the first escalation step, and serves their clicks. */
async function asked(
  action = waiting({ approval: requestWith({ askedRungs: 0, taskToken: null }) }),
  change: Partial<WebDeps> = {},
) {
  await put(store, action);
  const { clients } = clientsWith({ 'countermand/slack': BOT_TOKEN });
  const all = { ...clients, http: slack.http, posts: store.posts, log: () => {} };
  const channels = channelsOf(CHANNELS, {
    ...all,
    ses: { sendEmail: async () => ({}) },
    sns: {},
    mailFrom: 'countermand@example.com',
    teamTopicArn: 'arn',
  } as never);
  const deps: ApproveDeps = {
    store,
    policy: WITH_BUTTONS,
    mac,
    send: createSend({ channels, now: () => NOW, log: () => {} }),
    callback: async () => {},
    webBaseUrl: BASE_URL,
    now: () => NOW,
    log: () => {},
  };
  const { incidentId, actionId } = action;
  const ask = (rung: number) =>
    approve(deps, { incidentId, actionId, rung, taskToken: `token-${rung + 1}` });
  await ask(0);
  const site = createPages(store, {
    policy: WITH_BUTTONS,
    slack: { clients: all, signingSecret: async () => SIGNING_SECRET },
    ask: (input) => approve(deps, input),
    ...change,
  });
  const send = (request: RequestInit) => site.app.request('/slack', request);
  return {
    ...site,
    send,
    ask,
    tell: () =>
      notify(
        { ...deps, store, policy: WITH_BUTTONS, openTicket: async () => 'oi-1', pageKey: PAGE_KEY },
        { incidentId, actionId },
      ),
    submit: site.post,
    post: slack.posts[0]!,
    click: (given: Parameters<typeof clickOn>[1] = {}, post = slack.posts[0]!) =>
      send(requestOf(clickOn(post, given), site.clock.now)),
    load: () => store.records.action(INCIDENT_ID, actionId),
  };
}

describe('a question in Slack', () => {
  test('a request in Slack has buttons below the facts for a person with a member ID in policy', async () => {
    const { post } = await asked();
    expect(buttonsOf(post).map(({ action_id }) => action_id)).toEqual([
      'countermand.approve',
      'countermand.decline',
    ]);
    expect(shownIn(post)).toContain('several people may share it');
    expect(post.blocks.at(-1)?.type).toBe('actions');
    for (const { value = '' } of buttonsOf(post)) expect(value.length).toBeLessThan(2000);
  });

  test('a request in Slack has only a link if policy configures no buttons', async () => {
    const { slack: config, ...rest } = CHANNELS;
    await asked();
    slack.forget();
    const { buttons: _, ...without } = config!;
    const policy = { ...POLICY, channels: { ...rest, slack: without } };
    const sent: unknown[] = [];
    await approve(
      {
        store,
        policy,
        mac,
        send: async (message) => {
          sent.push(message.answerToken);
          return { notBy: [] };
        },
        callback: async () => {},
        webBaseUrl: BASE_URL,
        now: () => NOW,
        log: () => {},
      },
      { incidentId: INCIDENT_ID, actionId: waiting().actionId, rung: 0, taskToken: 'token-2' },
    );
    expect(sent).toEqual([undefined]);
  });
});

describe('a click on a button', () => {
  test.each([
    ['countermand.approve', 'approved', /"Approved. You approved this at 03:01/],
    ['countermand.decline', 'declined', /"Declined. You declined this at 03:01/],
  ])(
    'a click on %s is the same vote as on the page, and the message shows the outcome',
    async (answer, verdict, says) => {
      const { click, load, did, post } = await asked();
      const response = await click({ answer });
      expect([response.status, await response.text()]).toEqual([200, '']);
      expect(await load()).toMatchObject({
        status: verdict,
        approval: { decision: { by: ana.id, verdict } },
      });
      expect((await load()).history.at(-1)?.text).toBe(`${verdict} in Slack`);
      expect(did).toEqual([`callback token-1 ${verdict}`]);
      expect(shownIn(post)).toMatch(says);
      expect(buttonsOf(post)).toEqual([]);
    },
  );

  test('a click that Slack repeats or an attacker replays is one vote', async () => {
    const { send, load, post, clock } = await asked(
      waiting({ approval: requestWith({ required: 2, askedRungs: 0, taskToken: null }) }),
    );
    const request = requestOf(clickOn(post), clock.now);
    for (let i = 0; i < 3; i++) expect((await send(request)).status).toBe(200);
    expect((await load()).approval?.votes).toHaveLength(1);
    expect(shownIn(post)).toContain('one more person must approve by 03:15 UTC');
  });

  test('after the first of two approvals on the page, both messages show who approved and who is still needed', async () => {
    const two = waiting({ approval: requestWith({ required: 2, askedRungs: 0, taskToken: null }) });
    const { click, load, post, ask, submit, pathOf } = await asked(two);
    await ask(1);
    const [, second] = slack.posts;
    expect(shownIn(second!)).toContain('2 people must approve.');
    await submit(await pathOf(two), { verdict: 'approve', digest: two.digest });
    for (const one of [post, second!])
      expect(shownIn(one)).toMatch(
        /2 people must approve\. Ana Silva approved this at 03:01 UTC\. Still needed: Ben Okafor\./,
      );
    expect(post.text).toMatch(/^Waiting for another approval: request to block web requests/);
    expect(buttonsOf(post)).toEqual([]);
    expect(slack.posts).toHaveLength(2);
    await click({ member: BEN }, second!);
    expect((await load()).status).toBe('approved');
  });

  test('a later click cannot turn an approval into a decline', async () => {
    const { click, load, post } = await asked(
      waiting({ approval: requestWith({ required: 2, askedRungs: 0, taskToken: null }) }),
    );
    const before = { ...post };
    await click({}, before);
    await click({ answer: 'countermand.decline' }, before);
    expect(await load()).toMatchObject({ status: 'awaiting-approval' });
    expect(shownIn(post)).toContain('Each person has one vote.');
  });

  test.each([
    ['another member', { member: BEN }],
    ['a member that policy does not name', { member: 'U0STRANGER' }],
    [
      'a member with the same id in another workspace',
      { change: { user: { id: ANA, team_id: 'T0OTHER00' } } },
    ],
    ['a member of no known workspace', { change: { user: { id: ANA }, team: null } }],
  ])('a click by %s decides nothing, and only that member sees the answer', async (_who, given) => {
    const { click, load, did, post } = await asked();
    expect((await click(given)).status).toBe(200);
    expect((await load()).status).toBe('awaiting-approval');
    expect(did).toEqual([]);
    expect(slack.aside).toMatchObject([{ response_type: 'ephemeral', replace_original: false }]);
    expect(JSON.stringify(slack.aside)).toContain('Nothing was decided');
    expect(buttonsOf(post), 'the buttons stay on the message').toHaveLength(2);
  });

  test.each([
    ['older than the news decides nothing', -60, 'awaiting-approval'],
    ['newer than the news decides', 60, 'approved'],
  ])('a click on a message that is %s', async (_, seconds, status) => {
    const { click, load } = await asked();
    const text = 'Severity raised from low to critical';
    const at = new Date(NOW.getTime() + 60_000);
    await store.records.changeAction(INCIDENT_ID, (await load()).actionId, (current) =>
      withEntry(current, { at, by: 'gate', event: NEWS, text }),
    );
    await click({ change: { message: { ts: `${at.getTime() / 1000 + seconds}.000001` } } });
    expect((await load()).status).toBe(status);
    const shown = JSON.stringify([...slack.aside, ...slack.posts]);
    expect(shown.includes(`The request was updated after you opened it: ${text}`)).toBe(
      status !== 'approved',
    );
  });

  test('a click by a member that policy no longer maps to the person decides nothing', async () => {
    const people = { 'ben.okafor': { slack: ANA } };
    const { click, load } = await asked(undefined, {
      policy: { ...WITH_BUTTONS, channels: { ...CHANNELS, people } },
    });
    await click();
    expect((await load()).status).toBe('awaiting-approval');
  });

  test('a click does not count if policy requires a sign-in, because it has no second factor', async () => {
    const signIn = SignIn.parse({
      issuer: 'https://id.example.com',
      clientId: 'countermand',
      clientSecret: 'countermand/sign-in',
    });
    const { click, load } = await asked(undefined, { policy: { ...WITH_BUTTONS, signIn } });
    expect((await click()).status).toBe(404);
    expect((await load()).status).toBe('awaiting-approval');
    expect(
      slackMemberOf({ ...WITH_BUTTONS, signIn }, ana.id),
      'the message has no buttons',
    ).toBeNull();
  });

  test('a click does not count after policy removed the buttons', async () => {
    const { click, load } = await asked(undefined, { policy: POLICY });
    expect((await click()).status).toBe(404);
    expect((await load()).status).toBe('awaiting-approval');
  });

  test("a click and another approver's concurrent decline give one decision, shown to both", async () => {
    const { click, load, ask, did } = await asked();
    await ask(1);
    const [first, second] = slack.posts;
    await Promise.all([
      click({}, first),
      click({ member: BEN, answer: 'countermand.decline' }, second),
    ]);
    const { approval, status } = await load();
    expect(approval?.votes).toHaveLength(1);
    expect(status).toBe(approval?.decision?.verdict);
    expect(did).toEqual([`callback token-2 ${status}`]);
    const [counted, late] = status === 'approved' ? [first!, second!] : [second!, first!];
    expect(shownIn(counted)).toContain(`You ${status} this`);
    expect(shownIn(late)).toContain('Already decided');
  });

  test('a click after a decision shows the approver who decided in place of the request', async () => {
    const { click, load } = await asked();
    await store.records.changeAction(INCIDENT_ID, waiting().actionId, (current) => ({
      ...current,
      status: 'declined',
      approval: {
        ...current.approval!,
        decision: { verdict: 'declined', by: ben.id, at: minute(1).toISOString(), reason: '' },
      },
      version: current.version + 1,
    }));
    await click();
    expect(await load()).toMatchObject({ status: 'declined' });
    expect(shownIn(slack.posts[0]!)).toMatch(/Already decided.*Ben Okafor declined this at 03:01/);
  });

  test('a click after the deadline is not counted', async () => {
    const { click, load, clock, post } = await asked();
    clock.now = minute(16);
    await click();
    expect((await load()).approval?.votes).toEqual([]);
    expect(shownIn(post)).toMatch(/Too late.*No one decided by 03:15/);
  });

  test("a click after the button's own expiry is not counted, even while the request is open", async () => {
    const { click, load, clock, post } = await asked();
    await store.records.changeAction(INCIDENT_ID, waiting().actionId, (current) => ({
      ...current,
      approval: { ...current.approval!, expiresAt: minute(60).toISOString() },
      version: current.version + 1,
    }));
    clock.now = minute(16);
    await click();
    expect((await load()).approval?.votes).toEqual([]);
    expect(shownIn(post)).toContain('Too late');
  });

  test('a click counts when the answer to Slack fails, and does not delay the response', async () => {
    const signals: unknown[] = [];
    const http = {
      fetch: async (_url: string, { signal }: RequestInit) => {
        signals.push(signal);
        throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
      },
    };
    const { clients } = clientsWith();
    const { click, load, logged } = await asked(undefined, {
      slack: { clients: { ...clients, http }, signingSecret: async () => SIGNING_SECRET },
    });
    expect((await click()).status).toBe(200);
    expect((await load()).status).toBe('approved');
    expect(signals).toEqual([expect.any(AbortSignal)]);
    expect(logged.join('\n')).toContain('click not answered');
    expect(logged.join('\n'), 'anyone who has the URL may post there').not.toContain('hooks.slack');
  });

  test('sends the answer to a click only to a Slack URL', async () => {
    const { click } = await asked();
    for (const response_url of [
      'https://hooks.slack.com.evil.example/actions/1',
      'http://hooks.slack.com/actions/1',
      'https://hooks.slack.com:8443/actions/1',
      'https://evil.example/?https://hooks.slack.com/',
    ])
      expect((await click({ change: { response_url } })).status).toBe(400);
    expect(slack.asked.filter(({ path }) => path.startsWith('/actions'))).toEqual([]);
  });
});

describe('the messages of all approvers who were asked', () => {
  const becomes = (change: Partial<Action>) =>
    store.records.changeAction(INCIDENT_ID, waiting().actionId, (current) => ({
      ...current,
      ...change,
      version: current.version + 1,
    }));
  const approval = (verdict: 'approved' | 'declined') =>
    requestWith({
      askedRungs: 2,
      decision: { verdict, by: ben.id, at: minute(6).toISOString(), reason: '' },
    });

  test.each([
    [
      'declined on the page',
      { status: 'declined', approval: approval('declined') },
      /Declined: request to block.*Nothing was changed.*Ben Okafor declined this/,
    ],
    [
      'in force',
      { status: 'in-force', approval: approval('approved') },
      /Blocked web requests.*Ben Okafor approved this/,
    ],
    [
      'expired',
      { status: 'expired' },
      /Not approved in time: request to block.*No one decided by 03:15/,
    ],
    [
      'stopped by policy after the yes',
      { status: 'handed-off', approval: approval('approved'), failure: 'It is protected now' },
      /Stopped after approval: request to block.*It is protected now/,
    ],
  ] as const)(
    'show the outcome without buttons when the request was %s',
    async (_how, change, says) => {
      const { ask, tell } = await asked();
      await ask(1);
      const questions = slack.posts.slice(0, 2);
      expect(questions.map(({ channel }) => channel)).toEqual(['D012AB3CDE', 'D0BEN00002']);
      await becomes(change);
      await tell();
      for (const post of questions) {
        expect(shownIn(post)).toMatch(says);
        expect(buttonsOf(post)).toEqual([]);
        expect(shownIn(post), 'nor the link').not.toContain(`${BASE_URL}/approve/`);
      }
    },
  );

  test('messages in Slack stay unchanged while the request is open', async () => {
    const { tell, post } = await asked();
    await tell();
    expect(buttonsOf(post)).toHaveLength(2);
  });

  test('sends the outcome even if the messages in Slack cannot be updated', async () => {
    const { tell } = await asked();
    await becomes({ status: 'declined', approval: approval('declined') });
    slack.posts.splice(0, 1);
    expect(await tell()).toMatchObject({ told: 2 });
    expect(slack.posts.map(shownIn).join()).toContain('Declined: request to block');
  });
});

describe('a request without a valid, recent signature of Slack', () => {
  type Request = ReturnType<typeof requestOf>;
  const headed = (request: Request, headers: Record<string, string>) => ({
    ...request,
    headers: { ...request.headers, ...headers },
  });

  test('rejects an unsigned Slack request with the same text for every fault', async () => {
    const { send, load, post, clock, did } = await asked();
    const request = requestOf(clickOn(post), clock.now);
    const { 'Content-Type': type } = request.headers;
    const texts = new Set<string>();
    for (const forged of [
      requestOf(clickOn(post), clock.now, { secret: '0'.repeat(32) }),
      { ...request, body: request.body.replace('username', 'usernama') },
      headed(request, { 'X-Slack-Signature': `v0=${'0'.repeat(64)}` }),
      headed(request, { 'X-Slack-Signature': 'v0=00' }),
      headed(request, { 'X-Slack-Signature': '' }),
      headed(request, { 'X-Slack-Request-Timestamp': String(NOW.getTime() / 1000) }),
      headed(request, { 'X-Slack-Request-Timestamp': 'now' }),
      { ...request, headers: { 'Content-Type': type } },
    ]) {
      const response = await send(forged);
      expect(response.status).toBe(401);
      texts.add(await response.text());
    }
    expect(texts.size).toBe(1);
    expect((await load()).approval?.votes).toEqual([]);
    expect([did, slack.aside]).toEqual([[], []]);
    expect((await send(request)).status, 'whole, it counts').toBe(200);
  });

  test.each([
    ['six minutes old', -6],
    ['six minutes ahead', 6],
  ])(
    'rejects a Slack request that is %s, even with a correct signature',
    async (_when, minutes) => {
      const { send, load, post, clock } = await asked();
      const at = new Date(clock.now.getTime() + minutes * 60_000);
      expect((await send(requestOf(clickOn(post), at))).status).toBe(401);
      expect((await load()).approval?.votes).toEqual([]);
    },
  );

  test('checks the signature of a Slack request before it parses the body', async () => {
    const { send, clock } = await asked();
    const request = requestOf(null, clock.now, {
      body: '{"not": "a form"',
      secret: '1'.repeat(32),
    });
    expect((await send(request)).status).toBe(401);
  });

  test('rejects a Slack request that is too long without reading it', async () => {
    const { send, clock } = await asked();
    const request = requestOf(null, clock.now, { body: 'x'.repeat(300_000) });
    expect((await send(request)).status).toBe(413);
  });
});

describe('a request that Slack signed', () => {
  test.each([
    ['no payload', 'a=b'],
    ['a payload that is no JSON', 'payload=%7B'],
    ['something else than a click', `payload=${encodeURIComponent('{"type":"view_closed"}')}`],
  ])('a signed Slack request decides nothing when it is %s', async (_what, body) => {
    const { send, load, clock } = await asked();
    expect((await send(requestOf(null, clock.now, { body }))).status).toBe(400);
    expect((await load()).approval?.votes).toEqual([]);
  });

  test('decides nothing with a button value that is unsigned or signed for a page', async () => {
    const action = waiting({ approval: requestWith({ askedRungs: 0, taskToken: null }) });
    const { click, load, pathOf, post } = await asked(action);
    const value = buttonsOf(post)[0]!.value!;
    const link = (await pathOf(action)).slice('/approve/'.length);
    for (const forged of [
      'trial',
      link,
      `${value}A`,
      value.replace(/^./, 'f'),
      value.split('.')[0]!,
    ])
      await click({
        change: { actions: [{ type: 'button', action_id: 'countermand.approve', value: forged }] },
      });
    expect((await load()).approval?.votes).toEqual([]);
    expect(slack.aside).toHaveLength(5);
  });

  test('the value of a button does not open a page', async () => {
    const { app, post, load } = await asked();
    const value = buttonsOf(post)[0]!.value!;
    for (const purpose of ['approve', 'review', 'ask-anew'])
      expect((await app.request(`/${purpose}/${value}`)).status).toBe(403);
    expect((await load()).approval?.votes).toEqual([]);
  });

  test.each([
    ['has another digest', { digest: 'f'.repeat(64) }],
    ['was changed behind its digest', { parameters: { ipSet: 'another' } }],
  ])('a click decides nothing when the recorded action %s', async (_what, change) => {
    const { click, load } = await asked();
    await store.records.changeAction(INCIDENT_ID, waiting().actionId, (current) => ({
      ...current,
      ...change,
      version: current.version + 1,
    }));
    await click();
    expect((await load()).approval?.votes).toEqual([]);
    expect(JSON.stringify(slack.aside)).toContain('Nothing was decided');
  });
});

test('writes neither button values nor the secret to the log', async () => {
  const { click, logged, post } = await asked();
  const value = buttonsOf(post)[0]!.value!;
  const before = { ...post };
  await click({ member: BEN }, before);
  await click();
  const all = logged.join('\n');
  expect(all).toContain('answered in Slack');
  for (const secret of [value, SIGNING_SECRET, BOT_TOKEN]) expect(all).not.toContain(secret);
});
