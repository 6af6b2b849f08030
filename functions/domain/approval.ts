// The question put to people, their votes, and their judgement afterwards.
import * as z from 'zod';
import { Instant } from './alert.ts';

/** What people are to an action: whose vote counts. */
export const Role = z.enum(['analyst', 'manager']);

export const Approver = z.strictObject({ id: z.string(), name: z.string(), email: z.email() });
export type Approver = z.infer<typeof Approver>;

/** One person's word on a request. One person, one vote: a later one changes nothing. */
export const Vote = z.strictObject({
  verdict: z.enum(['approved', 'declined']),
  by: z.string(),
  at: Instant,
  reason: z.string().max(500),
});
export type Vote = z.infer<typeof Vote>;

/** The question put to people. Ladder and rules are copied from policy when it is made and do not change after. */
export const ApprovalRequest = z.strictObject({
  requestedAt: Instant,
  expiresAt: Instant,
  rungs: z.array(z.strictObject({ at: Instant, ask: z.array(Approver) })).min(1),
  managers: z.array(Approver),
  /** What was odd when it was made: rungs that were skipped, and why. */
  notes: z.array(z.string().max(300)).max(10).default([]),
  /** How many different people have to approve. Where it is not on record, one alone is not enough. */
  required: z.int().min(1).default(2),
  /** Whose yes counts. */
  roles: z.array(Role).default([]),
  /** One no ends it; otherwise it ends when too few are left who could say yes. */
  declineEnds: z.boolean().default(true),
  /** Minutes that one of the people asked may add, once; 0 where policy allows none. */
  moreTimeMinutes: z.int().min(0).default(0),
  moreTime: z.strictObject({ by: z.string(), at: Instant }).nullable().default(null),
  /** Who is on it: nobody else is asked from then on, and the clock goes on. */
  acknowledged: z.strictObject({ by: z.string(), at: Instant }).nullable().default(null),
  /** People whom somebody asked handed it to: they may decide, too. */
  handedTo: z
    .array(z.strictObject({ to: Approver, by: z.string(), at: Instant }))
    .max(10)
    .default([]),
  /** How many rungs have been asked. */
  askedRungs: z.int().min(0),
  /** The state machine's callback; replaced at each rung, never shown and never in a link. */
  taskToken: z.string().nullable(),
  votes: z.array(Vote).max(20).default([]),
  /** The vote that settled it. */
  decision: Vote.nullable(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** Whether what shadow mode would have done was right. A later word, of anybody, replaces it; the history has both. */
export const Judgement = z.strictObject({
  verdict: z.enum(['right', 'wrong']),
  by: z.string(),
  at: Instant,
  note: z.string().max(300),
});
export type Judgement = z.infer<typeof Judgement>;
