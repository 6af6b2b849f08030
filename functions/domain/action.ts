// One action from recommendation to undo, and the legal state transitions.
import * as z from 'zod/mini';
import { ActionName } from './action-catalog.ts';
import { Entity } from './alert.ts';
import { ApprovalRequest, Judgement, Order, Proof } from './approval.ts';
import { Recommendation } from './assessment.ts';
import { Instant } from './reference.ts';

/**
 * The alert's ID, the number of the recommendation, a letter (`b` to `e`) where one recommendation became several
 * actions, and `r1`, `r2`, ... where the action was requested again.
 */
export const ActionId = z.string().check(z.regex(/^act-[0-9a-z]{16}-\d{1,2}[b-e]?(r[1-9])?$/));
/** 16 characters from the first alert's ID. A `2` before them names the layout of its records. */
export const IncidentId = z.string().check(z.regex(/^inc-2?[0-9a-z]{16}$/));

export const Status = z.enum([
  'proposed',
  'awaiting-approval',
  'approved',
  'declined',
  'expired',
  'executing',
  'in-force',
  'kept',
  'reversing',
  'reversed',
  'reversal-failed',
  'observed',
  'handed-off',
  'dropped',
  'failed',
]);
export type Status = z.infer<typeof Status>;

/** Its change was applied, and no undo has ended. */
export const APPLIED: readonly Status[] = ['in-force', 'kept', 'reversing', 'reversal-failed'];

/** Its change may be in place: the executor has captured the state before it, and no undo has ended. */
export const MAY_HAVE_EFFECT: readonly Status[] = ['executing', ...APPLIED];

/** Its change is in place, as far as the record knows. */
export const isInForce = ({ status }: { status: Status }): boolean =>
  status === 'in-force' || status === 'kept';

/** Every legal transition. All others are rejected with IllegalTransition. */
export const TRANSITIONS: Readonly<Record<Status, readonly Status[]>> = {
  proposed: ['awaiting-approval', 'executing', 'observed', 'handed-off', 'dropped', 'failed'],
  'awaiting-approval': ['approved', 'declined', 'expired', 'failed'],
  // The gate runs again after approval and may find a reason to stop.
  approved: ['executing', 'observed', 'handed-off', 'failed'],
  executing: ['in-force', 'reversing', 'failed'],
  'in-force': ['kept', 'reversing'],
  // A person may undo what a person kept.
  kept: ['reversing'],
  // `failed` is the end of an execution that was compensated: undone, and never in force.
  reversing: ['reversed', 'failed', 'reversal-failed'],
  'reversal-failed': ['reversing', 'kept'],
  declined: [],
  expired: [],
  reversed: [],
  observed: [],
  'handed-off': [],
  dropped: [],
  failed: [],
};

/** The gate's decision, from lenient to strict. A rule may move a decision towards the end of this list, never back. */
export const Disposition = z.enum(['auto', 'approve', 'observe', 'hand-off', 'dropped']);
export type Disposition = z.infer<typeof Disposition>;

/** A reason: a code for metrics and a sentence for people. */
export const Reason = z.strictObject({
  code: z.string().check(z.regex(/^[a-z0-9-]+$/)),
  text: z.string().check(z.maxLength(500)),
});
export type Reason = z.infer<typeof Reason>;

/** One evaluated rule, recorded to explain the decision later. */
export const EvaluatedRule = z.strictObject({
  rule: z.string().check(z.maxLength(64)),
  /** What the rule evaluated, as JSON, truncated. */
  inputs: z.string().check(z.maxLength(300)),
  /** The least strict disposition that the rule allows; null if it allows any. */
  verdict: z.nullable(Disposition),
});
export type EvaluatedRule = z.infer<typeof EvaluatedRule>;

/** Written by code, never by the model. Each field answers one question of the approver. */
export const Description = z.strictObject({
  /** One line: verb, object, place. */
  headline: z.string(),
  /** What exactly changes, and on which resource. */
  changes: z.array(z.string()),
  /** Who and what is affected. */
  affected: z.array(z.string()),
  /** How it is undone. `manualUndo` holds the commands with which a person undoes it. */
  undo: z.string(),
  manualUndo: z.array(z.string()),
});
export type Description = z.infer<typeof Description>;

