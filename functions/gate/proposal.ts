// What a decision depends on, and what a rule is.
import type { Disposition, Reason } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import type { Drill } from '../domain/drill.ts';
import type { EntityFacts, Facts } from '../domain/facts.ts';
import type { SwitchMode } from '../domain/kill-switch.ts';
import type { Effect } from '../mechanisms/registry.ts';
import type { Policy } from '../policy/policy.ts';
import type { ActionPolicy } from '../policy/schemas/actions.ts';

/** All that a decision depends on. What is not here cannot influence it. */
export type Circumstances = {
  alert: Alert;
  facts: Facts | null;
  policy: Policy;
  /** Of the incident: the highest among its alerts. */
  generation: number;
  switchMode: SwitchMode;
  /** The last drill of each mechanism. What could not be read is not in it: it counts as missing. */
  drills: ReadonlyMap<string, Drill>;
  now: Date;
  effectsOf: (
    name: ActionName,
    alert: Alert,
    target: Entity,
    facts: Facts | null,
    policy: Policy,
  ) => readonly Effect[];
};

/** The recommendation, resolved by code: what the rules look at. */
export type Proposal = Circumstances & {
  recommendation: Recommendation;
  target: Entity | null;
  entityFacts: EntityFacts | null;
  /** What it amounts to on this target; null where policy knows no such action. */
  name: ActionName | null;
  actionPolicy: ActionPolicy | null;
  /** What carrying it out would change; empty when nothing here can do it. */
  effects: readonly Effect[];
};

/** At least this strict, because. */
export type Verdict = { atLeast: Disposition; reason: Reason };

/** One question about a proposal. It can only make the decision stricter; null means that it has nothing against it. */
export type Rule = {
  id: string;
  /** As a person would ask it. */
  question: string;
  /** What the answer rests on: kept with the decision, so that it can be explained later. */
  inputs: (proposal: Proposal) => Record<string, unknown>;
  verdict: (proposal: Proposal) => Verdict | null;
};

const MAX_TEXT = 500;

export const verdict = (atLeast: Disposition, code: string, text: string): Verdict => ({
  atLeast,
  reason: { code, text: text.slice(0, MAX_TEXT) },
});
