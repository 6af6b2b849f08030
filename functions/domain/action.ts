// One proposed action from recommendation to undo, and the only legal ways from state to state.
import * as z from 'zod';
import { ActionName } from './action-catalog.ts';
import { Entity, Instant } from './alert.ts';
import { ApprovalRequest, Judgement } from './approval.ts';
import { Recommendation } from './assessment.ts';

/**
 * The alert's, the number of the recommendation, a letter where one recommendation became several actions, and `r1`,
 * `r2`, ... where it was asked anew.
 */
export const ActionId = z.string().regex(/^act-[0-9a-z]{16}-\d{1,2}[b-e]?(r[1-9])?$/);
export const IncidentId = z.string().regex(/^inc-[0-9a-z]{16}$/);

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

/** Every legal change of state. A change that is not listed is refused (IllegalTransition). */
export const TRANSITIONS: Readonly<Record<Status, readonly Status[]>> = {
  proposed: ['awaiting-approval', 'executing', 'observed', 'handed-off', 'dropped', 'failed'],
  'awaiting-approval': ['approved', 'declined', 'expired', 'failed'],
  // The gate runs again after approval and may find a reason to stop.
  approved: ['executing', 'observed', 'handed-off', 'failed'],
  executing: ['in-force', 'reversing', 'failed'],
  'in-force': ['kept', 'reversing'],
  // What a person kept, a person may still undo.
  kept: ['reversing'],
  // `failed` is where a compensated execution ends: undone, and never in force.
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

/** What the gate decided. Later entries are stricter; a rule may move a decision down this list, never up. */
export const Disposition = z.enum(['auto', 'approve', 'observe', 'hand-off', 'dropped']);
export type Disposition = z.infer<typeof Disposition>;

/** Why: a code to count by, a sentence to read. */
export const Reason = z.strictObject({
  code: z.string().regex(/^[a-z0-9-]+$/),
  text: z.string().max(500),
});
export type Reason = z.infer<typeof Reason>;

/** One rule's part in the decision, kept so that it can be explained later. */
export const Considered = z.strictObject({
  rule: z.string().max(64),
  /** What it looked at: JSON, cut where it is long. */
  inputs: z.string().max(300),
  /** How strict it made the decision at least; null where it had nothing against it. */
  verdict: Disposition.nullable(),
});
export type Considered = z.infer<typeof Considered>;

/** Plain English from code, never from the model. Each answers one question of the person who decides. */
export const Description = z.strictObject({
  /** One line: verb, object, place. */
  headline: z.string(),
  /** What exactly changes, and on what. */
  changes: z.array(z.string()),
  /** Who and what is affected. */
  affected: z.array(z.string()),
  /** How it is undone, and what a person would type to undo it by hand. */
  undo: z.string(),
  manualUndo: z.array(z.string()),
});
export type Description = z.infer<typeof Description>;

/** One line of an action's or incident's history. `hash` covers all fields above it and `previous`. */
export const HistoryEntry = z.strictObject({
  seq: z.int().min(0),
  at: Instant,
  /** Who: a function's name, or `person:<id>`. */
  by: z.string().min(1).max(128),
  event: z.string().min(1).max(64),
  text: z.string().max(1000),
  previous: z.string().max(64),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/**
 * What a mechanism has to know beyond the target's own name, for example which network ACL. Made by code from the alert
 * and the facts, never by the model, and part of what a person approves.
 */
export const Parameters = z.record(
  z.string().max(64),
  z.union([z.string().max(2048), z.array(z.string().max(2048)).max(50)]),
);
export type Parameters = z.infer<typeof Parameters>;

export const Action = z.strictObject({
  actionId: ActionId,
  incidentId: IncidentId,
  alertId: z.string(),
  account: z.string(),
  region: z.string(),
  /** What was asked for, word for word. */
  recommendation: Recommendation,
  /** What counts: derived from the recommendation and its target. Null when no known action corresponds. */
  name: ActionName.nullable(),
  /** Null when the recommendation named none of the alert's entities. */
  target: Entity.nullable(),
  durationMinutes: z.int().min(1).nullable(),
  parameters: Parameters,
  /** Id of the mechanism that carries it out, the scope (function and role) it runs in, and its lease key. */
  mechanism: z.string().nullable(),
  scope: z.string().nullable(),
  effectKey: z.string().nullable(),
  description: Description.nullable(),
  disposition: Disposition,
  reasons: z.array(Reason),
  considered: z.array(Considered).max(60).default([]),
  policyVersion: z.string(),
  /** SHA-256 over account, region, name, target, parameters and mechanism: what a person approves is this. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  status: Status,
  approval: ApprovalRequest.nullable(),
  /** The state before we touched it, in the mechanism's own form; null until captured. */
  before: z.unknown(),
  appliedAt: Instant.nullable(),
  /** When it is undone unless a person keeps it. Null before execution and for what is kept by policy. */
  dueAt: Instant.nullable(),
  extensions: z.int().min(0),
  /** When whoever kept it is asked whether it is still right; null for what nobody kept. */
  reviewAt: Instant.nullable().default(null),
  /** The action that took its place, because a manager had it asked anew. */
  askedAnew: z
    .strictObject({ by: z.string(), at: Instant, actionId: ActionId })
    .nullable()
    .default(null),
  /** Of what was observed only; null until somebody says so. */
  judgement: Judgement.nullable().default(null),
  /** What went wrong while applying it, or null. */
  failure: z.string().max(1000).nullable(),
  createdAt: Instant,
  /** The sweeper looks at it from then on; null when nothing is outstanding. */
  attentionAt: Instant.nullable(),
  history: z.array(HistoryEntry).min(1),
  /** Rises with every write: the condition of the next one. */
  version: z.int().min(1),
});
export type Action = z.infer<typeof Action>;
