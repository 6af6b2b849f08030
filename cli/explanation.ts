// Explains a decision: the recommendation, the disposition and every rule.
import type { Action } from '../functions/domain/action.ts';
import { oneLine } from '../functions/domain/wording.ts';
import { RULES } from '../functions/gate/rules.ts';

const QUESTIONS = new Map<string, string>([
  ['tier-map', 'What does the tier map say of what it amounts to?'],
  ...RULES.map(({ id, question }) => [id, question] as const),
]);

/** A rule's question; its id, where an older record names a rule that is no more. */
export const questionOf = (rule: string): string => QUESTIONS.get(rule) ?? rule;

export type Explained = {
  recommended: { action: string; target: string; confidence: number };
  /** The action that policy made of it; null when policy does not know the action. */
  action: string | null;
  /** The target's own name, such as an address; null when the alert names none. */
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

/** The same for people. Text that comes from the alert or the analyst stays on its line. */
export function textOf({ recommended: asked, rules, ...decided }: Explained): string {
  const plain = (text: string) => oneLine(text, 2_000);
  return [
    `${plain(asked.action)} on ${plain(asked.target)} (${plain(decided.target ?? 'nothing in the alert')}), confidence ${asked.confidence}`,
    `  decided: ${decided.disposition}, as ${decided.action ?? 'an action that policy does not know'}, by policy ${decided.policyVersion}`,
    ...decided.reasons.map((text) => `  - ${plain(text)}`),
    '',
    ...rules.map(
      ({ question, verdict, inputs }) =>
        `  ${(verdict ?? 'ok').padEnd(9)} ${question}\n            ${plain(inputs)}`,
    ),
  ].join('\n');
}
