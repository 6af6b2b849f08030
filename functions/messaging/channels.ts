// The account's channels: email and the topic always, others as policy says.
import type { HttpClients } from '../platform/http.ts';
import {
  asText as plainText,
  type Secret,
  type SecretClients,
  secretOf,
} from '../platform/secret.ts';
import type { Channels } from '../policy/schemas/channels.ts';
import type { Channel } from './channels/channel.ts';
import { email, type MailClients } from './channels/email.ts';
import { PAGER_DUTY_URLS, pagerDuty, RoutingKey } from './channels/pager-duty.ts';
import { type SlackDeps, SlackToken, slack } from './channels/slack.ts';
import { type SmsClients, sms } from './channels/sms.ts';
import { TeamsWebhook, teams } from './channels/teams.ts';
import { type TopicClients, topic } from './channels/topic.ts';
import { WebhookSecret, webhook } from './channels/webhook.ts';

export type ChannelClients = MailClients &
  SmsClients &
  TopicClients &
  HttpClients &
  SecretClients &
  Pick<SlackDeps, 'posts' | 'log'>;

export function channelsOf(config: Channels, clients: ChannelClients): Channel[] {
  const text = (name: string, shape: Parameters<typeof secretOf<string>>[2]): Secret<string> =>
    secretOf(clients, name, shape, plainText);
  return [
    email(clients),
    topic(clients),
    ...slackChannels(config, clients, (name) => text(name, SlackToken)),
    ...smsChannel(config, clients),
    ...(config.teams
      ? [teams({ clients, webhook: text(config.teams.webhook, TeamsWebhook) })]
      : []),
    ...pagerDutyChannel(config, clients, (name) => text(name, RoutingKey)),
    ...(config.webhook
      ? [
          webhook({
            clients,
            url: config.webhook.url,
            secret: text(config.webhook.secret, WebhookSecret),
            now: clients.now,
          }),
        ]
      : []),
  ];
}

function slackChannels(
  { slack: config, people }: Channels,
  { posts, log, ...clients }: ChannelClients,
  secret: (name: string) => Secret<string>,
): Channel[] {
  if (!config) return [];
  const token = secret(config.token);
  return [
    slack({
      clients,
      token,
      isPrivate: true,
      ...(posts && { posts }),
      ...(log && { log }),
      addressOf: ({ to }) => (to.kind === 'person' && people[to.id]?.slack) || null,
    }),
    slack({
      clients,
      token,
      isPrivate: false,
      addressOf: ({ to }) => (to.kind === 'team' && config.channel) || null,
    }),
  ];
}

const smsChannel = ({ sms: config, people }: Channels, { texting }: SmsClients): Channel[] =>
  config
    ? [
        sms({
          texting,
          from: config.from,
          numberOf: ({ to }) => (to.kind === 'person' && people[to.id]?.sms) || null,
        }),
      ]
    : [];

function pagerDutyChannel(
  { pagerDuty: config, people }: Channels,
  clients: HttpClients,
  secret: (name: string) => Secret<string>,
): Channel[] {
  if (!config) return [];
  const team = config.routingKey ? secret(config.routingKey) : null;
  const ofPeople = new Map(
    Object.entries(people).flatMap(([id, { pagerDuty: name }]) =>
      name ? [[id, secret(name)] as const] : [],
    ),
  );
  return [
    pagerDuty({
      clients,
      url: PAGER_DUTY_URLS[config.region],
      routingKeyOf: ({ to }) => (to.kind === 'team' ? team : (ofPeople.get(to.id) ?? null)),
    }),
  ];
}
