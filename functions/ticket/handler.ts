// Lambda entry of `ticket`: updates the tickets of the incidents that changed.
import * as z from 'zod/mini';
import { ticketDeps } from './deps.ts';
import { updateTickets } from './update-tickets.ts';

const Input = z.object({ incidentIds: z.array(z.string()) });

const deps = ticketDeps(process.env);

export const handler = (input: unknown) => updateTickets(deps, Input.parse(input).incidentIds);
