// Slack: a direct message to a person, or a post into the team's channel.
import * as z from 'zod/mini';
import { Denied, NotFound, Throttled, Unavailable } from '../../domain/errors.ts';
import { callHttp, type HttpClients, type Service } from '../../platform/http.ts';
import { errorFields, type Log } from '../../platform/log.ts';
import { type Secret, withSecret } from '../../platform/secret.ts';
import type { Message } from '../message.ts';
import { CHANNEL_RETRY_LIMITS, type Channel } from './channel.ts';
import { asBlocks, asOutcome } from './slack-blocks.ts';

export const SLACK_URL = 'https://slack.com/api';

/** A bot token. Any other value is rejected before it is sent. */
export const SlackToken = z.string().check(z.regex(/^xox[a-z]-[\w-]{10,}$/));

export type SlackDeps = {
  clients: HttpClients;
  token: Secret<string>;
  /** The member's ID for a person (a direct message), the channel's ID for the team, or null. */
  addressOf: (message: Message) => string | null;
  isPrivate: boolean;
  /** Stores the posts of questions, so that each can be replaced by its outcome. */
  posts?: Posts;
  log?: Log;
  url?: string;
};

export type Posts = {
  keep: (incidentId: string, key: string, post: Post) => Promise<void>;
  find: (incidentId: string, key: string) => Promise<Post | null>;
};
type Post = { channel: string; ts: string };

/** Slack reports errors with status 200. @see https://docs.slack.dev/reference/methods/chat.postMessage */
const SlackError = z.object({
  ok: z.literal(false),
  error: z.string().check(z.regex(/^[a-z_]{1,64}$/)),
});
const SERVICE: Service = {
  name: 'Slack',
  codeOf: (body) => SlackError.safeParse(body).data?.error,
  errorsByCode: {
    ...kinds(Throttled, 'ratelimited', 'rate_limited', 'message_limit_exceeded'),
    ...kinds(Denied, 'invalid_auth', 'not_authed', 'token_expired', 'token_revoked'),
    ...kinds(Denied, 'account_inactive', 'missing_scope', 'no_permission', 'access_denied'),
    ...kinds(Denied, 'restricted_action', 'team_access_not_granted', 'ekm_access_denied'),
    ...kinds(NotFound, 'channel_not_found', 'user_not_found', 'not_in_channel', 'is_archived'),
    ...kinds(NotFound, 'cannot_dm_bot', 'user_disabled', 'message_not_found'),
    ...kinds(Unavailable, 'internal_error', 'fatal_error', 'service_unavailable'),
    ...kinds(Unavailable, 'request_timeout', 'team_added_to_org'),
  },
  retryLimits: CHANNEL_RETRY_LIMITS,
};

function kinds(kind: Service['errorsByCode'][string], ...codes: string[]): Service['errorsByCode'] {
  return Object.fromEntries(codes.map((code) => [code, kind]));
}

const Posted = z.object({ ok: z.literal(true), channel: z.string(), ts: z.string() });

export function slack(deps: SlackDeps): Channel {
  const { clients, token, addressOf, isPrivate, posts, log, url } = deps;
  const call = (what: string, method: string, key: string, body: object) =>
    withSecret(token, (bearer) =>
      callHttp(clients, SERVICE, {
        what,
        ids: { key },
        method: 'POST',
        url: `${url ?? SLACK_URL}/${method}`,
        headers: { Authorization: `Bearer ${bearer}` },
        body: { ...body },
        answer: Posted,
        // Slack has no idempotency key. After a lost response the message may appear twice, which is better than never.
        repeatable: true,
        secret: bearer,
      }),
    );

  /** The message was delivered, so failing to keep or to update its post must not report it as failed. */
  const orLog = async (key: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      log?.('warn', 'post not updated', { key, ...errorFields(error) });
    }
  };

  /** Replaces the post with that key, if there is one. */
  const replace = async (incidentId: string, key: string, body: object) => {
    const post = await posts?.find(incidentId, key);
    if (!post) return;
    const { channel, ts } = post;
    await call('updating a post in Slack', 'chat.update', key, { channel, ts, ...body });
  };

  return {
    name: 'Slack',
    isPrivate,
    accepts: (message) => addressOf(message) !== null,
    send: async (message) => {
      const { key, incidentId, ends, links } = message;
      const address = addressOf(message);
      if (!address) return;
      const { channel, ts } = await call('posting to Slack', 'chat.postMessage', key, {
        channel: address,
        ...asBlocks(message),
      });
      if (!posts || !isPrivate) return;
      if (links.length > 0) await orLog(key, () => posts.keep(incidentId, key, { channel, ts }));
      await Promise.all(
        ends.map((ended) => orLog(ended, () => replace(incidentId, ended, asOutcome(message)))),
      );
    },
    revise: async (message) => {
      const { incidentId, revises = [] } = message;
      if (!isPrivate) return;
      for (const key of revises) await replace(incidentId, key, asBlocks(message));
    },
  };
}
