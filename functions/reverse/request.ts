// The input of `reverse`: the action to undo, the cause and the requester.
import * as z from 'zod/mini';
import { ActionId, IncidentId } from '../domain/action.ts';
import { Caught } from '../platform/caught-error.ts';

export const ReverseInput = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  /** `check` undoes nothing: it looks whether the effect is still there. */
  cause: z.enum(['due', 'person', 'sweeper', 'execution-failed', 'check']),
  /** Who wants it: `schedule`, `sweep`, `respond` or `person:<id>`. */
  by: z.string().check(z.minLength(1), z.maxLength(128)),
  /** Name of the state machine's execution: its retries go on where it was, any other has to wait for it. */
  execution: z.optional(z.string().check(z.maxLength(128))),
  /** What the state machine caught, when an execution failed. */
  failure: z.optional(Caught),
});
export type ReverseInput = z.infer<typeof ReverseInput>;
