// PagerDuty Events v2: triggers a page, and resolves it after the decision.
import * as z from 'zod/mini';
import { oneLine, shortened } from '../../domain/wording.ts';
import { callHttp, type HttpClients, type Service } from '../../platform/http.ts';
import { type Secret, withSecret } from '../../platform/secret.ts';
import type { Message } from '../message.ts';
import { CHANNEL_RETRY_LIMITS, type Channel } from './channel.ts';
import { bytesOf, fittingMessage } from './fitting-message.ts';

export const PAGER_DUTY_URLS = {
  us: 'https://events.pagerduty.com/v2',
  eu: 'https://events.eu.pagerduty.com/v2',
} as const;

export const RoutingKey = z.string().check(z.regex(/^[0-9a-zA-Z]{32}$/));

export type PagerDutyDeps = {
  clients: HttpClients;
  url: string;
  /** The routing key of the service that pages this recipient; null if there is none. */
  routingKeyOf: (message: Message) => Secret<string> | null;
};

/** @see https://developer.pagerduty.com/docs/events-api-v2-overview#response-codes--retry-logic */
const SERVICE: Service = {
  name: 'PagerDuty',
  codeOf: () => undefined,
  errorsByCode: {},
  retryLimits: CHANNEL_RETRY_LIMITS,
};
const Accepted = z.object({ status: z.literal('success'), dedup_key: z.string() });

/** Sends pages and their resolution only. Every PagerDuty user can read an incident, so the channel is not private. */
export function pagerDuty({ clients, url, routingKeyOf }: PagerDutyDeps): Channel {
  const enqueue = (key: string, routing_key: string, event: object) =>
    callHttp(clients, SERVICE, {
      what: 'paging through PagerDuty',
      ids: { key },
      method: 'POST',
      url: `${url}/enqueue`,
      body: { routing_key, ...event },
      answer: Accepted,
      // A repeated key updates the same alert, and a resolved alert stays resolved.
      repeatable: true,
      secret: routing_key,
    });
  return {
    name: 'PagerDuty',
    isPrivate: false,
    accepts: (message) =>
      routingKeyOf(message) !== null && (message.urgency === 'page' || message.ends.length > 0),
    send: async (message) => {
      const routingKey = routingKeyOf(message);
      if (!routingKey) return;
      const { key, ends, urgency } = message;
      await withSecret(routingKey, async (secret) => {
        for (const dedup_key of ends)
          await enqueue(key, secret, { event_action: 'resolve', dedup_key });
        if (urgency === 'page') await enqueue(key, secret, trigger(message));
      });
    },
  };
}

/** PagerDuty's limits: 1,024 characters for the summary, 512 KB for the event. */
const MAX_SUMMARY = 1_024;
const MAX_BYTES = 500_000;

const SEVERITIES: Readonly<Record<NonNullable<Message['severity']>, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  informational: 'info',
};

/** @see https://developer.pagerduty.com/docs/events-api-v2-trigger-events */
export const trigger = (message: Message) =>
  rendered(fittingMessage(message, (one) => bytesOf(rendered(one)) <= MAX_BYTES));

const rendered = ({
  key,
  severity = 'critical',
  subject,
  paragraphs,
  facts,
  steps,
  incidentId,
}: Message) => ({
  event_action: 'trigger',
  dedup_key: key,
  client: 'Countermand',
  payload: {
    summary: shortened(oneLine(subject), MAX_SUMMARY),
    severity: SEVERITIES[severity],
    source: 'countermand',
    group: incidentId,
    custom_details: {
      ...Object.fromEntries(facts.map(({ label, value }) => [label, value])),
      ...Object.fromEntries(steps.map(({ title, lines }) => [title, lines.join('\n')])),
      text: paragraphs.join('\n\n'),
    },
  },
});
