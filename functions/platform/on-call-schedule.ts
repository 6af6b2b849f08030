// Reads who is on call from PagerDuty or Opsgenie.
import * as z from 'zod/mini';
import {
  nameOf,
  type OnDuty,
  type Shift,
  schedulesOf,
  withPeopleOnCall,
} from '../policy/on-call.ts';
import type { Escalation, OnCallServices, Schedule } from '../policy/schemas/escalation.ts';
import { callHttp, type HttpClients, type Service } from './http.ts';
import { errorFields, type Log } from './log.ts';
import { asText, type SecretClients, secretOf, withSecret } from './secret.ts';

/** Rejects with a typed error if the schedule can't be read. */
export type OnCall = (schedule: Schedule) => Promise<OnDuty[]>;

const PAGER_DUTY = { us: 'https://api.pagerduty.com', eu: 'https://api.eu.pagerduty.com' } as const;
const OPSGENIE = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' } as const;

/** Two attempts with the wait between them take at most 11 s: the gate has 30 s, and people wait for its question. */
const RETRY_LIMITS = { timeoutMs: 4_000, retries: 1, longestWaitSeconds: 3 } as const;
const serviceNamed = (name: string): Service => ({
  name,
  codeOf: () => undefined,
  errorsByCode: {},
  retryLimits: RETRY_LIMITS,
});

/** Keys of both services consist of these characters. Anything else is not sent. */
const Key = z.string().check(z.regex(/^[\w+-]{20,64}$/));

/** Entries without an email address are not users. */
const PagerDutyUsers = z.object({
  users: z.array(
    z.object({ id: z.string(), email: z.string().check(z.minLength(3), z.maxLength(320)) }),
  ),
});
const OpsgenieOnCalls = z.object({
  data: z.object({ onCallRecipients: z.array(z.string().check(z.minLength(3), z.maxLength(320))) }),
});

/** One second from now on: the API takes an interval. */
const nextSecond = (now: Date) => ({
  since: now.toISOString(),
  until: new Date(now.getTime() + 1_000).toISOString(),
});

export function createOnCall(
  services: OnCallServices,
  clients: HttpClients & SecretClients,
): OnCall {
  const { pagerDuty, opsgenie } = services;
  const token = pagerDuty && secretOf(clients, pagerDuty.token, Key, asText);
  const key = opsgenie && secretOf(clients, opsgenie.key, Key, asText);

  /** @see https://developer.pagerduty.com/api-reference/ GET /schedules/{id}/users */
  async function byPagerDuty(id: string): Promise<OnDuty[]> {
    if (!pagerDuty || !token) return [];
    const query = new URLSearchParams(nextSecond(clients.now()));
    const { users } = await withSecret(token, (secret) =>
      callHttp(clients, serviceNamed('PagerDuty'), {
        what: 'reading who is on call',
        ids: { schedule: id },
        method: 'GET',
        url: `${PAGER_DUTY[pagerDuty.region]}/schedules/${encodeURIComponent(id)}/users?${query}`,
        headers: {
          Accept: 'application/vnd.pagerduty+json;version=2',
          Authorization: `Token token=${secret}`,
        },
        answer: PagerDutyUsers,
        repeatable: true,
        secret,
      }),
    );
    return users.map(({ id, email }) => ({ id, email }));
  }

  /** @see https://docs.opsgenie.com/docs/who-is-on-call-api#get-on-calls */
  async function byOpsgenie(schedule: string): Promise<OnDuty[]> {
    if (!opsgenie || !key) return [];
    const scheduleIdentifierType = z.uuid().safeParse(schedule).success ? 'id' : 'name';
    const query = new URLSearchParams({ flat: 'true', scheduleIdentifierType });
    const { data } = await withSecret(key, (secret) =>
      callHttp(clients, serviceNamed('Opsgenie'), {
        what: 'reading who is on call',
        ids: { schedule },
        method: 'GET',
        url: `${OPSGENIE[opsgenie.region]}/v2/schedules/${encodeURIComponent(schedule)}/on-calls?${query}`,
        headers: { Authorization: `GenieKey ${secret}` },
        answer: OpsgenieOnCalls,
        repeatable: true,
        secret,
      }),
    );
    return data.onCallRecipients.map((email) => ({ id: null, email }));
  }

  return (schedule) =>
    'pagerDuty' in schedule ? byPagerDuty(schedule.pagerDuty) : byOpsgenie(schedule.opsgenie);
}

/** The escalation policy with the people on call now. A schedule that can't be read adds no one, and a note says so. */
export async function resolveOnCall(
  onCall: OnCall | undefined,
  escalation: Escalation,
  log: Log,
  now: Date,
): Promise<ReturnType<typeof withPeopleOnCall>> {
  const shifts = await Promise.all(
    schedulesOf(escalation).map(async (schedule): Promise<[string, Shift][]> => {
      if (!onCall) return [];
      try {
        return [[nameOf(schedule), { onDuty: await onCall(schedule) }]];
      } catch (error) {
        log('error', 'schedule not read', { schedule: nameOf(schedule), ...errorFields(error) });
        const failure = error instanceof Error ? error.name : 'unknown';
        return [[nameOf(schedule), { failure }]];
      }
    }),
  );
  return withPeopleOnCall(escalation, new Map(shifts.flat()), now);
}
