// What a decision depends on, and what a rule is.
import type { Disposition, Reason } from '../domain/action.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import type { EntityFacts, Facts } from '../domain/facts.ts';
import type { ActionName, ActionPolicy, Policy, SwitchMode } from '../domain/policy.ts';
import type { Effect } from '../execute/registry.ts';

/** All that a decision depends on. What is not here cannot influence it. */
export type Circumstances = {
  alert: Alert;
  facts: Facts | null;
  policy: Policy;
  switchMode: SwitchMode;
  effectsOf: (
    name: ActionName,
    alert: Alert,
    target: Entity,
    facts: Facts | null,
  ) => readonly Effect[];
};

/** The recommendation, resolved by code: what the rules look at. */
export type Proposal = Circumstances & {
  recommendation: Recommendation;
  target: Entity | null;
  name: ActionName | null;
  actionPolicy: ActionPolicy | null;
  /** What carrying it out would change; empty when nothing here can do it. */
  effects: readonly Effect[];
  entityFacts: EntityFacts | null;
};

/** A rule's verdict: at least this strict, because. Null: nothing to say. */
export type Rule = (proposal: Proposal) => { atLeast: Disposition; reason: Reason } | null;
