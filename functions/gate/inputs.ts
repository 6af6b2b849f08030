// Records what a decision depended on, and restores it.
import type { DecisionInputs } from '../domain/decision-inputs.ts';
import type { Circumstances } from './proposal.ts';

export const inputsOf = ({
  policy,
  here,
  switchMode,
  generation,
  isAlertProven,
  findingState,
  facts,
  drills,
  existingActions,
  now,
}: Circumstances): DecisionInputs => ({
  ...{ here, switchMode, generation, isAlertProven, findingState, facts },
  at: now.toISOString(),
  policyVersion: policy.version,
  mode: policy.mode,
  drills: Object.fromEntries(drills),
  existingActions: Object.fromEntries(existingActions),
});
