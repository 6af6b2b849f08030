// The ticket systems of an account: the one that policy names, and OpsCenter, where earlier tickets may be.

import type { HttpClients } from '../../platform/http.ts';
import { type SecretClients, secretOf } from '../../platform/secret.ts';
import type { Policy } from '../../policy/policy.ts';
import { type Connected, connected } from '../mechanism.ts';
import type { TicketDesk } from './desk.ts';
import { JiraCredentials, jira, openJiraIssue } from './jira.ts';
import { openOpsItem, opsCenter, type TicketApi } from './ops-item.ts';
import { openServiceNowIncident, ServiceNowCredentials, serviceNow } from './service-now.ts';

export type DeskClients = HttpClients & SecretClients & { ssm: TicketApi };

/** Where new tickets go. */
export function deskOf(
  { channels: { tickets } }: Pick<Policy, 'channels'>,
  clients: DeskClients,
): TicketDesk {
  switch (tickets.system) {
    case 'ops-center':
      return opsCenter(clients.ssm);
    case 'jira':
      return jira(jiraClients(tickets, clients));
    case 'servicenow':
      return serviceNow(serviceNowClients(tickets, clients));
  }
}

/** What was opened in OpsCenter is closed there, also after policy has moved on to another system. */
export function ticketMechanisms(
  { channels: { tickets } }: Pick<Policy, 'channels'>,
  clients: DeskClients,
): Connected[] {
  const there = connected(openOpsItem, { ssm: clients.ssm });
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

const jiraClients = (config: Extract<Tickets, { system: 'jira' }>, clients: DeskClients) => ({
  ...clients,
  jira: config,
  credentials: secretOf(clients, config.credentials, JiraCredentials),
});

const serviceNowClients = (
  config: Extract<Tickets, { system: 'servicenow' }>,
  clients: DeskClients,
) => ({
  ...clients,
  serviceNow: config,
  credentials: secretOf(clients, config.credentials, ServiceNowCredentials),
});
