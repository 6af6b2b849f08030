// Slack on a loopback server that reports errors with status 200.
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Denied,
  InvalidInput,
  NotFound,
  Throttled,
  Unavailable,
} from '../../../functions/domain/errors.ts';
import { SlackToken, slack } from '../../../functions/messaging/channels/slack.ts';
import { asText, secretOf } from '../../../functions/platform/secret.ts';
import { type Answer, type Loopback, raw, startLoopback } from '../../fixtures/loopback.ts';
import { clientsWith, HOSTILE, LINK, messageWith, toTeam } from './message.ts';

let server: Loopback;
beforeAll(async () => {
  server = await startLoopback();
});
afterAll(() => server.stop());

const TOKEN = 'xoxb-12345-old-token';
const posted = raw(200, '{"ok": true, "channel": "D024BE91L", "ts": "1503435956.000247"}');
const refused = (error: string) => raw(200, JSON.stringify({ ok: false, error }));
/** Accepts only this token. */
const only =
  (token: string): Answer =>
  (response, request) =>
    (request.headers.authorization === `Bearer ${token}` ? posted : refused('token_expired'))(
      response,
      request,
    );

function channelWith(token = TOKEN) {
  const given = clientsWith({ 'countermand/slack': token });
  const channel = slack({
    clients: given.clients,
    token: secretOf(given.clients, 'countermand/slack', SlackToken, asText),
    isPrivate: true,
    addressOf: ({ to }) => (to.kind === 'person' && to.id === 'ana.silva' ? 'U012AB3CDE' : null),
    url: server.url,
  });
  return { ...given, channel };
}
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
const body = () => JSON.parse(server.asked[0]!.body);

