// Dependencies of `notify`, and how they are built in AWS.

import { SSM } from '@aws-sdk/client-ssm';
import type { Env } from '../domain/env.ts';
import type { Mac } from '../links/signed-claims.ts';
import { ticketProviderOf } from '../mechanisms/ticket/ticket-providers.ts';
import { linkDeps } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import { ticketSteps } from '../messaging/texts/ticket-steps.ts';
import { ticketOf } from '../messaging/ticket.ts';
import { withDeadline } from '../platform/deadline.ts';
import { remoteClients } from '../platform/http-clients.ts';
import type { Log } from '../platform/log.ts';
import { createOnCall, type OnCall } from '../platform/on-call-schedule.ts';
import { incidentUrlOf } from '../policy/incident-page.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';

/** Less than half of the function's timeout, which leaves time to notify people with or without a ticket. */
const TICKET_MS = 25_000;

export type NotifyDeps = {
  store: Pick<Store, 'records' | 'pager'>;
  policy: Policy;
  /** Reads on-call schedules. Without it, schedules add no recipients. */
  onCall?: OnCall;
  send: Send;
  /** Opens or finds the incident's ticket and returns its name. */
  openTicket: (incidentId: string) => Promise<string>;
  mac: Pick<Mac, 'generate'>;
  /** Signs the counts of pages. */
  pageKey: Mac;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function notifyDeps(env: Env): NotifyDeps {
  const deps = linkDeps('notify', env);
  const clients = remoteClients();
  const provider = ticketProviderOf(deps.policy, { ...clients, ssm: new SSM({}) });
  return {
    ...deps,
    onCall: createOnCall(deps.policy.escalation.onCall ?? {}, clients),
    openTicket: async (incidentId) => {
      const ticket = await ticketOf(deps.store.records, incidentId, deps.now(), {
        writeSteps: ticketSteps,
        urlOf: incidentUrlOf(deps),
      });
      return (await withDeadline(AbortSignal.timeout(TICKET_MS), () => provider.open(ticket))).name;
    },
  };
}
