// Approval requests, votes, and judgements after the fact.
import * as z from 'zod';
import { Instant } from './alert.ts';

/** A person's role towards an action. It decides whether their vote is eligible. */
export const Role = z.enum(['analyst', 'manager']);

export const Approver = z.strictObject({ id: z.string(), name: z.string(), email: z.email() });
export type Approver = z.infer<typeof Approver>;

/** One person's vote on a request. Each person has one vote; a later vote changes nothing. */
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
  /** Whether a single decline ends the request. Otherwise it ends when too few eligible approvers are left. */
  declineEnds: z.boolean().default(true),
  /** Minutes that one of the approvers may add, once; 0 if policy allows none. */
  moreTimeMinutes: z.int().min(0).default(0),
  moreTime: z.strictObject({ by: z.string(), at: Instant }).nullable().default(null),
  /** The person who took the request over. No one else is asked after that; the time limit still applies. */
  acknowledged: z.strictObject({ by: z.string(), at: Instant }).nullable().default(null),
  /** People to whom an approver passed the request. They may decide as well. */
  handedTo: z
    .array(z.strictObject({ to: Approver, by: z.string(), at: Instant }))
    .max(10)
    .default([]),
  /** Escalation steps asked so far. */
  askedRungs: z.int().min(0),
  /** The state machine's callback token, replaced at each escalation step. Never shown and never part of a link. */
  taskToken: z.string().nullable(),
  votes: z.array(Vote).max(20).default([]),
  /** The deciding vote. */
  decision: Vote.nullable(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** Everyone of the escalation policy, and everyone to whom an approver handed the request over. */
export const peopleAsked = ({ rungs, handedTo }: ApprovalRequest): Approver[] => [
  ...new Map(
    [...rungs.flatMap(({ ask }) => ask), ...handedTo.map(({ to }) => to)].map((one) => [
      one.id,
      one,
    ]),
  ).values(),
];

/** One person's judgement of an action that shadow mode observed. A later one replaces it. */
export const Judgement = z.strictObject({
  verdict: z.enum(['right', 'wrong']),
  by: z.string(),
  at: Instant,
  note: z.string().max(300),
});
export type Judgement = z.infer<typeof Judgement>;
