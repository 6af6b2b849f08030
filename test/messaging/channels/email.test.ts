// Email: its text and HTML parts, and the attacker's text in them.
import { describe, expect, test } from 'vitest';
import { Denied, Throttled } from '../../../functions/domain/errors.ts';
import { email, type MailClients } from '../../../functions/messaging/channels/email.ts';
import { mailTags, readMailTags } from '../../../functions/messaging/mail-tags.ts';
import { INCIDENT_ID } from '../../fixtures/case.ts';
import { LINK, messageWith, toTeam } from './message.ts';

function inbox(fail?: Error) {
  const mails: Parameters<MailClients['ses']['sendEmail']>[0][] = [];
  const sendEmail = async (mail: (typeof mails)[number]) => {
    if (fail) throw fail;
    mails.push(mail);
    return { $metadata: {} };
  };
  const ses = { sendEmail } as MailClients['ses'];
  const channel = email({ ses, mailFrom: 'countermand@example.com', configurationSet: 'mail' });
  return { channel, mails };
}

describe('an email message', () => {
  test('an email has the link below the first paragraph, in plain text and in HTML', async () => {
    const { channel, mails } = inbox();
    await channel.send(messageWith());
    expect(mails).toMatchObject([
      {
        FromEmailAddress: 'countermand@example.com',
        Destination: { ToAddresses: ['ana.silva@example.com'] },
      },
    ]);
    const { Body, Headers } = mails[0]!.Content!.Simple!;
    const text = Body?.Text?.Data ?? '';
    expect(text.startsWith('The user mallory is disabled.\nWithout an answer')).toBe(true);
    expect(text.indexOf(LINK)).toBeLessThan(text.indexOf('Why: '));
    expect(text).toContain('Affected: Whoever uses it.');
    expect(text).toContain('To undo it by hand:\naws iam one\naws iam two');
    const html = Body?.Html?.Data ?? '';
    expect(html).toContain(`href="${LINK}"`);
    expect(html.indexOf(LINK)).toBeLessThan(html.indexOf('<b>Why</b>'));
    expect(html.match(/<pre[^>]*>aws iam (one|two)<\/pre>/g)).toHaveLength(2);
    expect(Headers).toContainEqual({ Name: 'Importance', Value: 'high' });
  });

  test("an email shows the attacker's text as text", async () => {
    const { channel, mails } = inbox();
    await channel.send(messageWith());
    const html = mails[0]?.Content?.Simple?.Body?.Html?.Data ?? '';
    expect(html).toContain('&lt;b&gt;x&lt;/b&gt; &amp;');
    expect(html.match(/href="/g)).toHaveLength(1);
  });

  test('an email has a one-line subject', async () => {
    const { channel, mails } = inbox();
    await channel.send(messageWith({ subject: 'One\r\nBcc: evil@example.com' }));
    expect(mails[0]?.Content?.Simple?.Subject?.Data).toBe('One Bcc: evil@example.com');
  });

  test('an email is marked urgent only if it is a page', async () => {
    const { channel, mails } = inbox();
    await channel.send(messageWith({ urgency: 'inform' }));
    expect(mails[0]?.Content?.Simple?.Headers).toEqual([]);
  });

  test('an email carries its incident, action and person as tags that SES accepts and that read back', async () => {
    const { channel, mails } = inbox();
    const actionId = 'act-0123456789abcdef-1';
    await channel.send(messageWith({ actionId }));
    await channel.send(messageWith({ incidentId: 'none' }));
    const [ofAction, ofNone] = mails.map(({ EmailTags = [] }) => EmailTags);
    for (const { Name, Value } of ofAction!) {
      expect(Name).toMatch(/^[\w-]{1,256}$/);
      expect(Value).toMatch(/^[\w-]{1,256}$/);
    }
    const read = (tags: typeof ofAction) =>
      readMailTags(Object.fromEntries(tags!.map(({ Name = '', Value = '' }) => [Name, [Value]])));
    expect(read(ofAction)).toEqual({
      person: 'ana.silva',
      about: [{ incidentId: INCIDENT_ID, actionId }],
    });
    expect(read(ofNone)).toEqual({ person: 'ana.silva', about: [] });
    expect(mails[0]?.ConfigurationSetName).toBe('mail');
  });

  test('the tags of a digest name its first 25 open actions', () => {
    const lists = Array.from({ length: 40 }, (_, n) => ({
      incidentId: INCIDENT_ID,
      actionId: `act-0123456789abcde${Math.floor(n / 10)}-1${n % 10}er1`,
    }));
    const tags = mailTags(messageWith({ incidentId: 'none', lists }));
    for (const { Value } of tags) expect(Value).toMatch(/^[\w-]{1,256}$/);
    const { about } = readMailTags(Object.fromEntries(tags.map((one) => [one.Name, [one.Value]])));
    expect(about).toEqual(lists.slice(0, 25).map((one) => ({ ...one, digest: true })));
  });

  test('the email channel takes messages to people, and none to a team', () => {
    const { channel } = inbox();
    expect([channel.accepts(messageWith()), channel.accepts(toTeam())]).toEqual([true, false]);
  });

  test.each([
    ['TooManyRequestsException', Throttled],
    ['AccessDeniedException', Denied],
  ])('the email channel throws a typed error when SES answers %s', async (name, kind) => {
    const { channel } = inbox(Object.assign(new Error(name), { name }));
    await expect(channel.send(messageWith())).rejects.toThrow(kind);
  });
});
