// Everything that a decision of the gate depended on, besides the proposal.
import * as z from 'zod/mini';
import { ActionId } from './action.ts';
import { Alert, FindingState } from './alert.ts';
import { Drill } from './drill.ts';
import { Facts } from './facts.ts';
import { SwitchMode } from './kill-switch.ts';
import { Place } from './place.ts';
import { Instant } from './reference.ts';

const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/**
 * With the recommendation and the policy of that digest, the same code reaches the same decision. Alert, facts and
 * drills are stored in full, because their own records change later.
 */
export const Decision = z.strictObject({
  at: Instant,
  policyVersion: z.string().check(z.maxLength(64)),
  /** Of the policy's record. */
  policy: Digest,
  mode: z.enum(['shadow', 'live']),
  here: Place,
  switchMode: SwitchMode,
  generation: z.int().check(z.gte(1)),
  alert: Alert,
  isAlertProven: z.boolean(),
  findingState: FindingState,
  facts: z.nullable(Facts),
  /** The last drill by mechanism. */
  drills: z.record(z.string(), Drill),
  /** Actions of other alerts that had or requested an effect, by effect. */
  existingActions: z.record(
    z.string(),
    z.strictObject({
      incidentId: z.string(),
      actionId: z.string(),
      state: z.enum(['asked', 'in-force']),
      until: z.nullable(z.string()),
    }),
  ),
  /**
   * Why the analysis was doubted, by `<action> <target>`. Absent without doubts, and in records of earlier versions.
   */
  doubts: z.optional(z.record(z.string(), z.array(z.string().check(z.maxLength(64))))),
  /** The approved action that was decided again before it ran. Absent for the first decision about an alert. */
  again: z.optional(ActionId),
});
export type Decision = z.infer<typeof Decision>;
