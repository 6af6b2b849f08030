// The interface of a ticket provider, and the mechanism on top of it.
import * as z from 'zod/mini';
import type { SeverityLabel } from '../../domain/alert.ts';
import { NotFound } from '../../domain/errors.ts';
import { type Driver, defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';

/** The contents of a ticket. Code writes `body`, and marks any text of the model or of the alert in it. */
export type Ticket = { incidentId: string; title: string; body: string; severity: Severity };
type Severity = z.infer<typeof SeverityLabel>;

/** Where people read the text: in the ticket, or in a message about the incident. */
export type ReadIn = 'ticket' | 'message';

/** Writes the ticket of an incident from its records. */
export type WriteTicket = (incidentId: string, readIn?: ReadIn) => Promise<Ticket>;
/** What a mechanism needs besides the client of its provider. */
export type TicketWriter = { writeTicket: WriteTicket };

const LEFT_OUT =
  'This text is too long for the ticket. The rest is in the messages and in the record.';

/**
 * Leaves out the last lines of a text that exceeds the limit, and says so. No line is cut, because it may be a command.
 * If the first line does not fit, only the note remains.
 */
export function fitting(text: string, isWithin: (text: string) => boolean): string {
  if (isWithin(text)) return text;
  const lines = text.split('\n');
  let [fits, fails] = [0, lines.length];
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    if (isWithin(withNote(lines.slice(0, middle)))) fits = middle;
    else fails = middle;
  }
  return fits > 0 ? withNote(lines.slice(0, fits)) : LEFT_OUT;
}

const withNote = (lines: readonly string[]): string => [...lines, '', LEFT_OUT].join('\n');

/** `id` is for the provider's API, `name` is the ticket's name for people. */
export type TicketRef = { id: string; name: string };

export type TicketProvider = {
  /** The open tickets of the incident, oldest first. */
  findOpen(incidentId: string): Promise<TicketRef[]>;
  /** Returns the incident's open ticket, or opens one. */
  open(ticket: Ticket): Promise<TicketRef>;
  /** Replaces the title, the text and the severity. */
  update(ticket: TicketRef, contents: Ticket): Promise<void>;
  /** Closes the ticket with a reason that people can read. */
  close(ticket: TicketRef, reason: string): Promise<void>;
};

/**
 * `open` for systems without deduplication:
 *
 * 1. If the incident has an open ticket, it returns that one.
 * 2. Otherwise it creates a ticket.
 * 3. It searches again. If an older ticket was opened at the same time, it closes its own as a duplicate and returns
 *    the older one.
 */
export async function openUnlessOpen(
  { findOpen, close }: Pick<TicketProvider, 'findOpen' | 'close'>,
  create: TicketProvider['open'],
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

/** Tickets of this incident that were open before the action. They aren't closed on revert. */
const Before = z.strictObject({ openBefore: z.array(z.string()) });
type Before = z.infer<typeof Before>;

type System = Pick<MechanismInfo, 'id' | 'version' | 'quota' | 'configured'> & {
  /** Its name in a sentence: `an issue in Jira`. */
  noun: string;
  /** Shell commands or instructions that close the ticket, without placeholders. */
  manualUndo: (subject: Subject) => string[];
};

/** Describes create_alert_ticket with one ticket provider. */
export const ticketInfo = ({ noun, manualUndo, ...about }: System): MechanismInfo => ({
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
});

/** create_alert_ticket with one ticket provider. */
export const ticketMechanism = <Clients extends TicketWriter>(
  info: MechanismInfo,
  providerOf: (clients: Clients) => TicketProvider,
) =>
  defineMechanism<Clients, Before>(info, {
    before: Before,
    alreadyInPlace: ({ openBefore }) => openBefore.length > 0,
    connect: (clients) => connect(providerOf(clients), clients),
  });

/** A ticket that was found open and is missing now was deleted in between. */
async function closeUnlessGone(
  { close }: Pick<TicketProvider, 'close'>,
  ...ticket: Parameters<TicketProvider['close']>
): Promise<void> {
  try {
    await close(...ticket);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}

function connect(provider: TicketProvider, { writeTicket }: TicketWriter): Driver<Before> {
  const ours = async (incidentId: string, { openBefore }: Before) =>
    (await provider.findOpen(incidentId)).filter(({ id }) => !openBefore.includes(id));
  return {
    capture: async ({ incidentId }) => ({
      openBefore: (await provider.findOpen(incidentId)).map(({ id }) => id),
    }),
    apply: async ({ incidentId }) => {
      await provider.open(await writeTicket(incidentId));
    },
    verify: async ({ incidentId }) => {
      const [ticket] = await provider.findOpen(incidentId);
      return ticket
        ? { holds: true, found: `${ticket.name} is open` }
        : { holds: false, found: 'this incident has no open ticket' };
    },
    revert: async ({ incidentId, actionId }, before) => {
      for (const ticket of await ours(incidentId, before))
        await closeUnlessGone(provider, ticket, `Withdrawn: ${actionId} was undone`);
    },
    verifyReverted: async ({ incidentId }, before) => {
      const left = (await ours(incidentId, before)).map(({ name }) => name);
      return left.length === 0
        ? { holds: true, found: 'The ticket is closed or was deleted' }
        : { holds: false, found: `${left.join(', ')} is still open` };
    },
  };
}
