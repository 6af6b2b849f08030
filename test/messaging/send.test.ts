// One message through several channels: failures, reports, private links.
import { beforeEach, describe, expect, test } from 'vitest';
import { Denied, NotFound, Throttled, Unavailable } from '../../functions/domain/errors.ts';
import type { Channel } from '../../functions/messaging/channels/channel.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { createSend } from '../../functions/messaging/send.ts';
import { NOW } from '../fixtures/case.ts';
import { LINK, messageWith, toTeam } from './channels/message.ts';

let got: Record<string, Message[]>;
let logged: string[];
let at: Date;
beforeEach(() => {
  [got, logged, at] = [{}, [], NOW];
});

const channel = (name: string, change: Partial<Channel> = {}): Channel => ({
  name,
  isPrivate: true,
  accepts: () => true,
  send: async (message) => {
    got[name] = [...(got[name] ?? []), message];
  },
  ...change,
});
const broken = (name: string, error: Error = new Denied('posting: invalid_auth'), more = {}) =>
  channel(name, { send: () => Promise.reject(error), ...more });
const shared = { isPrivate: false };
const sendBy = (...channels: Channel[]) =>
  createSend({
    channels,
    now: () => at,
    log: (...line) => void logged.push(JSON.stringify(line)),
  });
const subjects = (name: string) => got[name]?.map(({ subject }) => subject);

describe('the severity in the subject', () => {
  test.each([
    ['Approve? Block web requests', 'High: Approve? Block web requests'],
    ['High: Port 443 is being probed', 'High: Port 443 is being probed'],
    ['Withdrawn: High: Port 443 is being probed', 'Withdrawn: High: Port 443 is being probed'],
  ])('turns the subject “%s” into “%s”', async (subject, expected) => {
    await sendBy(channel('email'))({ ...messageWith(), severity: 'high', subject });
    expect(subjects('email')).toEqual([expected]);
  });
});

describe('a failing channel', () => {
  test('a failing channel does not block the others, which report the failure', async () => {
    const send = sendBy(broken('Slack'), channel('email'));
    expect(await send(messageWith())).toEqual({ notBy: ['Slack'] });
    expect(subjects('email')).toEqual([messageWith().subject, 'Not delivered by Slack']);
    expect(got.email![1]).toMatchObject({
      to: messageWith().to,
      urgency: 'inform',
      facts: [{ label: 'Slack', value: 'Denied' }],
    });
  });

  test('logs a failing channel without the content of the message', async () => {
    await sendBy(broken('Slack'), channel('email'))(messageWith());
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('"channel":"Slack"');
    expect(logged[0]).not.toMatch(/mallory|secret-link/);
  });

  test('reports a failing channel once an hour instead of with every message', async () => {
    const send = sendBy(broken('Slack'), channel('email'));
    for (let i = 0; i < 3; i++) expect((await send(messageWith())).notBy).toEqual(['Slack']);
    expect(got.email).toHaveLength(4);
    at = new Date(NOW.getTime() + 60 * 60_000);
    await send(messageWith());
    expect(got.email).toHaveLength(6);
  });

  test('sends the message even when the report of a failing channel fails as well', async () => {
    let calls = 0;
    const once = channel('email', {
      send: async () => {
        if (calls++ > 0) throw new Unavailable('gone');
      },
    });
    expect(await sendBy(broken('Slack'), once)(messageWith())).toEqual({ notBy: ['Slack'] });
    expect(logged).toHaveLength(2);
  });

  test('reports a failing channel without a page', async () => {
    const pager = channel('PagerDuty', { accepts: ({ urgency }) => urgency === 'page' });
    await sendBy(broken('Slack'), pager)(messageWith({ links: [] }));
    expect(got.PagerDuty).toHaveLength(1);
  });
});

describe('a message that no channel accepted', () => {
  test('throws the retryable error if one of the failed channels had one', async () => {
    const send = sendBy(broken('Slack'), broken('email', new Throttled('slow down')));
    await expect(send(messageWith())).rejects.toThrow(Throttled);
    await expect(sendBy(broken('Slack'))(messageWith())).rejects.toThrow(Denied);
  });

  test('throws NotFound if no channel has an address for the recipient', async () => {
    const none = sendBy(channel('Slack', { accepts: () => false }));
    await expect(none(messageWith())).rejects.toThrow(NotFound);
  });

  test('counts a message as not delivered if only channels without its link accepted it', async () => {
    const send = sendBy(broken('email', new Unavailable('down')), channel('PagerDuty', shared));
    await expect(send(messageWith())).rejects.toThrow(Unavailable);
    await expect(send(messageWith({ links: [] }))).resolves.toEqual({ notBy: ['email'] });
  });
});

describe('a link in a message', () => {
  test('sends a link through private channels only; the others say where to find it', async () => {
    await sendBy(channel('email'), channel('PagerDuty', shared))(messageWith());
    expect(JSON.stringify(got.email)).toContain(LINK);
    expect(JSON.stringify(got.PagerDuty)).not.toContain(LINK);
    expect(got.PagerDuty![0]?.paragraphs[1]).toBe('The link is in your email or direct message.');
  });

  test('sends no link to a team through any channel', async () => {
    await sendBy(
      channel('email'),
      channel('topic', shared),
    )(toTeam({ links: messageWith().links })).catch(() => {});
    expect(JSON.stringify(got)).not.toContain(LINK);
  });
});
