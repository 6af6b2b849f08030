// Approval requests, votes, and judgements after the fact.
import * as z from 'zod/mini';
import { Instant } from './reference.ts';

/** A person's role towards an action. It decides whether their vote is eligible. */
export const Role = z.enum(['analyst', 'manager']);

export const Approver = z.strictObject({ id: z.string(), name: z.string(), email: z.email() });
export type Approver = z.infer<typeof Approver>;

/** Claims under a MAC, as functions/authority makes them. The record alone decides nothing. */
export const Proof = z.string().check(z.maxLength(2048));

/** What a person ordered after the decision. */
export const Order = z.strictObject({
  kind: z.enum(['keep', 'extend', 'undo', 'ask-anew']),
  by: z.string(),
  at: Instant,
  proof: Proof,
});
export type Order = z.infer<typeof Order>;

/** What was decided, and by whose vote. */
const decided = {
  verdict: z.enum(['approved', 'declined']),
  by: z.string(),
  at: Instant,
  reason: z.string().check(z.maxLength(500)),
};
const Decision = z.strictObject(decided);

/** One person's vote on a request. Each person has one vote; a later vote changes nothing. */
export const Vote = z.strictObject({
  ...decided,
  /** The longest time that this person agreed to, in minutes; null for an action without an end. */
  durationMinutes: z._default(z.nullable(z.int().check(z.gte(1))), null),
  /** Proof of all of this except the reason. A vote without proof doesn't count. */
  proof: z._default(z.nullable(Proof), null),
});
export type Vote = z.infer<typeof Vote>;

/** Of several approvers, the one who agreed to the shortest time counts. Null for an action without an end. */
export function agreedMinutes(
  durationMinutes: number | null,
  approvals: readonly Pick<Vote, 'durationMinutes'>[],
): number | null {
  if (durationMinutes === null) return null;
  return Math.min(durationMinutes, ...approvals.flatMap((vote) => vote.durationMinutes ?? []));
}

export const MAX_VOTES = 20;
export const MAX_HAND_OVERS = 10;
export const MAX_NOTES = 10;

/** Why a person declined. Stored, so these must not change. */
export const DeclineReason = z.enum([
  'false-alarm',
  'expected-work',
  'too-much-impact',
  'wrong-target',
  'not-enough-evidence',
  'something-else',
]);
export type DeclineReason = z.infer<typeof DeclineReason>;

/** An approval request. It copies the escalation policy when it is created and never changes it. */
export const ApprovalRequest = z.strictObject({
  requestedAt: Instant,
  expiresAt: Instant,
  rungs: z.array(z.strictObject({ at: Instant, ask: z.array(Approver) })).check(z.minLength(1)),
  managers: z.array(Approver),
  /** Skipped escalation steps, with the reason. */
  notes: z._default(z.array(z.string().check(z.maxLength(300))).check(z.maxLength(MAX_NOTES)), []),
  /** Distinct approvers needed. A record without this field needs two. */
  required: z._default(z.int().check(z.gte(1)), 2),
  /** Roles of the eligible approvers. */
  roles: z._default(z.array(Role), []),
  /** Whether a single decline ends the request. Otherwise it ends when too few eligible approvers are left. */
  declineEnds: z._default(z.boolean(), true),
  /** Minutes that one of the approvers may add, once; 0 if policy allows none. */
  moreTimeMinutes: z._default(z.int().check(z.gte(0)), 0),
  moreTime: z._default(z.nullable(z.strictObject({ by: z.string(), at: Instant })), null),
  /** The person who took the request over. No one else is asked after that; the time limit still applies. */
  acknowledged: z._default(z.nullable(z.strictObject({ by: z.string(), at: Instant })), null),
  /** People who received the request from an approver. They may decide as well. */
  handedTo: z._default(
    z
      .array(z.strictObject({ to: Approver, by: z.string(), at: Instant }))
      .check(z.maxLength(MAX_HAND_OVERS)),
    [],
  ),
  /** Escalation steps asked so far. */
  askedRungs: z.int().check(z.gte(0)),
  /** The state machine's callback token, replaced at each escalation step. Never shown and never part of a link. */
  taskToken: z.nullable(z.string()),
  votes: z._default(z.array(Vote).check(z.maxLength(MAX_VOTES)), []),
  /** Why people declined, given after their vote: at most one reason for each. No proof covers it. */
  declineReasons: z._default(
    z
      .array(
        z.strictObject({
          by: z.string(),
          at: Instant,
          why: DeclineReason,
          note: z.string().check(z.maxLength(500)),
        }),
      )
      .check(z.maxLength(MAX_VOTES)),
    [],
  ),
  /** The deciding vote. */
  decision: z.nullable(Decision),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

export const approvalsIn = (request: ApprovalRequest | null): Vote[] =>
  (request?.votes ?? []).filter(({ verdict }) => verdict === 'approved');

/** Everyone who was asked so far. */
export const askedSoFar = ({ rungs, askedRungs, handedTo }: ApprovalRequest): Approver[] => [
  ...rungs.slice(0, askedRungs).flatMap(({ ask }) => ask),
  ...handedTo.map(({ to }) => to),
];

/** Everyone in the escalation policy, and everyone who received the request from an approver. */
export const peopleAsked = ({ rungs, handedTo }: ApprovalRequest): Approver[] => [
  ...new Map(
    [...rungs.flatMap(({ ask }) => ask), ...handedTo.map(({ to }) => to)].map((one) => [
      one.id,
      one,
    ]),
  ).values(),
];

/** One person's judgement of an action that was observed in shadow mode. A later judgement replaces it. */
export const Judgement = z.strictObject({
  verdict: z.enum(['right', 'wrong']),
  by: z.string(),
  at: Instant,
  note: z.string().check(z.maxLength(300)),
});
export type Judgement = z.infer<typeof Judgement>;

/** The code of the reason for a hand-off without enough eligible approvers. Stored, so it must not change. */
export const TOO_FEW_APPROVERS = 'too-few-approvers';
