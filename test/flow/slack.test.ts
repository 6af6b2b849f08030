// Approval through Slack: requests, answers and updated messages.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../../functions/approve/approve.ts';
import { channelsOf } from '../../functions/messaging/channels.ts';
import { createSend } from '../../functions/messaging/send.ts';
import { notify } from '../../functions/notify/notify.ts';
import { createCallback } from '../../functions/platform/executions.ts';
import { createWeb } from '../../functions/web/web.ts';
import { createStepFunctions } from '../../local/aws/step-functions.ts';
import { POLICY } from '../fixtures/case.ts';
import { KEYS, PAGE_KEY } from '../fixtures/proofs.ts';
import {
  ANA,
  BEN,
  BOT_TOKEN,
  buttonsOf,
  CHANNELS,
  clickOn,
  type Posted,
  requestOf,
  SIGNING_SECRET,
  shownIn,
  startSlack,
} from '../fixtures/slack.ts';
import { clientsWith } from '../messaging/channels/message.ts';
import { BASE_URL } from '../web/approval-pages.ts';
import { createWorld, sample, type World } from './world.ts';

const policy = { ...POLICY, channels: CHANNELS };

let slack: Awaited<ReturnType<typeof startSlack>>;
let world: World;
let site: ReturnType<typeof createWeb>;
let mails: string[];
let bouncing: string[];
beforeAll(async () => {
  slack = await startSlack();
});
afterAll(() => slack.stop());

beforeEach(async () => {
  slack.forget();
  [mails, bouncing] = [[], []];
  world = await createWorld({ policy });
  const { store, mac, engine, functions } = world.runtime;
  const { clients } = clientsWith({ 'countermand/slack': BOT_TOKEN });
  const now = () => world.clock.now();
  const log = () => {};
  const remote = { ...clients, http: slack.http, now };
  const sendEmail = async ({ Destination }: { Destination: { ToAddresses: string[] } }) => {
    const [to = ''] = Destination.ToAddresses;
    if (bouncing.includes(to)) throw new Error('bounced');
    mails.push(to);
  };
  const channels = channelsOf(CHANNELS, {
    ...remote,
    posts: store.posts,
    log,
    ses: { sendEmail },
    mailFrom: 'countermand@example.com',
  } as never);
  const deps = {
    store,
    policy,
    mac,
    send: createSend({ channels, now, log }),
    callback: createCallback(createStepFunctions(engine)),
    openTicket: async () => 'oi-1',
    webBaseUrl: BASE_URL,
    now,
    log,
    pageKey: PAGE_KEY,
  };
  functions.approve = (payload) => approve(deps, payload);
  functions.notify = (payload) => notify(deps, payload);
  site = createWeb({
    ...deps,
    pages: mac,
    keys: KEYS,
    newId: () => 'id',
    provider: null,
    startReverse: async () => {},
    startRespond: async () => {},
    ask: async () => {},
    schedules: {} as never,
    slack: { clients: remote, signingSecret: async () => SIGNING_SECRET },
  });
});
afterEach(() => world.stop());

const postsTo = (member: string): Posted[] =>
  slack.posts.filter(({ channel }) => channel === member.replace('U', 'D'));
const click = async (post: Posted, member: string, answer?: string) => {
  const response = await site.request(
    '/slack',
    requestOf(clickOn(post, { member, ...(answer && { answer }) }), world.clock.now()),
  );
  await world.runtime.engine.quiet();
  return response;
};

/** A partner's API key is used from an unexpected place: one request about one key. */
const abuse = () => world.deliver(sample('api-key-abuse'));
const status = async () => (await world.action('revoke_api_key')).status;

describe('an approval request in Slack', () => {
  test('disables the key after a click, and updates the message', async () => {
    await abuse();
    const [question] = postsTo(ANA);
    expect(buttonsOf(question!)).toHaveLength(2);
    expect((await click(question!, ANA)).status).toBe(200);
    expect(await status()).toBe('in-force');
    expect(shownIn(question!)).toMatch(/Disabled the API Gateway key .*Ana Silva approved this/);
    expect(buttonsOf(question!)).toEqual([]);
  });

  test('closes the request for everyone who was asked when one person declines', async () => {
    await abuse();
    await world.pass(1.5);
    const [first] = postsTo(ANA);
    const [second] = postsTo(BEN);
    expect(shownIn(second!), 'names the person who was asked before').toMatch(
      /Asked before you, no answer yet: .*Ana Silva/,
    );
    await click(second!, BEN, 'countermand.decline');
    expect(await status()).toBe('declined');
    for (const post of [first!, second!]) {
      expect(shownIn(post)).toMatch(/Declined: .*Ben Okafor declined this/);
      expect(buttonsOf(post)).toEqual([]);
    }
  });

  test('asks about all requests of an alert in one message, and updates it with each answer', async () => {
    await world.deliver(sample('web-port-probe'));
    const [question, ...others] = postsTo(ANA);
    expect(others).toEqual([]);
    expect(question!.text).toContain('Approve 2 actions? Block web requests');
    expect(buttonsOf(question!)).toEqual([]);
    const [link = ''] = /http[^"]+\/approve\/[^"]+/.exec(shownIn(question!)) ?? [];
    await world.choose(new URL(link).pathname, { verdict: 'decline', reason: '' });
    expect(shownIn(question!)).toContain('Approve? Block traffic from 203.0.113.66');
    expect(buttonsOf(question!)).toHaveLength(2);
    await click(question!, ANA);
    expect(shownIn(question!)).toMatch(/Blocked traffic from 203.0.113.66 .*Ana Silva approved/);
    expect(buttonsOf(question!)).toEqual([]);
    const statuses = (await world.actions()).flatMap(({ approval, status }) => approval && status);
    expect(statuses.filter(Boolean).sort()).toEqual(['declined', 'in-force']);
  });

  test('says in the message of an expired request that nothing was done, and ignores a late click', async () => {
    await abuse();
    const [question] = postsTo(ANA);
    const before = { ...question! };
    await world.pass(11);
    expect(shownIn(question!)).toMatch(/Not approved in time: /);
    await click(before, ANA);
    expect(await status()).toBe('expired');
    expect(shownIn(question!)).toMatch(/No one decided by/);
  });
});

describe('the escalation policy', () => {
  test('asks the next person at once when Slack rejects the message and the email bounces', async () => {
    bouncing = ['ana.silva@example.com'];
    slack.willRefuse('channel_not_found');
    await abuse();
    expect(postsTo(ANA)).toEqual([]);
    expect(postsTo(BEN)).toHaveLength(1);
    expect(mails).toContain('ben.okafor@example.com');
    const { history } = await world.action('revoke_api_key');
    expect(history.map(({ text }) => text)).toContain('Not reached: Ana Silva');
    await click(postsTo(BEN)[0]!, BEN);
    expect(await status()).toBe('in-force');
  });

  test('does not escalate when only Slack fails, and records the failure', async () => {
    slack.willRefuse('ratelimited');
    await abuse();
    expect(postsTo(BEN)).toEqual([]);
    expect(mails).toContain('ana.silva@example.com');
    const { history } = await world.action('revoke_api_key');
    expect(history).toContainEqual(
      expect.objectContaining({ event: 'slack-failed', people: ['ana.silva'] }),
    );
  });
});
