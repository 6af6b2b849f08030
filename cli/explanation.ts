// Explains a decision: the recommendation, the disposition and every rule.
import type { Action } from '../functions/domain/action.ts';
import { oneLine } from '../functions/domain/wording.ts';
import { RULES } from '../functions/gate/rules.ts';

const QUESTIONS = new Map<string, string>([
  ['tier-map', 'What does the tier map say about the effective action?'],
  ...RULES.map(({ id, question }) => [id, question] as const),
]);

/** A rule's question. For a rule that no longer exists, its ID. */
export const questionOf = (rule: string): string => QUESTIONS.get(rule) ?? rule;

export type Explained = {
  recommended: { action: string; target: string; confidence: number };
  /** The effective action; null if policy doesn't know the action. */
  action: string | null;
  /** The target's own name, such as an address; null if the alert has no such target. */
  target: string | null;
  disposition: string;
  policyVersion: string;
  reasons: string[];
  rules: { rule: string; question: string; verdict: string | null; inputs: string }[];
};

export const explained = (action: Action): Explained => ({
  recommended: {
    action: action.recommendation.action,
    target: action.recommendation.target,
    confidence: action.recommendation.confidence,
  },
  action: action.name,
  target: action.target?.value ?? null,
  disposition: action.disposition,
  policyVersion: action.policyVersion,
  reasons: action.reasons.map(({ text }) => text),
  rules: action.considered.map(({ rule, inputs, verdict }) => ({
    rule,
    question: questionOf(rule),
    verdict: verdict ?? null,
    inputs,
  })),
});

/** The explanation as text. Untrusted text of the alert or the analyst stays on one line. */
export function textOf({ recommended: asked, rules, ...decided }: Explained): string {
  const plain = (text: string) => oneLine(text, 2_000);
  return [
    `${plain(asked.action)} on ${plain(asked.target)} (${plain(decided.target ?? 'no target in the alert')}), confidence ${asked.confidence}`,
    `  decided: ${decided.disposition}, as ${decided.action ?? 'an unknown action'}, by policy ${decided.policyVersion}`,
    ...decided.reasons.map((text) => `  - ${plain(text)}`),
    '',
    ...rules.map(
      ({ question, verdict, inputs }) =>
        `  ${(verdict ?? 'ok').padEnd(9)} ${question}\n            ${plain(inputs)}`,
    ),
  ].join('\n');
}