/** One entry in the history of an action or incident. `hash` covers `previous` and all fields above it. */
export const HistoryEntry = z.strictObject({
  seq: z.int().check(z.gte(0)),
  at: Instant,
  /** A function's name, or `person:<id>`. */
  by: z.string().check(z.minLength(1), z.maxLength(128)),
  event: z.string().check(z.minLength(1), z.maxLength(64)),
  text: z.string().check(z.maxLength(1000)),
  /**
   * IDs of the people the entry concerns: who was asked (`asked`), paged (`told`), not reached (`not-reached`), not
   * reached by Slack (`slack-failed`), not paged (`not-woken`), or has it in a digest (`collected`). Absent in other
   * entries, and in those of earlier versions.
   */
  people: z.optional(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(100))),
  previous: z.string().check(z.maxLength(64)),
  hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

const PERSON = 'person:';

/** The ID of the person in `by` of an entry; null for a function. */
export const personIn = (by: string): string | null =>
  by.startsWith(PERSON) ? by.slice(PERSON.length) : null;

/** Whether the entry concerns the person. An entry of an earlier version, which names no people, concerns everyone. */
export const concerns = ({ people }: Pick<HistoryEntry, 'people'>, id: string): boolean =>
  people === undefined || people.includes(id);

/** The index of the last entry with this name; -1 if there is none. */
export const lastIndexOf = (history: readonly HistoryEntry[], event: string): number =>
  history.findLastIndex((entry) => entry.event === event);

/**
 * What a mechanism needs besides the target, for example the ID of the network ACL. Code derives it from the alert and
 * the facts, never from the model. It is part of what a person approves.
 */
export const Parameters = z.record(
  z.string().check(z.maxLength(64)),
  z.union([
    z.string().check(z.maxLength(2048)),
    z.array(z.string().check(z.maxLength(2048))).check(z.maxLength(50)),
  ]),
);
export type Parameters = z.infer<typeof Parameters>;

export const Action = z.strictObject({
  actionId: ActionId,
  incidentId: IncidentId,
  alertId: z.string(),
  account: z.string(),
  region: z.string(),
  /** The recommendation, unchanged. */
  recommendation: Recommendation,
  /** The effective action, derived from the recommendation and its target. Null if no known action corresponds. */
  name: z.nullable(ActionName),
  /** Null if the recommendation names none of the alert's entities. */
  target: z.nullable(Entity),
  durationMinutes: z.nullable(z.int().check(z.gte(1))),
  parameters: Parameters,
  /** ID of the mechanism that carries it out, the scope (function and role) it runs in, and its lease key. */
  mechanism: z.nullable(z.string()),
  scope: z.nullable(z.string()),
  effectKey: z.nullable(z.string()),
  description: z.nullable(Description),
  disposition: Disposition,
  reasons: z.array(Reason),
  considered: z._default(z.array(EvaluatedRule).check(z.maxLength(60)), []),
  policyVersion: z.string(),
  /** SHA-256 of the record of what the gate read. Absent if it was too large, and in records of earlier versions. */
  inputs: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  /** SHA-256 over account, region, name, target, parameters and mechanism. Approval is bound to this digest. */
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  status: Status,
  /** The gate's proof of its ruling; null for an action that may not run, and in records of earlier versions. */
  ruling: z._default(z.nullable(Proof), null),
  approval: z.nullable(ApprovalRequest),
  /** The captured state before the change, in the mechanism's own shape; null until captured. */
  before: z.unknown(),
  /** The executor's proof of before-state and due time. Without it, nothing is undone automatically. */
  evidence: z._default(z.nullable(Proof), null),
  /** The last orders of people, oldest first. */
  orders: z._default(z.array(Order).check(z.maxLength(10)), []),
  appliedAt: z.nullable(Instant),
  /** When it is reversed unless a person keeps it. Null before execution and for actions kept by policy. */
  dueAt: z.nullable(Instant),
  extensions: z.int().check(z.gte(0)),
  /** When the person who kept it is asked to review it; null if no one kept it. */
  reviewAt: z._default(z.nullable(Instant), null),
  /** The action that replaced it when a manager requested it again. */
  askedAnew: z._default(
    z.nullable(z.strictObject({ by: z.string(), at: Instant, actionId: ActionId })),
    null,
  ),
  /** Only for observed actions (shadow mode): a person's judgement, null until given. */
  judgement: z._default(z.nullable(Judgement), null),
  /** The error that stopped it, or null. */
  failure: z.nullable(z.string().check(z.maxLength(1000))),
  createdAt: Instant,
  /** The sweeper checks the action from this time on; null if nothing is outstanding. */
  attentionAt: z.nullable(Instant),
  history: z.array(HistoryEntry).check(z.minLength(1)),
  /** Rises by one with every write, and is the condition of the next write. */
  version: z.int().check(z.gte(1)),
});
export type Action = z.infer<typeof Action>;

/** ID of the person who decided last about the action, by keeping, undoing, approving or declining it; null if none. */
export const deciderOf = ({ history, approval }: Pick<Action, 'history' | 'approval'>) =>
  history.map(({ by }) => personIn(by)).findLast((id) => id !== null) ??
  approval?.decision?.by ??
  null;
