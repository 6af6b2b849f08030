// Posts the team's messages to a signed webhook.
import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';
import { callHttp, type HttpClients, type Service } from '../../platform/http.ts';
import { type Secret, withSecret } from '../../platform/secret.ts';
import { CHANNEL_RETRY_LIMITS, type Channel } from './channel.ts';

/** 24 to 64 bytes, as the specification requires. */
export const WebhookSecret = z.string().check(z.regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/));

export type WebhookDeps = {
  clients: HttpClients;
  url: string;
  secret: Secret<string>;
  now: () => Date;
};

const SERVICE: Service = {
  name: 'the webhook',
  codeOf: () => undefined,
  errorsByCode: {},
  retryLimits: CHANNEL_RETRY_LIMITS,
};

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const webhook = ({ clients, url, secret, now }: WebhookDeps): Channel => ({
  name: 'the webhook',
  isPrivate: false,
  accepts: ({ to }) => to.kind === 'team',
  send: ({ key, urgency, subject, paragraphs, facts, steps, incidentId, actionId }) =>
    withSecret(secret, async (signingSecret) => {
      const at = now();
      const timestamp = String(Math.floor(at.getTime() / 1000));
      const data = { urgency, subject, paragraphs, facts, steps, incidentId, actionId };
      const body = JSON.stringify({
        type: 'countermand.message',
        timestamp: at.toISOString(),
        data,
      });
      await callHttp(clients, SERVICE, {
        what: 'calling the webhook',
        ids: { key },
        method: 'POST',
        url,
        headers: {
          'Content-Type': 'application/json',
          // The same for every attempt, so that receivers can recognise a repeat.
          'webhook-id': key,
          'webhook-timestamp': timestamp,
          'webhook-signature': signatureOf(signingSecret, `${key}.${timestamp}.${body}`),
        },
        body,
        answer: z.unknown(),
        repeatable: true,
        secret: signingSecret,
      });
    }),
});

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
function signatureOf(secret: string, content: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
