// policies/actions.yaml: actions that are automatic, need approval, never run.

import * as z from 'zod/mini';
import { ActionName } from '../../domain/action-catalog.ts';
import { EntityKind } from '../../domain/alert.ts';
import { Role } from '../../domain/approval.ts';

/** The floor of every action that names none. */
export const USUAL_FLOOR = 70;

const common = {
  description: z.string().check(z.minLength(10), z.maxLength(300)),
  /** Who and what is harmed if the action is wrong, in one line. */
  blastRadius: z.string().check(z.minLength(3), z.maxLength(300)),
  /** How it is undone, and how fast. */
  reversibility: z.string().check(z.minLength(3), z.maxLength(300)),
  targetKinds: z.array(EntityKind).check(z.minLength(1)),
  /** Recommendations with a lower confidence (0-100) are dropped. Tickets and notifications have no floor. */
  confidenceFloor: z._default(z.int().check(z.gte(0), z.lte(100)), USUAL_FLOOR),
  /** Why the floor is below the usual 70. */
  whyLowerFloor: z.optional(z.string().check(z.minLength(10), z.maxLength(300))),
};

const undone = z.discriminatedUnion('undo', [
  z.strictObject({
    undo: z.literal('reverses-when-due'),
    maxDurationMinutes: z.int().check(z.gte(1), z.lte(10_080)),
  }),
  /**
   * Kept in the name of the person who approved it, until a person undoes it: an automatic undo would reopen what the
   * action closed. That person is asked to review it after `reviewAfterDays`.
   */
  z.strictObject({
    undo: z.literal('by-a-person'),
    reviewAfterDays: z.int().check(z.gte(1), z.lte(365)),
  }),
  /** Tickets and notifications: kept, and withdrawn as `withdrawal` says. */
  z.strictObject({
    undo: z.literal('kept'),
    withdrawal: z.string().check(z.minLength(10), z.maxLength(300)),
  }),
]);

const executable = {
  /** `shadow` records what would have happened and touches nothing. */
  mode: z._default(z.enum(['shadow', 'live']), 'live'),
  /** If false, the action is handed off to a person and needs no mechanism. */
  enabled: z.boolean(),
  lifetime: undone,
};

/** The approval that an action needs. */
export const Approval = z.strictObject({
  /** How many different people must approve. */
  required: z._default(z.int().check(z.gte(1), z.lte(3)), 1),
  /** Roles of the eligible approvers. Others in the escalation policy are skipped. */
  roles: z._default(z.array(Role).check(z.minLength(1)), ['analyst', 'manager']),
  /** Whether a single decline ends the request. Otherwise it ends when too few eligible approvers are left. */
  declineEnds: z._default(z.boolean(), true),
  /** Minutes that one of the approvers may add, once. */
  moreTimeMinutes: z._default(z.int().check(z.gte(0), z.lte(60)), 0),
});
export type Approval = z.infer<typeof Approval>;

export const ActionPolicy = z.discriminatedUnion('tier', [
  z.strictObject({ tier: z.literal(1), ...common, ...executable }),
  z.strictObject({
    tier: z.literal(2),
    ...common,
    ...executable,
    /** After this time the request expires and nothing happens. */
    approvalTimeoutMinutes: z.int().check(z.gte(1), z.lte(60)),
    approval: z.prefault(Approval, {}),
  }),
  z.strictObject({
    tier: z.literal(3),
    ...common,
    rationale: z.string().check(z.minLength(10), z.maxLength(300)),
  }),
]);
export type ActionPolicy = z.infer<typeof ActionPolicy>;

/** For a tier-1 action that needs approval because of a rule or the rate limit. */
export const DEFAULT_APPROVAL_MINUTES = 15;
export const DEFAULT_APPROVAL: Approval = Approval.parse({});

export const ActionsFile = z.strictObject({ actions: z.record(ActionName, ActionPolicy) });

/** Days until the review of an action that only a person undoes; null for every other lifetime. */
export const reviewAfterDays = (policy: ActionPolicy | null): number | null =>
  policy && policy.tier !== 3 && policy.lifetime.undo === 'by-a-person'
    ? policy.lifetime.reviewAfterDays
    : null;
