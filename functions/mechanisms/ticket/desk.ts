// A ticket system as the mechanisms and notify see it, and what is the same for all of them: one open ticket an incident.
import * as z from 'zod/mini';
import type { Driver, Mechanism, Subject } from '../mechanism.ts';

/** What a ticket says. `body` is written by code; what a model wrote in it is marked by whoever composes it. */
export type Ticket = { incidentId: string; title: string; body: string };

/** `id` is what the system's API takes, `name` what people call the ticket. */
export type TicketRef = { id: string; name: string };

export type TicketDesk = {
  /** Those of the incident that are not done, oldest first. */
  findOpen(incidentId: string): Promise<TicketRef[]>;
  /** Opens the incident's ticket, or finds the one that is open. */
  open(ticket: Ticket): Promise<TicketRef>;
  /** Ends it, with the reason where people read it. */
  close(ticket: TicketRef, reason: string): Promise<void>;
};

/** Several calls make one ticket, and a function that opens one has people to tell after it. */
export const PATIENCE = { timeoutMs: 5_000, retries: 2, longestWaitSeconds: 5 } as const;

/**
 * `open` for systems that take any number of tickets of one name: the one that is open, or a new one. Where two were
 * opened at the same moment, the older one stays and the other is closed as its duplicate.
 */
export async function openUnlessOpen(
  { findOpen, close }: Pick<TicketDesk, 'findOpen' | 'close'>,
  create: TicketDesk['open'],
  ticket: Ticket,
): Promise<TicketRef> {
  const [there] = await findOpen(ticket.incidentId);
  if (there) return there;
  const ours = await create(ticket);
  const [oldest] = await findOpen(ticket.incidentId);
  if (!oldest || oldest.id === ours.id) return ours;
  await close(ours, `Duplicate of ${oldest.name}`);
  return oldest;
}

/** Tickets of this incident that were open before us: somebody else's, or told to people already. */
const Before = z.strictObject({ openBefore: z.array(z.string()) });
type Before = z.infer<typeof Before>;

type System<Clients> = Pick<
  Mechanism<Clients, Before>,
  'id' | 'version' | 'quota' | 'configured'
> & {
  /** What it is called in a sentence: `an issue in Jira`. */
  noun: string;
  /** Shell commands or clicks that close it, with nothing to fill in. */
  manualUndo: (subject: Subject) => string[];
  deskOf: (clients: Clients) => TicketDesk;
};

/** create_alert_ticket on one ticket system. */
export const ticketMechanism = <Clients>({
  noun,
  manualUndo,
  deskOf,
  ...about
}: System<Clients>): Mechanism<Clients, Before> => ({
  ...about,
  action: 'create_alert_ticket',
  scope: 'ticket',
  targetKinds: ['alert'],
  effects: () => [{}],
  effectKey: ({ incidentId }) => `ticket:${incidentId}`,
  describe: (subject) => ({
    headline: 'Open a ticket for this incident',
    changes: [`Open ${noun}, unless the incident already has an open one`],
    affected: ['No user and no service'],
    undo: 'Closes the ticket with the reason',
    manualUndo: manualUndo(subject),
  }),
  before: Before,
  alreadyInPlace: ({ openBefore }) => openBefore.length > 0,
  connect: (clients) => connect(deskOf(clients)),
});

function connect(desk: TicketDesk): Driver<Before> {
  const ours = async (incidentId: string, { openBefore }: Before) =>
    (await desk.findOpen(incidentId)).filter(({ id }) => !openBefore.includes(id));
  return {
    capture: async ({ incidentId }) => ({
      openBefore: (await desk.findOpen(incidentId)).map(({ id }) => id),
    }),
    apply: async ({ incidentId, target }) => {
      await desk.open({
        incidentId,
        title: `security alert ${target.value}`,
        body: `Countermand opened this ticket for incident ${incidentId}. The incident's record has the alert, the analysis and every action.`,
      });
    },
    verify: async ({ incidentId }) => {
      const [ticket] = await desk.findOpen(incidentId);
      return ticket
        ? { holds: true, found: `${ticket.name} is open` }
        : { holds: false, found: 'this incident has no open ticket' };
    },
    revert: async ({ incidentId, actionId }, before) => {
      for (const ticket of await ours(incidentId, before))
        await desk.close(ticket, `Withdrawn: ${actionId} was undone`);
    },
    verifyReverted: async ({ incidentId }, before) => {
      const left = (await ours(incidentId, before)).map(({ name }) => name);
      return left.length === 0
        ? { holds: true, found: 'The ticket is closed' }
        : { holds: false, found: `${left.join(', ')} is still open` };
    },
  };
}
