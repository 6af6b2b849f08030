// A decision in words: what was asked for, what was decided and why, and every rule's part in it.
import type { Action } from '../functions/domain/action.ts';
import { RULES } from '../functions/gate/rules.ts';

const QUESTIONS = new Map<string, string>([
  ['tier-map', 'What does the tier map say of what it amounts to?'],
  ...RULES.map(({ id, question }) => [id, question] as const),
]);

/** A rule's question; its id, where an older record names a rule that is no more. */
export const questionOf = (rule: string): string => QUESTIONS.get(rule) ?? rule;

export function explanationOf(action: Action): string {
  const { recommendation: asked, name, target, disposition, reasons, considered } = action;
  const rules = considered.map(
    ({ rule, inputs, verdict }) =>
      `  ${(verdict ?? 'ok').padEnd(9)} ${questionOf(rule)}\n            ${inputs}`,
  );
  return [
    `${asked.action} on ${asked.target} (${target?.value ?? 'nothing in the alert'}), confidence ${asked.confidence}`,
    `  decided: ${disposition}, as ${name ?? 'an action that policy does not know'}, by policy ${action.policyVersion}`,
    ...reasons.map(({ text }) => `  - ${text}`),
    '',
    ...rules,
  ].join('\n');
}