describe('a message in Slack', () => {
  test('sends a direct message in Slack with the link below the first paragraph, then the facts', async () => {
    server.willAnswer(posted);
    await channelWith().channel.send(messageWith());
    expect(server.asked[0]).toMatchObject({
      path: '/chat.postMessage',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    });
    const [header, text] = body().blocks;
    expect(header.text).toMatchObject({
      type: 'plain_text',
      text: expect.stringMatching(/^Approve/),
    });
    const shown = text.elements.flatMap(({ elements }: { elements: object[] }) => elements);
    expect(shown[2]).toMatchObject({ type: 'link', url: LINK });
    expect(JSON.stringify(shown)).toContain('Whoever uses it.');
    expect(text.elements).toContainEqual({
      type: 'rich_text_preformatted',
      elements: [{ type: 'text', text: 'aws iam one\naws iam two' }],
    });
  });

  test('sends no request for a link preview, so that Slack does not fetch the link', async () => {
    server.willAnswer(posted);
    await channelWith().channel.send(messageWith());
    expect(body()).toMatchObject({
      channel: 'U012AB3CDE',
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  test("a Slack message shows the attacker's text without links, mentions and formatting", async () => {
    server.willAnswer(posted);
    await channelWith().channel.send(messageWith({ subject: HOSTILE.slice(0, 100) }));
    const { blocks, text } = body();
    expect(text).not.toMatch(/[<>]/);
    expect(JSON.stringify(blocks)).not.toContain('mrkdwn');
    const links = JSON.stringify(blocks).match(/"type":"link","url":"[^"]+"/g);
    expect(links).toEqual([`"type":"link","url":"${LINK}"`]);
  });

  test("a Slack message stays within Slack's limits for any length of text", async () => {
    server.willAnswer(posted);
    const long = 'x'.repeat(50_000);
    await channelWith().channel.send(messageWith({ paragraphs: [long, long] }));
    expect(server.asked[0]!.body.length).toBeLessThan(13_000);
  });

  test('the Slack channel takes only messages to recipients with an ID in policy', () => {
    const { channel } = channelWith();
    const ben = { kind: 'person', id: 'ben.okafor', name: 'Ben', email: 'b@example.com' } as const;
    expect([messageWith(), messageWith({ to: ben }), toTeam()].map(channel.accepts)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a question in Slack', () => {
  const kept = new Map<string, { channel: string; ts: string }>();
  const logged: string[] = [];
  const withPosts = () => {
    const { clients } = clientsWith({ 'countermand/slack': TOKEN });
    return slack({
      clients,
      token: secretOf(clients, 'countermand/slack', SlackToken, asText),
      isPrivate: true,
      addressOf: () => 'U012AB3CDE',
      posts: {
        keep: async (incidentId, key, post) => void kept.set(`${incidentId} ${key}`, post),
        find: async (incidentId, key) => kept.get(`${incidentId} ${key}`) ?? null,
      },
      log: (_level, message) => void logged.push(message),
      url: server.url,
    });
  };
  const question = messageWith({ answerToken: 'signed.token' });
  const over = messageWith({
    key: 'over',
    subject: 'Declined: it',
    links: [],
    ends: [question.key],
  });

  test('a request in Slack asks to confirm an approval, and names its buttons by their effect', async () => {
    server.willAnswer(posted);
    await withPosts().send(question);
    const [approve, decline] = body().blocks.at(-1).elements;
    expect(approve).toMatchObject({
      action_id: 'countermand.approve',
      value: 'signed.token',
      confirm: { text: { text: question.subject }, deny: { text: 'Not yet' } },
    });
    expect(decline).toMatchObject({ action_id: 'countermand.decline', value: 'signed.token' });
  });

  test('the outcome replaces a request in Slack, and is also sent as a message', async () => {
    server.willAnswer(posted);
    await withPosts().send(question);
    server.willAnswer(posted);
    await withPosts().send(over);
    expect(server.asked.map(({ path }) => path)).toEqual(['/chat.postMessage', '/chat.update']);
    const update = JSON.parse(server.asked[1]!.body);
    expect(update).toMatchObject({ channel: 'D024BE91L', ts: '1503435956.000247' });
    expect(update.blocks[0].text.text).toBe('Declined: it');
    expect(JSON.stringify(update)).not.toMatch(/signed.token|"actions"|secret-link/);
  });

  test.each(['message_not_found', 'cant_update_message', 'edit_window_closed', 'ratelimited'])(
    'sends the outcome message even if the request in Slack cannot be updated (%s)',
    async (code) => {
      server.willAnswer(posted);
      await withPosts().send(question);
      logged.length = 0;
      server.willAnswer(posted, refused(code));
      await withPosts().send(over);
      expect(logged).toEqual(['post not updated']);
    },
  );
});

describe('an error of Slack', () => {
  test.each([
    ['invalid_auth', Denied],
    ['token_expired', Denied],
    ['missing_scope', Denied],
    ['channel_not_found', NotFound],
    ['is_archived', NotFound],
    ['rate_limited', Throttled],
    ['internal_error', Unavailable],
    ['invalid_blocks', InvalidInput],
  ])('throws a typed error when Slack answers status 200 and %s', async (code, kind) => {
    server.willAnswer(refused(code));
    const error = await failed(channelWith().channel.send(messageWith()));
    expect(error).toBeInstanceOf(kind);
    expect(inspect(error, { depth: 9 })).not.toContain(TOKEN);
  });

  test('waits as long as Slack says when it throttles, within the limit', async () => {
    const busy = (seconds: string) =>
      raw(429, '{"ok":false,"error":"ratelimited"}', { 'retry-after': seconds });
    const { channel, slept } = channelWith();
    server.willAnswer(busy('3'), posted);
    await channel.send(messageWith());
    expect(slept).toEqual([3_000]);
    server.willAnswer(busy('30'));
    expect(await failed(channel.send(messageWith()))).toBeInstanceOf(Throttled);
    expect(slept).toEqual([3_000]);
  });

  test('retries with the new token when Slack rejects a rotated one', async () => {
    const { channel, secrets, reads } = channelWith();
    server.willAnswer(posted);
    await channel.send(messageWith());
    secrets['countermand/slack'] = 'xoxb-12345-new-token';
    server.willAnswer(only('xoxb-12345-new-token'));
    await channel.send(messageWith());
    await channel.send(messageWith());
    expect(reads).toHaveLength(2);
  });
});

describe('Slack', () => {
  test('retries when Slack breaks the connection, which may show the message twice', async () => {
    server.willAnswer((response) => response.destroy(), posted);
    await channelWith().channel.send(messageWith());
    expect(server.asked).toHaveLength(2);
  });

  test('throws Unavailable when Slack answers with HTML', async () => {
    server.willAnswer(raw(200, '<html>Bad gateway</html>'));
    expect(await failed(channelWith().channel.send(messageWith()))).toBeInstanceOf(Unavailable);
  });

  test('throws Unavailable when Slack does not answer in time', async () => {
    const { clients } = clientsWith({ 'countermand/slack': TOKEN });
    const signals: unknown[] = [];
    const fetch = async (_url: string, { signal }: RequestInit) => {
      signals.push(signal);
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    };
    const channel = slack({
      clients: { ...clients, http: { fetch } },
      token: async () => TOKEN,
      isPrivate: true,
      addressOf: () => 'U012AB3CDE',
    });
    expect(await failed(channel.send(messageWith()))).toBeInstanceOf(Unavailable);
    expect(signals).toEqual([expect.any(AbortSignal), expect.any(AbortSignal)]);
  });
});

test('a secret that is not a token is rejected before it is sent, and not shown', async () => {
  server.willAnswer(posted);
  const error = await failed(channelWith('hunter2 and more').channel.send(messageWith()));
  expect(error).toBeInstanceOf(InvalidInput);
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  expect(server.asked).toEqual([]);
});
