// No message exceeds the limits of a channel, and each counts what is left out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortened } from '../../../functions/domain/wording.ts';
import { jira } from '../../../functions/mechanisms/ticket/jira.ts';
import { opsCenter, type TicketApi } from '../../../functions/mechanisms/ticket/ops-item.ts';
import { serviceNow } from '../../../functions/mechanisms/ticket/service-now.ts';
import type { Ticket } from '../../../functions/mechanisms/ticket/ticket-provider.ts';
import { asText } from '../../../functions/messaging/channels/channel.ts';
import { email, type MailClients } from '../../../functions/messaging/channels/email.ts';
import { bytesOf } from '../../../functions/messaging/channels/fitting-message.ts';
import { septetsOf } from '../../../functions/messaging/channels/gsm.ts';
import { trigger } from '../../../functions/messaging/channels/pager-duty.ts';
import { asBlocks } from '../../../functions/messaging/channels/slack-blocks.ts';
import { asShortText } from '../../../functions/messaging/channels/sms.ts';
import { asCard } from '../../../functions/messaging/channels/teams.ts';
import { topic } from '../../../functions/messaging/channels/topic.ts';
import { harmlessMessage } from '../../../functions/messaging/harmless.ts';
import type { Message } from '../../../functions/messaging/message.ts';
import { digestText } from '../../../functions/messaging/texts/delivery.ts';
import { INCIDENT_ID, POLICY } from '../../fixtures/case.ts';
import { messageWith, toTeam } from './message.ts';

/** Everything that the channels send for this message. */
async function renderings(message: Message) {
  const sent: { html?: string; text?: string; topic?: string } = {};
  const ses = {
    sendEmail: async ({ Content }: Parameters<MailClients['ses']['sendEmail']>[0]) => {
      sent.html = Content?.Simple?.Body?.Html?.Data ?? '';
      sent.text = Content?.Simple?.Body?.Text?.Data ?? '';
      return { $metadata: {} };
    },
  } as MailClients['ses'];
  const sns = {
    publish: async ({ Message: text }: { Message: string | undefined }) => {
      sent.topic = text ?? '';
      return { $metadata: {} };
    },
  } as unknown as Parameters<typeof topic>[0]['sns'];
  await email({ ses, mailFrom: 'a@example.com' }).send(message);
  await topic({ sns, teamTopicArn: 'arn' }).send(
    toTeam({ ...message, ...{ to: { kind: 'team' } } }),
  );
  return { ...sent, slack: asBlocks(message), card: asCard(message), event: trigger(message) };
}
const urlsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.match(/https:\/\/[^\s"<:]+/g) ?? [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsIn) : [];
};

async function expectWithinLimits(given: Message) {
  const message = harmlessMessage(given);
  const {
    html = '',
    text = '',
    topic: published = '',
    slack,
    card,
    event,
  } = await renderings(message);
  expect(JSON.stringify(slack.blocks).length).toBeLessThanOrEqual(12_000);
  expect(slack.blocks.length).toBeLessThanOrEqual(50);
  expect(slack.text.length).toBeLessThanOrEqual(4_000);
  expect(bytesOf(card)).toBeLessThan(28 * 1024);
  expect(bytesOf(event)).toBeLessThan(512 * 1024);
  expect(event.payload.summary.length).toBeLessThanOrEqual(1_024);
  expect(bytesOf(published)).toBeLessThan(256 * 1024);
  expect(Buffer.byteLength(html)).toBeLessThan(102 * 1024);
  expect(septetsOf(asShortText(message))).toBeLessThanOrEqual(306);
  const whole = new Set(urlsIn(message));
  for (const url of [slack, card, event, published, text].flatMap(urlsIn))
    expect(whole, url).toContain(url);
}

const word = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('語'.repeat(300), '😀'.repeat(200), '"\\'.repeat(200), 'x'.repeat(3_000)),
  fc
    .nat(9_999)
    .map((n) => `https://eu-central-1.console.aws.amazon.com/f?id=${'f'.repeat(n % 900)}-${n}`),
);
const line = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => `- ${words.join(' ')}`);
const block = fc.array(line, { minLength: 1, maxLength: 60 }).map((lines) => lines.join('\n'));
const link = fc.nat(9_999).map((n) => ({
  label: `Decide: ${n}`,
  url: `https://countermand.example/approve/${'k'.repeat(300 + (n % 300))}${n}`,
}));

/** What the ticket systems receive for this ticket, and for closing it with its text as the reason. */
async function tickets(ticket: Ticket) {
  const bodies: Record<string, unknown>[] = [];
  const http = {
    fetch: async (url: string, { body, method }: RequestInit) => {
      if (typeof body === 'string') bodies.push(JSON.parse(body));
      const row = { sys_id: '1', number: 'INC1' };
      const transitions = [{ id: '1', to: { statusCategory: { key: 'done' } } }];
      const answer = method === 'GET' ? [] : row;
      const fields = { status: { statusCategory: { key: 'new' } } };
      return Response.json({ key: 'SEC-1', issues: [], transitions, fields, result: answer, url });
    },
  };
  const items: Parameters<TicketApi['createOpsItem']>[0][] = [];
  const ssm = {
    createOpsItem: async (item: (typeof items)[number]) => {
      items.push(item);
      return { OpsItemId: 'oi-1' };
    },
    updateOpsItem: async (item: (typeof items)[number]) => void items.push(item),
  } as unknown as TicketApi;
  const clients = { http, sleep: async () => {} };
  const login = { email: 'a@example.com', token: 't', user: 'u', password: 'p' };
  const credentials = async () => login;
  const site = 'https://tickets.example';
  const providers = [
    opsCenter(ssm),
    jira({ ...clients, jira: { site, project: 'SEC', issueType: 'Task' }, credentials } as never),
    serviceNow({ ...clients, serviceNow: { site, closeCode: 'Done' }, credentials } as never),
  ];
  for (const provider of providers) {
    await provider.open(ticket);
    await provider.close({ id: '1', name: '1' }, ticket.body);
  }
  return { items, bodies };
}

