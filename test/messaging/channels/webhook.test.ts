// The signed webhook, verified with the library that receivers use.
import { inspect } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { InvalidInput, Unavailable } from '../../../functions/domain/errors.ts';
import { WebhookSecret, webhook } from '../../../functions/messaging/channels/webhook.ts';
import { asText, secretOf } from '../../../functions/platform/secret.ts';
import { NOW } from '../../fixtures/case.ts';
import { type Loopback, raw, startLoopback } from '../../fixtures/loopback.ts';
import { clientsWith, messageWith, toTeam } from './message.ts';

let server: Loopback;
beforeAll(async () => {
  server = await startLoopback();
});
afterAll(() => server.stop());
beforeEach(() => {
  // The receivers' library reads the machine's clock.
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  return () => vi.useRealTimers();
});

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

function channelWith(secret = SECRET) {
  const { clients } = clientsWith({ 'countermand/webhook': secret });
  return webhook({
    clients,
    url: `${server.url}/in`,
    secret: secretOf(clients, 'countermand/webhook', WebhookSecret, asText),
    now: () => NOW,
  });
}
const received = (i = 0) => {
  const { body, headers } = server.asked[i]!;
  return { body, headers: headers as Record<string, string> };
};

test('a receiver can verify the signature and read the facts', async () => {
  server.willAnswer(raw(204, ''));
  await channelWith().send(toTeam());
  const { body, headers } = received();
  expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
    type: 'countermand.message',
    timestamp: NOW.toISOString(),
    data: { subject: toTeam().subject, facts: toTeam().facts, incidentId: toTeam().incidentId },
  });
  expect(headers['webhook-timestamp']).toBe(String(NOW.getTime() / 1000));
});

test('a receiver rejects a message that was altered or signed with another secret', async () => {
  server.willAnswer(raw(204, ''));
  await channelWith().send(toTeam());
  const { body, headers } = received();
  const other = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
  expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
  expect(() => new Webhook(other).verify(body, headers)).toThrow();
});

test('every attempt has the same ID, so that a receiver can recognise a repeat', async () => {
  server.willAnswer(raw(503, ''), raw(200, 'ok'));
  await channelWith().send(toTeam());
  expect([0, 1].map((i) => received(i).headers['webhook-id'])).toEqual([
    toTeam().key,
    toTeam().key,
  ]);
});

test('a receiver that keeps failing causes a typed error', async () => {
  server.willAnswer(raw(500, ''));
  await expect(channelWith().send(toTeam())).rejects.toThrow(Unavailable);
});

test('rejects a secret in another format, and does not show it', async () => {
  server.willAnswer(raw(204, ''));
  const error: unknown = await channelWith('whsec_NEVER-SHOWN')
    .send(toTeam())
    .catch((one: unknown) => one);
  expect(error).toBeInstanceOf(InvalidInput);
  expect(inspect(error, { depth: 9 })).not.toContain('NEVER-SHOWN');
  expect(server.asked).toEqual([]);
});

test('takes only messages to the team', () => {
  expect([messageWith(), toTeam()].map(channelWith().accepts)).toEqual([false, true]);
});
