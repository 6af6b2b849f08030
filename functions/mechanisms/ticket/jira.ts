// create_alert_ticket in Jira Cloud (REST API v3): one issue per incident.
import * as z from 'zod/mini';
import { SeverityLabel } from '../../domain/alert.ts';
import { InvalidInput, NotFound } from '../../domain/errors.ts';
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

export type JiraConfig = Omit<Extract<TicketSystem, { system: 'jira' }>, 'system' | 'credentials'>;
/** @see https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/ */
export const JiraCredentials = z.object({
  email: z.email(),
  token: z.string().check(z.minLength(8)),
});
type JiraCredentials = z.infer<typeof JiraCredentials>;
type SiteClients = HttpClients & { jira: JiraConfig; credentials: Secret<JiraCredentials> };
export type JiraClients = SiteClients & TicketWriter;

export const openJiraIssueInfo = ticketInfo({
  id: 'ticket.jira',
  version: 1,
  quota: 'Jira’s rate limits. Its Retry-After is respected',
  configured: ({ channels }) => channels.tickets.system === 'jira',
  noun: 'an issue in Jira',
  manualUndo: ({ incidentId }) => [
    `# in Jira: search for labels = ${labelOf(incidentId)}, and move the issue to a done status`,
  ],
});

export const openJiraIssue = /* @__PURE__ */ ticketMechanism(
  openJiraIssueInfo,
  (clients: JiraClients) => jira(clients),
);

const labelOf = (incidentId: string) => `countermand-${incidentId}`;
const severityLabel = ({ severity }: Pick<Ticket, 'severity'>) => `severity-${severity}`;
/** Replaces the severity and keeps the labels that people added. */
const severityLabels = (ticket: Ticket) => [
  ...SeverityLabel.options
    .filter((severity) => severity !== ticket.severity)
    .map((severity) => ({ remove: severityLabel({ severity }) })),
  { add: severityLabel(ticket) },
];

/**
 * Jira's search is eventually consistent, usually within seconds, so an empty result is repeated once. If it takes
 * longer, an incident may get a second ticket.
 * @see https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/
 */
const INDEX_LAG_MS = 3_000;
/**
 * Jira's limits for a summary and a text field, in characters. The limit applies to the whole JSON document, which is
 * the stricter interpretation.
 */
const MAX_SUMMARY = 255;
const MAX_DOCUMENT = 32_767;

const Found = z.object({ issues: z.array(z.object({ key: z.string() })) });
const Issue = z.object({
  key: z.string(),
  fields: z.object({ status: z.object({ statusCategory: z.object({ key: z.string() }) }) }),
});
const Created = z.object({ key: z.string() });
const Transitions = z.object({
  transitions: z.array(
    z.object({
      id: z.string(),
      to: z.object({ statusCategory: z.object({ key: z.string() }) }),
    }),
  ),
});

