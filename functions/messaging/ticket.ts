// Reads the records of an incident and writes its ticket.
import { type Incident, worstFirst } from '../domain/incident.ts';
import { harmless } from '../domain/wording.ts';
import type { ReadIn, Ticket } from '../mechanisms/ticket/ticket-provider.ts';
import type { Store } from '../store/store.ts';
import { type AlertRecord, ticketText } from './texts/ticket.ts';
import type { ticketSteps } from './texts/ticket-steps.ts';

export type TicketRecords = Pick<
  Store['records'],
  'readableIncident' | 'readableAlert' | 'findFacts' | 'findAssessment' | 'actions'
>;

export type TicketParts = {
  writeSteps?: typeof ticketSteps;
  readIn?: ReadIn;
  /** The address of the incident in the console, or null. */
  urlOf?: (incidentId: string) => string | null;
};

/** The ticket names the most severe alerts, and reads no more of them than its text has room for. */
const MAX_ALERTS_READ = 5;

/**
 * An unreadable record leaves a gap in the text: a ticket with gaps is better than none.
 *
 * Without `writeSteps` the ticket has no commands, and without `urlOf` no link to the incident. The executor opens it
 * so, which keeps the executor small; the function `ticket` adds both seconds later.
 */
export async function ticketOf(
  records: TicketRecords,
  incidentId: string,
  now: Date,
  { writeSteps = () => [], readIn = 'ticket', urlOf = () => null }: TicketParts = {},
): Promise<Ticket> {
  const incident = await records.readableIncident(incidentId);
  const alerts = await readAlerts(records, incident);
  const [worst] = alerts;
  const assessment = worst && (await records.findAssessment(incidentId, worst.alert.alertId));
  const actions = await records.actions(incidentId);
  const steps = writeSteps(actions, alerts);
  const contents = { incidentId, incident, alerts, assessment, actions, steps };
  const ticket = ticketText(contents, now, readIn);
  return {
    ...ticket,
    title: harmless(ticket.title),
    body: withLink(harmless(ticket.body), urlOf(incidentId)),
  };
}

/** Below the first paragraph, which no ticket system cuts off. Added after `harmless`, so that it stays a link. */
function withLink(body: string, url: string | null): string {
  if (url === null) return body;
  const [first, ...rest] = body.split('\n\n');
  return [first, `Timeline and actions: ${url}`, ...rest].join('\n\n');
}

async function readAlerts(
  records: TicketRecords,
  incident: Incident | undefined,
): Promise<AlertRecord[]> {
  if (!incident) return [];
  const { incidentId } = incident;
  const worst = worstFirst(incident.alerts).slice(0, MAX_ALERTS_READ);
  const read = worst.map(async ({ alertId }) => {
    const alert = await records.readableAlert(incidentId, alertId);
    const facts = (await records.findFacts(incidentId, alertId)) ?? null;
    return alert ? [{ alert, facts }] : [];
  });
  return (await Promise.all(read)).flat();
}
