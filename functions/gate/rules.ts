// All rules that follow the tier, in the order of their reasons.
import type { Rule } from './proposal.ts';
import { ACTION_RULES } from './rules/action.ts';
import { ANSWER_RULES } from './rules/answer.ts';
import { CIRCUMSTANCE_RULES } from './rules/circumstances.ts';
import { FACT_RULES } from './rules/facts.ts';
import { OPT_IN_RULES } from './rules/opt-in.ts';
import { TARGET_RULES } from './rules/target.ts';

export const RULES: readonly Rule[] = [
  ...TARGET_RULES,
  ...ACTION_RULES,
  ...FACT_RULES,
  ...OPT_IN_RULES,
  ...CIRCUMSTANCE_RULES,
  ...ANSWER_RULES,
];
