// Which channels an account has, and whom each of them reaches, by its policy.
import { expect, test } from 'vitest';
import { ChannelsFile } from '../../functions/domain/channels.ts';
import { type ChannelClients, channelsOf } from '../../functions/notify/channels.ts';
import type { Message } from '../../functions/notify/message.ts';
import { POLICY } from '../fixtures/case.ts';
import { clientsWith, messageWith, toTeam } from './channels/message.ts';

const clients = { ...clientsWith().clients, mailFrom: 'a@example.com' } as ChannelClients;
const reached = (config: unknown, message: Message) =>
  channelsOf(ChannelsFile.parse(config), clients)
    .filter((channel) => channel.takes(message))
    .map(({ name, isPrivate }) => `${name}${isPrivate ? ', in private' : ''}`);

const ben = { kind: 'person', id: 'ben.okafor', name: 'Ben', email: 'b@example.com' } as const;
const ALL = {
  slack: { token: 'slack', channel: 'C012AB3CDE' },
  teams: { webhook: 'teams' },
  pagerDuty: { region: 'us', routingKey: 'pager' },
  webhook: { url: 'https://hooks.example', secret: 'webhook' },
  people: { 'ana.silva': { slack: 'U012AB3CDE', pagerDuty: 'pager-ana' } },
  tickets: { system: 'ops-center' },
};

test('without any set up there are e-mail for people and the topic for the team', () => {
  expect(reached(POLICY.channels, messageWith())).toEqual(['e-mail, in private']);
  expect(reached(POLICY.channels, toTeam())).toEqual(['the SNS topic']);
});

test('a person is reached where policy has an address, and by mail in any case', () => {
  expect(reached(ALL, messageWith())).toEqual([
    'e-mail, in private',
    'Slack, in private',
    'PagerDuty',
  ]);
  expect(reached(ALL, messageWith({ to: ben }))).toEqual(['e-mail, in private']);
});

test('the team is told by all that is the team’s, none of it private', () => {
  expect(reached(ALL, toTeam())).toEqual([
    'the SNS topic',
    'Slack',
    'Teams',
    'PagerDuty',
    'the webhook',
  ]);
});

test('a channel of a person only has nothing for the team', () => {
  const { channel: _, ...slack } = ALL.slack;
  expect(reached({ ...ALL, slack }, toTeam())).not.toContain('Slack');
});
