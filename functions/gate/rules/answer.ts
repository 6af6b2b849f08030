// Rules about the analysis: what it cites must exist and fit.
import { isHarmless } from '../../domain/action-catalog.ts';
import { DOUBT_CODES, DOUBTS, type DoubtCode, keyOf } from '../doubts.ts';
import { type Proposal, type Rule, verdict } from '../proposal.ts';

const QUESTIONS: Readonly<Record<DoubtCode, string>> = {
  'verdict-unsupported': 'Does the analysis cite evidence for its verdict?',
  'verdict-contradicts-acts': 'Does the verdict of the analysis justify its recommendations?',
  'evidence-not-cited': 'Does the analysis cite evidence for the recommendation?',
  'evidence-not-found': 'Does the evidence that the analysis cites exist?',
  'evidence-does-not-fit': 'Does the evidence that the analysis cites fit?',
  'reference-not-found': 'Does the analysis name only entities of the alert?',
  'source-not-read': 'Does the analysis cite only sources that were read?',
  'number-not-found': 'Does the evidence show the numbers that the analysis states?',
  'text-not-checked': 'Is the analysis in English, so that its claims can be checked?',
};

const isDoubted = ({ doubts, recommendation, target }: Proposal, code: DoubtCode): boolean =>
  target?.kind !== 'alert' && (doubts?.[keyOf(recommendation)]?.includes(code) ?? false);

/** A harmless change is not worth a question. Any other is a person's decision. */
const ruleFor = (code: DoubtCode): Rule => ({
  id: code,
  question: QUESTIONS[code],
  inputs: (proposal) => ({ doubted: isDoubted(proposal, code) }),
  verdict: (proposal) =>
    isDoubted(proposal, code)
      ? verdict(isHarmless(proposal.name) ? 'dropped' : 'approve', code, DOUBTS[code])
      : null,
});

export const ANSWER_RULES: readonly Rule[] = DOUBT_CODES.map(ruleFor);
