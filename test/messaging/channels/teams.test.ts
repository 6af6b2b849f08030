// Teams on a loopback server: a card without Markdown.
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Denied, InvalidInput, NotFound, Throttled } from '../../../functions/domain/errors.ts';
import { asCard, TeamsWebhook, teams } from '../../../functions/messaging/channels/teams.ts';
import { asText, secretOf } from '../../../functions/platform/secret.ts';
import { type Loopback, raw, startLoopback } from '../../fixtures/loopback.ts';
import { clientsWith, HOSTILE, messageWith, toTeam } from './message.ts';

let server: Loopback;
beforeAll(async () => {
  server = await startLoopback();
});
afterAll(() => server.stop());

/** The URL in the secret. Requests to it go to the loopback server. */
const ADDRESS = 'https://prod-01.westeurope.logic.azure.com/workflows/abc?sig=NEVER-SHOWN';

function channelWith(address = ADDRESS) {
  const given = clientsWith({ 'countermand/teams': address });
  const clients = {
    ...given.clients,
    http: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url.replace('https://prod-01.westeurope.logic.azure.com', server.url), init),
    },
  };
  const webhook = secretOf(clients, 'countermand/teams', TeamsWebhook, asText);
  return teams({ clients, webhook });
}
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

test('posts a card with the facts', async () => {
  server.willAnswer(raw(202, ''));
  await channelWith().send(toTeam());
  const { type, attachments } = JSON.parse(server.asked[0]!.body);
  expect(type).toBe('message');
  expect(attachments).toMatchObject([
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', version: '1.4' },
    },
  ]);
  expect(JSON.stringify(attachments)).toContain('Whoever uses it.');
});

test("puts the attacker's text into rich text runs, which do not parse Markdown", () => {
  const card = JSON.stringify(asCard(toTeam({ subject: HOSTILE.slice(0, 100) })));
  expect(card).not.toMatch(/"type":"(TextBlock|FactSet)"/);
  expect(card).toContain('[click](https://evil.example)');
});

test('keeps a card of any length below the 28 KB limit of Teams', () => {
  const long = '語'.repeat(20_000);
  const card = asCard(
    toTeam({
      paragraphs: [long, long],
      facts: [
        { label: 'a', value: long },
        { label: 'b', value: long },
      ],
      steps: [{ title: 't', lines: [long] }],
    }),
  );
  expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(28 * 1024);
});

test('takes only messages to the team', () => {
  expect([messageWith(), toTeam()].map(channelWith().accepts)).toEqual([false, true]);
});

test.each([
  [401, Denied],
  [404, NotFound],
  [429, Throttled],
  [400, InvalidInput],
])(
  'turns status %i into a typed error without the URL, which is the secret',
  async (status, kind) => {
    server.willAnswer(raw(status, JSON.stringify({ error: { message: `no: ${ADDRESS}` } })));
    const error = await failed(channelWith().send(toTeam()));
    expect(error).toBeInstanceOf(kind);
    expect(inspect(error, { depth: 9 })).not.toContain('NEVER-SHOWN');
  },
);

test('rejects a secret that is not a URL, and does not show it', async () => {
  const error = await failed(channelWith('not-an-address NEVER-SHOWN').send(toTeam()));
  expect(error).toBeInstanceOf(InvalidInput);
  expect(inspect(error, { depth: 9 })).not.toContain('NEVER-SHOWN');
});