/** @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/ */
export function jira({ jira: config, credentials, ...clients }: SiteClients): TicketProvider {
  const { site, project, issueType } = config;
  /** Issues that this process opened, by incident. The search may not return them yet. */
  const opened = new Map<string, string[]>();
  const call = createBasicAuthCall(clients, {
    name: 'Jira',
    baseUrl: `${site}/rest/api/3/`,
    credentials,
    userInfo: ({ email, token }) => `${email}:${token}`,
  });

  const search = async (incidentId: string): Promise<string[]> => {
    const { issues } = await call('search/jql', {
      what: 'looking for the ticket',
      method: 'POST',
      ids: { incidentId },
      body: {
        jql: `project = "${project}" AND labels = "${labelOf(incidentId)}" ORDER BY created ASC`,
        fields: ['status'],
        maxResults: 50,
      },
      answer: Found,
      repeatable: true,
    });
    return issues.map(({ key }) => key);
  };
  /** Read from the issue, which is consistent, unlike the search. A deleted issue is not open. */
  const isOpen = async (key: string): Promise<boolean> => {
    try {
      const { fields } = await call(`issue/${encodeURIComponent(key)}?fields=status`, {
        what: 'reading the ticket',
        method: 'GET',
        ids: { key },
        answer: Issue,
        repeatable: true,
      });
      return fields.status.statusCategory.key !== 'done';
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  };
  const contentsOf = ({ title, body }: Ticket) => ({
    summary: oneLine(title, MAX_SUMMARY),
    description: asDocument(fitting(body, isDocumentWithinLimit)),
  });
  const create: TicketProvider['open'] = async (ticket) => {
    const { incidentId } = ticket;
    const { key } = await call('issue', {
      what: 'opening a ticket',
      method: 'POST',
      ids: { incidentId },
      body: {
        fields: {
          project: { key: project },
          issuetype: { name: issueType },
          ...contentsOf(ticket),
          labels: [labelOf(incidentId), 'countermand', severityLabel(ticket)],
        },
      },
      answer: Created,
    });
    opened.set(incidentId, [...(opened.get(incidentId) ?? []), key]);
    // Wait until the search that follows can find a duplicate that was opened at the same time.
    await clients.sleep(INDEX_LAG_MS);
    return { id: key, name: key };
  };

  const provider: TicketProvider = {
    findOpen: async (incidentId) => {
      const ours = opened.get(incidentId) ?? [];
      let found = await search(incidentId);
      if (found.length + ours.length === 0) {
        await clients.sleep(INDEX_LAG_MS);
        found = await search(incidentId);
      }
      const keys = [...new Set([...found, ...ours])];
      const open = await Promise.all(keys.map(isOpen));
      return keys.filter((_, i) => open[i]).map((key) => ({ id: key, name: key }));
    },
    open: (ticket) => openUnlessOpen(provider, create, ticket),
    update: async ({ id }, ticket) => {
      await call(`issue/${encodeURIComponent(id)}`, {
        what: 'updating the ticket',
        method: 'PUT',
        ids: { id },
        body: { fields: contentsOf(ticket), update: { labels: severityLabels(ticket) } },
        answer: z.unknown(),
        repeatable: true,
      });
    },
    close: async ({ id }, reason) => {
      const path = `issue/${encodeURIComponent(id)}`;
      const ids = { id };
      const { transitions } = await call(`${path}/transitions`, {
        what: 'reading the transitions of the ticket',
        method: 'GET',
        ids,
        answer: Transitions,
        repeatable: true,
      });
      const done = transitions.find(({ to }) => to.statusCategory.key === 'done');
      if (!done)
        throw new InvalidInput(`Jira has no transition from the status of ${id} to done`, ids);
      // Write the comment first: if it failed after the transition, no retry would add it.
      await call(`${path}/comment`, {
        what: 'adding the reason to the ticket',
        method: 'POST',
        ids,
        body: { body: asDocument(fitting(reason, isDocumentWithinLimit)) },
        answer: z.unknown(),
      });
      await call(`${path}/transitions`, {
        what: 'closing the ticket',
        method: 'POST',
        ids,
        body: { transition: { id: done.id } },
        answer: z.unknown(),
      });
    },
  };
  return provider;
}

/**
 * Converts plain text to Atlassian Document Format: paragraphs at blank lines, hard breaks at line ends. Text nodes
 * must not be empty.
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function asDocument(text: string) {
  const paragraphs = text.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== '');
  return {
    type: 'doc',
    version: 1,
    content: paragraphs.map((paragraph) => ({
      type: 'paragraph',
      content: paragraph
        .split('\n')
        .flatMap((line, i) => [
          ...(i > 0 ? [{ type: 'hardBreak' }] : []),
          ...(line === '' ? [] : [{ type: 'text', text: line }]),
        ]),
    })),
  };
}

const isDocumentWithinLimit = (text: string): boolean =>
  JSON.stringify(asDocument(text)).length <= MAX_DOCUMENT;
