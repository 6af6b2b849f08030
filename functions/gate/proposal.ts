// Types of a decision's input and of its rules.
import type { Disposition, Reason } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert, Entity, FindingState } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import type { Drill } from '../domain/drill.ts';
import type { EntityFacts, Facts } from '../domain/facts.ts';
import type { SwitchMode } from '../domain/kill-switch.ts';
import type { Place } from '../domain/place.ts';
import type { Instant } from '../domain/reference.ts';
import type { Effect } from '../mechanisms/registry.ts';
import type { Policy } from '../policy/policy.ts';
import type { ActionPolicy } from '../policy/schemas/actions.ts';
import type { Doubts } from './doubts.ts';

/** An action that has or requests an effect. A later finding with the same effect joins it. */
export type ExistingAction = {
  incidentId: string;
  actionId: string;
  state: 'asked' | 'in-force';
  /** When the request expires or the effect ends; null if only a person ends it. */
  until: Instant | null;
};

/** Everything that a decision depends on, besides the recommendation. */
export type Circumstances = {
  alert: Alert;
  facts: Facts | null;
  policy: Policy;
  /** The place of this stack. */
  here: Place;
  /** The highest generation among the incident's alerts. */
  generation: number;
  switchMode: SwitchMode;
  /** Whether intake accepted exactly this alert. A planted one must trigger nothing automatic. */
  isAlertProven: boolean;
  /** The current state of the finding in its product. */
  findingState: FindingState;
  /** The last drill by mechanism ID. A drill that could not be read is missing. */
  drills: ReadonlyMap<string, Drill>;
  now: Date;
  /** Actions of other alerts that have or request an effect, by effect key. */
  existingActions: ReadonlyMap<string, ExistingAction>;
  /** Why the analysis is doubted, by recommendation. Absent without an analysis of this alert. */
  doubts?: Doubts['byRecommendation'] | undefined;
  effectsOf: (
    name: ActionName,
    alert: Alert,
    target: Entity,
    facts: Facts | null,
    policy: Policy,
  ) => readonly Effect[];
};

/** The input of the rules: the recommendation with its target, facts and effective action resolved by code. */
export type Proposal = Circumstances & {
  recommendation: Recommendation;
  target: Entity | null;
  entityFacts: EntityFacts | null;
  /** The effective action; null when the recommended action doesn't exist. */
  name: ActionName | null;
  actionPolicy: ActionPolicy | null;
  /** The changes that the action would make; empty when no mechanism can carry it out. */
  effects: readonly Effect[];
};

/** The least strict disposition allowed, and the reason. */
export type Verdict = { atLeast: Disposition; reason: Reason };

/** One rule. Its verdict can only make the decision stricter; null when the rule has no objection. */
export type Rule = {
  /** Stored with the decision, so it must not change. */
  id: string;
  /** Shown to people. The answer "yes" means no objection. */
  question: string;
  /** Stored with the decision to explain it later. */
  inputs: (proposal: Proposal) => Record<string, unknown>;
  verdict: (proposal: Proposal) => Verdict | null;
};

const MAX_TEXT = 500;

export const verdict = (atLeast: Disposition, code: string, text: string): Verdict => ({
  atLeast,
  reason: { code, text: text.slice(0, MAX_TEXT) },
});
