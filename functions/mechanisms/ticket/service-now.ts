// create_alert_ticket in ServiceNow (Table API): one record per incident.
import * as z from 'zod/mini';
import { oneLine } from '../../domain/wording.ts';
import type { HttpClients } from '../../platform/http.ts';
import type { Secret } from '../../platform/secret.ts';
import type { TicketSystem } from '../../policy/schemas/channels.ts';
import { createBasicAuthCall } from './basic-auth.ts';
import {
  fitting,
  openUnlessOpen,
  type Ticket,
  type TicketProvider,
  type TicketWriter,
  ticketInfo,
  ticketMechanism,
} from './ticket-provider.ts';

export type ServiceNowConfig = Omit<
  Extract<TicketSystem, { system: 'servicenow' }>,
  'system' | 'credentials'
>;
export const ServiceNowCredentials = z.object({
  user: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
});
type ServiceNowCredentials = z.infer<typeof ServiceNowCredentials>;
type InstanceClients = HttpClients & {
  serviceNow: ServiceNowConfig;
  credentials: Secret<ServiceNowCredentials>;
};
export type ServiceNowClients = InstanceClients & TicketWriter;

export const openServiceNowIncidentInfo = ticketInfo({
  id: 'ticket.servicenow',
  version: 1,
  quota: 'The instance’s rate limits. Its Retry-After is respected',
  configured: ({ channels }) => channels.tickets.system === 'servicenow',
  noun: 'an incident record in ServiceNow',
  manualUndo: ({ incidentId }) => [
    `# in ServiceNow: search for incidents with the correlation ID ${incidentId}, and close them`,
  ],
});

export const openServiceNowIncident = /* @__PURE__ */ ticketMechanism(
  openServiceNowIncidentInfo,
  (clients: ServiceNowClients) => serviceNow(clients),
);

/** Incident states: resolved, closed, canceled. A resolved incident is still active. */
const DONE = ['6', '7', '8'];
const CLOSED = '7';
/** ServiceNow's limits for a title and a text, in characters. */
const MAX_TITLE = 160;
const MAX_BODY = 4_000;
const isWithinLimit = (text: string): boolean => text.length <= MAX_BODY;

const URGENCIES: Readonly<Record<Ticket['severity'], string>> = {
  critical: '1',
  high: '1',
  medium: '2',
  low: '3',
  informational: '3',
};

const Row = z.object({
  sys_id: z.string().check(z.minLength(1)),
  number: z.string().check(z.minLength(1)),
});
const Rows = z.object({ result: z.array(Row) });
const OneRow = z.object({ result: Row });
const refOf = ({ sys_id, number }: z.infer<typeof Row>) => ({ id: sys_id, name: number });

/** @see https://www.servicenow.com/docs/bundle/api-reference/page/integrate/inbound-rest/concept/c_TableAPI.html */
export function serviceNow({ serviceNow: config, credentials, ...clients }: InstanceClients) {
  const { site, closeCode } = config;
  const call = createBasicAuthCall(clients, {
    name: 'ServiceNow',
    baseUrl: `${site}/api/now/table/incident`,
    credentials,
    userInfo: ({ user, password }) => `${user}:${password}`,
  });

  const contentsOf = ({ title, body, severity }: Ticket) => ({
    short_description: oneLine(title, MAX_TITLE),
    description: fitting(body, isWithinLimit),
    // The instance derives the priority from impact and urgency.
    impact: '2',
    urgency: URGENCIES[severity],
  });
  const create: TicketProvider['open'] = async (ticket) => {
    const { incidentId } = ticket;
    const { result } = await call('?sysparm_fields=sys_id,number', {
      what: 'opening a ticket',
      method: 'POST',
      ids: { incidentId },
      body: {
        ...contentsOf(ticket),
        correlation_id: incidentId,
        correlation_display: 'Countermand',
      },
      answer: OneRow,
    });
    return refOf(result);
  };

  const provider: TicketProvider = {
    findOpen: async (incidentId) => {
      const query = `correlation_id=${incidentId}^stateNOT IN${DONE.join(',')}^ORDERBYsys_created_on^ORDERBYnumber`;
      const parameters = new URLSearchParams({
        sysparm_query: query,
        sysparm_fields: 'sys_id,number',
        sysparm_limit: '50',
      });
      const { result } = await call(`?${parameters}`, {
        what: 'looking for the ticket',
        method: 'GET',
        ids: { incidentId },
        answer: Rows,
        repeatable: true,
      });
      return result.map(refOf);
    },
    open: (ticket) => openUnlessOpen(provider, create, ticket),
    update: async ({ id }, ticket) => {
      await call(`/${encodeURIComponent(id)}?sysparm_fields=sys_id,number`, {
        what: 'updating the ticket',
        method: 'PATCH',
        ids: { id },
        body: contentsOf(ticket),
        answer: OneRow,
        repeatable: true,
      });
    },
    close: async ({ id }, reason) => {
      await call(`/${encodeURIComponent(id)}?sysparm_fields=sys_id,number`, {
        what: 'closing the ticket',
        method: 'PATCH',
        ids: { id },
        body: { state: CLOSED, close_code: closeCode, close_notes: fitting(reason, isWithinLimit) },
        answer: OneRow,
        repeatable: true,
      });
    },
  };
  return provider;
}
