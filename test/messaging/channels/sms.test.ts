// Text messages: two parts at most, no link, never counted as reached.
import { describe, expect, test } from 'vitest';
import { Conflict, Denied, NotFound, Throttled } from '../../../functions/domain/errors.ts';
import { awsFailure } from '../../../functions/mechanisms/stand-in.ts';
import { fitting, inGsm, septetsOf } from '../../../functions/messaging/channels/gsm.ts';
import { asShortText, type SmsClients, sms } from '../../../functions/messaging/channels/sms.ts';
import { createSend } from '../../../functions/messaging/send.ts';
import { NOW } from '../../fixtures/case.ts';
import { HOSTILE, LINK, messageWith, toTeam } from './message.ts';

const FROM = 'arn:aws:sms-voice:eu-central-1:111122223333:pool/pool-0123';
const NUMBER = '+4915112345678';
type Sent = Parameters<SmsClients['texting']['sendTextMessage']>[0];

function phone(fail?: Error) {
  const sent: Sent[] = [];
  const sendTextMessage = async (given: Sent) => {
    if (fail) throw fail;
    sent.push(given);
    return { MessageId: 'm-1', $metadata: {} };
  };
  const channel = sms({
    texting: { sendTextMessage } as SmsClients['texting'],
    from: FROM,
    numberOf: ({ to }) => (to.kind === 'person' && to.id === 'ana.silva' ? NUMBER : null),
  });
  return { channel, sent };
}
const email = (works: boolean) => ({
  name: 'email',
  isPrivate: true,
  accepts: () => true,
  send: () => (works ? Promise.resolve() : Promise.reject(new Denied('bounced'))),
});
const sendBy = (...channels: Parameters<typeof createSend>[0]['channels']) =>
  createSend({ channels, now: () => NOW, log: () => {} });

test('a text message has the headline, the deadline and where the link is', async () => {
  const { channel, sent } = phone();
  await sendBy(email(true), channel)(messageWith());
  expect(sent).toEqual([
    {
      DestinationPhoneNumber: NUMBER,
      OriginationIdentity: FROM,
      MessageType: 'TRANSACTIONAL',
      TimeToLive: 900,
      MessageBody:
        'Countermand: Approve? Disable the user mallory. Without an answer nothing is done. The link is in your email or direct message.',
    },
  ]);
  expect(sent[0]?.MessageBody).not.toContain(LINK);
});

test('a message without a page or a recipient without a number gets no text message', () => {
  const { channel } = phone();
  expect(
    [messageWith(), messageWith({ urgency: 'inform' }), toTeam()].map((one) =>
      channel.accepts(one),
    ),
  ).toEqual([true, false, false]);
});

test('a recipient who got only a text message counts as not reached', async () => {
  const { channel, sent } = phone();
  await expect(sendBy(email(false), channel)(messageWith())).rejects.toThrow('bounced');
  expect(sent).toHaveLength(1);
});

describe('any text of an attacker', () => {
  test.each([
    ['characters of any script', 'Disable the user 攻撃者🔥'.repeat(9)],
    ['characters that take two septets', '[{~^|}]'.repeat(40)],
    ['links and formats', HOSTILE],
    ['a very long text', 'x'.repeat(5_000)],
  ])('a text message has at most two parts and ends with where the link is: %s', (_what, text) => {
    const where = 'The link is in your email or direct message.';
    const short = asShortText({ subject: text.slice(0, 100), paragraphs: [text, where] });
    expect(septetsOf(short)).toBeLessThanOrEqual(306);
    expect(inGsm(short), 'all of it in the alphabet').toBe(short);
    expect(short.startsWith('Countermand: ')).toBe(true);
    expect(short.endsWith(where)).toBe(true);
    expect(short).not.toMatch(/:\/\/|evil\.example/);
  });

  test('host names do not become links on a phone', () => {
    const short = asShortText({ subject: 'Disable the user evil.example.com', paragraphs: ['x'] });
    expect(short).toContain('evil[.]example[.]com');
    expect(asShortText({ subject: 'Block 203.0.113.7/32', paragraphs: ['x'] })).toContain(
      '203.0.113.7/32',
    );
  });
});

test.each([
  ['“Ávila” – it’s', '"Avila" - it\'s'],
  ['ÄÖÜß é €', 'ÄÖÜß é €'],
  ['猫', '?'],
])('writes %s as %s in a text message', (given, text) => {
  expect(inGsm(given)).toBe(text);
});

test('marks a cut text at its end, and counts some characters as two septets', () => {
  expect(septetsOf('a[€]')).toBe(7);
  expect(fitting('[[[[[', 8)).toBe('[[...');
  expect(fitting('one two three', 10)).toBe('one two...');
  expect(fitting('one', 3)).toBe('one');
  expect(fitting('one', 2)).toBe('');
});

test.each([
  ['ThrottlingException', 400, Throttled],
  ['AccessDeniedException', 403, Denied],
  ['ResourceNotFoundException', 404, NotFound],
  // Opted out, or blocked by the account's own protection.
  ['ConflictException', 409, Conflict],
] as const)(
  'throws a typed error for %s, which other channels report',
  async (name, status, kind) => {
    const { channel } = phone(awsFailure(name, status, 'no'));
    await expect(channel.send(messageWith())).rejects.toBeInstanceOf(kind);
    expect(await sendBy(email(true), channel)(messageWith())).toEqual({ notBy: ['SMS'] });
  },
);
