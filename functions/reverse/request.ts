// The input of `reverse`: the action to undo, the cause and the requester.
import * as z from 'zod/mini';
import { ActionId, IncidentId } from '../domain/action.ts';
import { Proof } from '../domain/approval.ts';
import { Caught } from '../platform/caught-error.ts';

export const ReverseInput = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  /** `check` undoes nothing and only checks whether the effect is still in place. */
  cause: z.enum(['due', 'person', 'sweeper', 'execution-failed', 'check']),
  /** The requester: `schedule`, `sweep`, `respond` or `person:<id>`. */
  by: z.string().check(z.minLength(1), z.maxLength(128)),
  /** The whole input of the execution. That of a schedule carries the evidence of the executor that made it. */
  started: z.optional(z.object({ evidence: z.optional(z.nullable(Proof)) })),
  /** Name of the state machine's execution. Retries continue under the same name; another execution must wait. */
  execution: z.optional(z.string().check(z.maxLength(128))),
  /** The error that the state machine caught from a failed execution. */
  failure: z.optional(Caught),
});
export type ReverseInput = z.infer<typeof ReverseInput>;

/** Evidence from outside the table, or null. */
export const carriedEvidence = ({ started }: ReverseInput): string | null =>
  started?.evidence ?? null;
