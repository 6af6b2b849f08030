// Channels: what a person and a team get, and what neither must.
import { describe, expect, test } from 'vitest';
import { Denied, Throttled } from '../../functions/domain/errors.ts';
import { type ChannelClients, createSend } from '../../functions/notify/channels.ts';
import type { Message } from '../../functions/notify/message.ts';

const message = (change: Partial<Message> = {}): Message => ({
  key: 'k',
  to: { kind: 'person', id: 'ana.silva', name: 'Ana Silva', email: 'ana.silva@example.com' },
  urgency: 'page',
  subject: 'Approve?: Block 203.0.113.7',
  paragraphs: ['It is <b>bad</b>', 'Line one\nline two'],
  links: [{ label: 'Look', url: 'https://countermand.example/approve/secret' }],
  incidentId: 'inc-0123456789abcdef',
  actionId: null,
  ...change,
});

function channels(fail?: Error) {
  const mails: Parameters<ChannelClients['ses']['sendEmail']>[0][] = [];
  const notices: Parameters<ChannelClients['sns']['publish']>[0][] = [];
  const take = (into: unknown[]) => async (input: unknown) => {
    if (fail) throw fail;
    into.push(input);
    return { $metadata: {} };
  };
  const send = createSend({
    ses: { sendEmail: take(mails) as ChannelClients['ses']['sendEmail'] },
    sns: { publish: take(notices) as ChannelClients['sns']['publish'] },
    mailFrom: 'countermand@example.com',
    teamTopicArn: 'arn:aws:sns:eu-central-1:111122223333:team',
  });
  return { send, mails, notices };
}

describe('a message', () => {
  test('to a person is an e-mail in plain text and in escaped HTML, with the link in both', async () => {
    const { send, mails, notices } = channels();
    await send(message());
    expect(mails).toMatchObject([
      {
        FromEmailAddress: 'countermand@example.com',
        Destination: { ToAddresses: ['ana.silva@example.com'] },
      },
    ]);
    const { Body, Headers } = mails[0]!.Content!.Simple!;
    expect(Body?.Text?.Data).toContain('https://countermand.example/approve/secret');
    expect(Body?.Html?.Data).toContain('href="https://countermand.example/approve/secret"');
    expect(Body?.Html?.Data).toContain('It is &lt;b&gt;bad&lt;/b&gt;');
    expect(Headers).toContainEqual({ Name: 'Importance', Value: 'high' });
    expect(notices).toEqual([]);
  });

  test('to a team never carries a link', async () => {
    const { send, mails, notices } = channels();
    await send(message({ to: { kind: 'team' } }));
    expect(mails).toEqual([]);
    expect(JSON.stringify(notices)).not.toContain('secret');
    expect(notices[0]?.Message).toContain('line two');
  });

  test('to a team has a subject that SNS takes, whatever stands in it', async () => {
    const { send, notices } = channels();
    const subject = `Blöck\n${'x'.repeat(90)}\u202E`;
    await send(message({ to: { kind: 'team' }, subject }));
    expect(notices[0]?.Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  });

  test('to a person has a subject of one line', async () => {
    const { send, mails } = channels();
    await send(message({ subject: 'One\r\nBcc: evil@example.com' }));
    expect(mails[0]?.Content?.Simple?.Subject?.Data).toBe('One Bcc: evil@example.com');
  });

  test.each([
    ['TooManyRequestsException', Throttled],
    ['AccessDeniedException', Denied],
  ])('that SES refuses with %s fails with our error', async (name, kind) => {
    const { send } = channels(Object.assign(new Error(name), { name }));
    await expect(send(message())).rejects.toThrow(kind);
  });
});
