// Text messages: short whatever an attacker wrote, without the link, and never the way in which somebody counts as reached.
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
  name: 'e-mail',
  isPrivate: true,
  takes: () => true,
  send: () => (works ? Promise.resolve() : Promise.reject(new Denied('bounced'))),
});
const sendBy = (...channels: Parameters<typeof createSend>[0]['channels']) =>
  createSend({ channels, now: () => NOW, log: () => {} });

test('a page is a text with the headline, the clock, and where the link is, and no link', async () => {
  const { channel, sent } = phone();
  await sendBy(email(true), channel)(messageWith());
  expect(sent).toEqual([
    {
      DestinationPhoneNumber: NUMBER,
      OriginationIdentity: FROM,
      MessageType: 'TRANSACTIONAL',
      TimeToLive: 900,
      MessageBody:
        'Countermand: Approve? Disable the user mallory. Without an answer nothing is done. The link is in your e-mail or direct message.',
    },
  ]);
  expect(sent[0]?.MessageBody).not.toContain(LINK);
});

test('what wakes nobody, and whom policy has no number of, gets no text', () => {
  const { channel } = phone();
  expect(
    [messageWith(), messageWith({ urgency: 'inform' }), toTeam()].map((one) => channel.takes(one)),
  ).toEqual([true, false, false]);
});

test('who got a text and nothing else was not reached: they cannot decide', async () => {
  const { channel, sent } = phone();
  await expect(sendBy(email(false), channel)(messageWith())).rejects.toThrow('bounced');
  expect(sent).toHaveLength(1);
});

describe('whatever an attacker wrote', () => {
  test.each([
    ['letters of any script', 'Disable the user 攻撃者🔥'.repeat(9)],
    ['signs that take two places', '[{~^|}]'.repeat(40)],
    ['links and formats', HOSTILE],
    ['very much', 'x'.repeat(5_000)],
  ])('%s, it is two parts at the most, with where the link is at the end', (_what, text) => {
    const where = 'The link is in your e-mail or direct message.';
    const short = asShortText({ subject: text.slice(0, 100), paragraphs: [text, where] });
    expect(septetsOf(short)).toBeLessThanOrEqual(306);
    expect(inGsm(short), 'all of it in the alphabet').toBe(short);
    expect(short.startsWith('Countermand: ')).toBe(true);
    expect(short.endsWith(where)).toBe(true);
    expect(short).not.toMatch(/:\/\/|evil\.example/);
  });

  test('names of the network are no links on a phone', () => {
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
])('%s is %s in a text', (given, text) => {
  expect(inGsm(given)).toBe(text);
});

test('what does not fit says so by its end; some signs take two places', () => {
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
] as const)('a refusal (%s) is our error, and the others report it', async (name, status, kind) => {
  const { channel } = phone(awsFailure(name, status, 'no'));
  await expect(channel.send(messageWith())).rejects.toBeInstanceOf(kind);
  expect(await sendBy(email(true), channel)(messageWith())).toEqual({ notBy: ['SMS'] });
});
