// PagerDuty on a loopback server: triggers, resolutions, errors.
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidInput, Throttled, Unavailable } from '../../../functions/domain/errors.ts';
import { pagerDuty, RoutingKey } from '../../../functions/messaging/channels/pager-duty.ts';
import { asText, secretOf } from '../../../functions/platform/secret.ts';
import { type Answer, type Loopback, raw, startLoopback } from '../../fixtures/loopback.ts';
import { clientsWith, messageWith, toTeam } from './message.ts';

let server: Loopback;
beforeAll(async () => {
  server = await startLoopback();
});
afterAll(() => server.stop());

const KEY = 'R0123456789abcdef0123456789abcde';

/** Behaves as Events v2: alerts by dedup_key, triggered and resolved. */
function pager() {
  const open = new Map<string, string>();
  const enqueue: Answer = (response, request) => {
    const event = JSON.parse(server.asked.at(-1)!.body);
    const { routing_key, event_action, dedup_key, payload } = event;
    const invalid =
      routing_key !== KEY ||
      typeof dedup_key !== 'string' ||
      dedup_key.length > 255 ||
      (event_action === 'trigger' &&
        (!payload?.summary ||
          payload.summary.length > 1024 ||
          !payload.source ||
          !payload.severity));
    if (invalid)
      return raw(400, '{"status":"invalid event","message":"Event object is invalid"}')(
        response,
        request,
      );
    if (event_action === 'trigger') open.set(dedup_key, payload.summary);
    if (event_action === 'resolve') open.delete(dedup_key);
    const accepted = { status: 'success', message: 'Event processed', dedup_key };
    return raw(202, JSON.stringify(accepted))(response, request);
  };
  server.willAnswer(enqueue);
  return open;
}

function channelWith(key = KEY) {
  const given = clientsWith({ 'pagerduty-ana': key });
  const secret = secretOf(given.clients, 'pagerduty-ana', RoutingKey, asText);
  const channel = pagerDuty({
    clients: given.clients,
    url: server.url,
    routingKeyOf: ({ to }) => (to.kind === 'person' && to.id === 'ana.silva' ? secret : null),
  });
  return { ...given, channel };
}
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

describe('a page through PagerDuty', () => {
  test('a page sent twice triggers one PagerDuty incident, with facts and commands', async () => {
    const open = pager();
    const { channel } = channelWith();
    await channel.send(messageWith());
    await channel.send(messageWith());
    expect([...open]).toEqual([[messageWith().key, messageWith().subject]]);
    const { payload } = JSON.parse(server.asked[0]!.body);
    expect(payload).toMatchObject({
      severity: 'critical',
      source: 'countermand',
      custom_details: {
        Affected: 'Whoever uses it.',
        'To undo it by hand': 'aws iam one\naws iam two',
      },
    });
  });

  test('a later message that ends a page resolves it in PagerDuty', async () => {
    const open = pager();
    const { channel } = channelWith();
    await channel.send(messageWith());
    await channel.send(messageWith({ key: 'b', urgency: 'inform', ends: [messageWith().key] }));
    expect([...open]).toEqual([]);
    expect(server.asked).toHaveLength(2);
  });

  test('one message can resolve an earlier page and trigger a new one', async () => {
    const open = pager();
    const { channel } = channelWith();
    await channel.send(messageWith());
    await channel.send(messageWith({ key: 'expired', ends: [messageWith().key, 'never opened'] }));
    expect([...open.keys()]).toEqual(['expired']);
  });
});

test('the PagerDuty channel takes only pages and resolutions, for recipients with a routing key', () => {
  const { channel } = channelWith();
  const inform = messageWith({ urgency: 'inform' });
  expect(
    [messageWith(), inform, { ...inform, ends: ['a'] }, toTeam()].map(channel.accepts),
  ).toEqual([true, false, true, false]);
});

test('the PagerDuty channel is never private, because every PagerDuty user can read it', () => {
  expect(channelWith().channel.isPrivate).toBe(false);
});

describe('an error of PagerDuty', () => {
  test('throws a terminal error without the key when PagerDuty rejects the routing key', async () => {
    pager();
    const wrong = 'f'.repeat(32);
    const error = await failed(channelWith(wrong).channel.send(messageWith()));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(inspect(error, { depth: 9 })).not.toContain(wrong);
  });

  test('retries when PagerDuty throttles or fails, then throws a typed error', async () => {
    const { channel, slept } = channelWith();
    server.willAnswer(raw(429, ''), raw(429, ''));
    expect(await failed(channel.send(messageWith()))).toBeInstanceOf(Throttled);
    server.willAnswer(raw(500, ''));
    expect(await failed(channel.send(messageWith()))).toBeInstanceOf(Unavailable);
    expect(slept).toEqual([500, 500]);
    expect(server.asked).toHaveLength(2);
  });
});