/** The texts of an OpsItem, each within its limit. */
function textsOf({
  Title = '',
  Description = '',
  OperationalData = {},
}: Awaited<ReturnType<typeof tickets>>['items'][number]): string[] {
  expect(Title.length).toBeLessThanOrEqual(1_024);
  expect(Description.length).toBeLessThanOrEqual(2_048);
  for (const { Value = '' } of Object.values(OperationalData))
    expect(Value.length).toBeLessThanOrEqual(20_000);
  return [Description, OperationalData.details?.Value ?? ''];
}

/** The strings of request bodies by their field. A document of Jira must be within its limit. */
function stringsIn(value: unknown, key = ''): Record<string, string> {
  if (typeof value === 'string') return { [key]: value };
  if (typeof value !== 'object' || value === null) return {};
  if ('type' in value && value.type === 'doc')
    expect(JSON.stringify(value).length).toBeLessThanOrEqual(32_767);
  return Object.assign({}, ...Object.entries(value).map(([name, one]) => stringsIn(one, name)));
}

describe('the limits of the channels', () => {
  test('hold for a ticket in OpsCenter, Jira and ServiceNow, with no line cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        word,
        fc.array(block, { minLength: 1, maxLength: 8 }),
        async (title, blocks) => {
          const body = blocks.join('\n\n');
          const ticket = { incidentId: INCIDENT_ID, title, body, severity: 'high' } as const;
          const { items, bodies } = await tickets(ticket);
          expect(items).toHaveLength(2);
          const texts: string[] = [];
          for (const item of items) texts.push(...textsOf(item));
          const found = stringsIn(bodies);
          expect(found.summary?.length).toBeLessThanOrEqual(255);
          expect(found.short_description?.length).toBeLessThanOrEqual(160);
          expect(found.description?.length).toBeLessThanOrEqual(4_000);
          expect(found.close_notes?.length).toBeLessThanOrEqual(4_000);
          texts.push(found.description ?? '');
          const whole = new Set([...body.split('\n'), 'None', '']);
          const own = /too long for the ticket|full text is in the operational data/;
          for (const line of texts.flatMap((text) => text.split('\n')))
            if (!own.test(line)) expect(whole, line).toContain(line);
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);

  test('hold for a digest of any length, with no link cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ needsAnswer: fc.boolean(), text: line }), { maxLength: 200 }),
        fc.nat(500),
        fc.array(link, { maxLength: 200 }),
        async (lines, more, links) => {
          const digest = digestText(lines, more, POLICY.limits.pages);
          await expectWithinLimits(messageWith({ ...digest, links, incidentId: 'none' }));
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);

  test('hold for any message, with no link cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 5 }),
        fc.array(
          fc.record({ label: word.map((one) => `a${one}`), value: block.map((one) => `b${one}`) }),
          { maxLength: 20 },
        ),
        fc.array(
          fc.record({
            title: word.map((one) => `t${one}`),
            lines: fc.array(line, { minLength: 1, maxLength: 60 }),
          }),
          { maxLength: 6 },
        ),
        fc.array(link, { maxLength: 30 }),
        async (paragraphs, facts, steps, links) => {
          await expectWithinLimits(messageWith({ paragraphs, facts, steps, links }));
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);

  test('a digest in Slack shows or counts every entry and every link', () => {
    const lines = Array.from({ length: 60 }, (_, n) => ({
      needsAnswer: true,
      text: `Entry ${n} ${'x'.repeat(150)}`,
    }));
    const links = lines.map((_, n) => ({
      label: `Link ${n}`,
      url: `https://countermand.example/approve/${'k'.repeat(300)}${n}`,
    }));
    const digest = digestText(lines, 0, POLICY.limits.pages);
    const shown = JSON.stringify(asBlocks(messageWith({ ...digest, links })).blocks);
    const entries = shown.match(/Entry \d+/g)?.length ?? 0;
    const shownLinks = shown.match(/"type":"link"/g)?.length ?? 0;
    expect(entries).toBeGreaterThan(5);
    expect(shown).toContain(`and ${60 - entries} more in the record`);
    expect(shown).toContain(`Left out in this channel: ${60 - shownLinks} links.`);
  });

  test('hold for a message of several megabytes', async () => {
    const lines = Array.from({ length: 60 }, () => '語'.repeat(3_000));
    const value = lines.join('\n');
    const facts = Array.from({ length: 20 }, (_, n) => ({ label: `Fact ${n}`, value }));
    await expectWithinLimits(messageWith({ paragraphs: [value, value], facts }));
  });

  test('a message that fits is sent as it is', () => {
    const blocks = JSON.stringify(asBlocks(messageWith()).blocks);
    expect(blocks).not.toMatch(/more in the record|Left out/);
    for (const part of messageWith().paragraphs) expect(asText(messageWith())).toContain(part);
  });
});

test('a shortened text leaves a URL out rather than cutting it', () => {
  expect(shortened('See https://example.com/a/b for more', 20)).toBe('See …');
  expect(shortened('See https://example.com/a and more', 26)).toBe('See …');
  expect(shortened('See https://example.com/a and more', 28)).toBe('See https://example.com/a a…');
  expect(shortened('No link in this text', 10)).toBe('No link i…');
});
