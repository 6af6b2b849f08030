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

/** An approval request. It copies the escalation policy when it is created and never changes it. */
export const ApprovalRequest = z.strictObject({
  requestedAt: Instant,
  expiresAt: Instant,
  rungs: z.array(z.strictObject({ at: Instant, ask: z.array(Approver) })).min(1),
  managers: z.array(Approver),
  /** Skipped escalation steps, with the reason. */
  notes: z.array(z.string().max(300)).max(10).default([]),
  /** Distinct approvers needed. A record without this field needs two. */
  required: z.int().min(1).default(2),
  /** Roles of the eligible approvers. */
  roles: z.array(Role).default([]),
  /** One no ends it; otherwise it ends when too few are left who could say yes. */
  declineEnds: z.boolean().default(true),
  /** Minutes that one of the people asked may add, once; 0 where policy allows none. */
  moreTimeMinutes: z.int().min(0).default(0),
  moreTime: z.strictObject({ by: z.string(), at: Instant }).nullable().default(null),
  /** The person who took it on. No one else is asked after that; the time limit still applies. */
  acknowledged: z.strictObject({ by: z.string(), at: Instant }).nullable().default(null),
  /** People to whom an asked person handed it. They may decide as well. */
  handedTo: z
    .array(z.strictObject({ to: Approver, by: z.string(), at: Instant }))
    .max(10)
    .default([]),
  /** Escalation steps asked so far. */
  askedRungs: z.int().min(0),
  /** The state machine's callback, replaced at each escalation step. Never shown, never in a link. */
  taskToken: z.string().nullable(),
  votes: z.array(Vote).max(20).default([]),
  /** The vote that settled it. */
  decision: Vote.nullable(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** One person's judgement of an action that shadow mode observed. A later one replaces it. */
export const Judgement = z.strictObject({
  verdict: z.enum(['right', 'wrong']),
  by: z.string(),
  at: Instant,
  note: z.string().max(300),
});
export type Judgement = z.infer<typeof Judgement>;
