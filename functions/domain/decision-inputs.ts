// The inputs of a decision of the gate about an alert.
import * as z from 'zod/mini';
import { FindingState } from './alert.ts';
import { Assessment } from './assessment.ts';
import { Drill } from './drill.ts';
import { Facts } from './facts.ts';
import { SwitchMode } from './kill-switch.ts';
import { Place } from './place.ts';
import { Instant } from './reference.ts';

/**
 * With the alert, a recommendation and the policy version, the same code reaches the same decision. The facts are
 * stored in full, because their own record is overwritten before an approved action runs.
 */
export const DecisionInputs = z.strictObject({
  at: Instant,
  policyVersion: z.string().check(z.maxLength(64)),
  mode: z.enum(['shadow', 'live']),
  here: Place,
  switchMode: SwitchMode,
  generation: z.int().check(z.gte(1)),
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
});
export type DecisionInputs = z.infer<typeof DecisionInputs>;

/** An assessment as it is stored: with what the gate read when it decided. Absent in records of earlier versions. */
export const DecidedAssessment = z.extend(Assessment, { decidedOn: z.optional(DecisionInputs) });
export type DecidedAssessment = z.infer<typeof DecidedAssessment>;
