// The ticket providers of an account: policy's choice, and OpsCenter.

import type { HttpClients } from '../../platform/http.ts';
import { type SecretClients, secretOf } from '../../platform/secret.ts';
import type { Policy } from '../../policy/policy.ts';
import { type Connected, connected } from '../mechanism.ts';
import { JiraCredentials, jira, openJiraIssue } from './jira.ts';
import { openOpsItem, opsCenter, type TicketApi } from './ops-item.ts';
import { openServiceNowIncident, ServiceNowCredentials, serviceNow } from './service-now.ts';
import type { TicketProvider, TicketWriter } from './ticket-provider.ts';

export type TicketClients = HttpClients & SecretClients & { ssm: TicketApi };

/** The provider for new tickets. */
export function ticketProviderOf(
  { channels: { tickets } }: Pick<Policy, 'channels'>,
  clients: TicketClients,
): TicketProvider {
  switch (tickets.system) {
    case 'ops-center':
      return opsCenter(clients.ssm);
    case 'jira':
      return jira(jiraClients(tickets, clients));
    case 'servicenow':
      return serviceNow(serviceNowClients(tickets, clients));
  }
}

/** Includes OpsCenter, so that its tickets can still be closed after policy has changed to another provider. */
export function ticketMechanisms(
  { channels: { tickets } }: Pick<Policy, 'channels'>,
  clients: TicketClients & TicketWriter,
): Connected[] {
  const there = connected(openOpsItem, clients);
  switch (tickets.system) {
    case 'ops-center':
      return [there];
    case 'jira':
      return [there, connected(openJiraIssue, jiraClients(tickets, clients))];
    case 'servicenow':
      return [there, connected(openServiceNowIncident, serviceNowClients(tickets, clients))];
  }
}

type Tickets = Policy['channels']['tickets'];

const jiraClients = <C extends TicketClients>(
  config: Extract<Tickets, { system: 'jira' }>,
  clients: C,
) => ({
  ...clients,
  jira: config,
  credentials: secretOf(clients, config.credentials, JiraCredentials),
});

const serviceNowClients = <C extends TicketClients>(
  config: Extract<Tickets, { system: 'servicenow' }>,
  clients: C,
) => ({
  ...clients,
  serviceNow: config,
  credentials: secretOf(clients, config.credentials, ServiceNowCredentials),
});
