// The channels of an account, and the recipients that each of them reaches.
import { expect, test } from 'vitest';
import { type ChannelClients, channelsOf } from '../../functions/messaging/channels.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { ChannelsFile } from '../../functions/policy/schemas/channels.ts';
import { POLICY } from '../fixtures/case.ts';
import { clientsWith, messageWith, toTeam } from './channels/message.ts';

const clients = { ...clientsWith().clients, mailFrom: 'a@example.com' } as ChannelClients;
const reached = (config: unknown, message: Message) =>
  channelsOf(ChannelsFile.parse(config), clients)
    .filter((channel) => channel.accepts(message))
    .map(({ name, isPrivate }) => `${name}${isPrivate ? ', in private' : ''}`);

const ben = { kind: 'person', id: 'ben.okafor', name: 'Ben', email: 'b@example.com' } as const;
const ALL = {
  slack: { token: 'slack', channel: 'C012AB3CDE' },
  sms: { from: 'arn:aws:sms-voice:eu-central-1:111122223333:pool/pool-0123' },
  teams: { webhook: 'teams' },
  pagerDuty: { region: 'us', routingKey: 'pager' },
  webhook: { url: 'https://hooks.example', secret: 'webhook' },
  people: {
    'ana.silva': { slack: 'U012AB3CDE', sms: '+4915112345678', pagerDuty: 'pager-ana' },
  },
  tickets: { system: 'ops-center' },
};

test('an account without configured channels has email for people and the topic for the team', () => {
  expect(reached(POLICY.channels, messageWith())).toEqual(['email, in private']);
  expect(reached(POLICY.channels, toTeam())).toEqual(['the SNS topic']);
});

test('a person is reached through every channel with an address in policy, and always by email', () => {
  expect(reached(ALL, messageWith())).toEqual([
    'email, in private',
    'Slack, in private',
    'SMS',
    'PagerDuty',
  ]);
  expect(reached(ALL, messageWith({ to: ben }))).toEqual(['email, in private']);
});

test('the team is notified through all team channels, and none of them is private', () => {
  expect(reached(ALL, toTeam())).toEqual([
    'the SNS topic',
    'Slack',
    'Teams',
    'PagerDuty',
    'the webhook',
  ]);
});

test('a channel for people only takes no message to the team', () => {
  const { channel: _, ...slack } = ALL.slack;
  expect(reached({ ...ALL, slack }, toTeam())).not.toContain('Slack');
});

test.each(['015112345678', '+49 151 12345678', '+0151123456'])(
  'a phone number that is not in E.164 is rejected: %s',
  (number) => {
    const people = { 'ana.silva': { sms: number } };
    expect(ChannelsFile.safeParse({ ...ALL, people }).success).toBe(false);
  },
);

test('a phone number without an SMS sender and a Slack member used twice are rejected', () => {
  const { sms: _, ...without } = ALL;
  expect(ChannelsFile.safeParse(without).error?.issues[0]?.message).toContain(
    'sms is not configured above',
  );
  const two = { ...ALL.people, 'ben.okafor': { slack: 'U012AB3CDE' } };
  expect(ChannelsFile.safeParse({ ...ALL, people: two }).error?.issues[0]?.message).toContain(
    'a different Slack member for each person',
  );
});
