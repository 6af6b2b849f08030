// The analysis after its checks: with doubts, and the playbook's minimum.
import type { Action, Reason } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import { type Assessment, wasNotAsked } from '../domain/assessment.ts';
import { RATED, raisedText } from '../domain/effect-state.ts';
import type { Facts } from '../domain/facts.ts';
import { isPlaybooks, withFloor } from '../playbook/floor.ts';
import { judge } from '../playbook/playbook.ts';
import { whyRaised } from '../playbook/quiet.ts';
import { type Signs, signsOf } from '../playbook/signs.ts';
import { DOUBT_CODES, DOUBTS, type Doubts, doubtsAbout, keyOf, NO_DOUBTS } from './doubts.ts';

export type Assessed = {
  assessment: Assessment;
  /** About the recommendations that are still the analysis's own. */
  doubts: Doubts['byRecommendation'];
  /** Shown to people with each action. */
  why: Reason[];
};

/** Codes of what `why` says. */
const WHY: readonly string[] = ['model-not-asked', 'analysis-failed', 'analysis-doubted', RATED];

/** What an action records of the checks of its analysis: its doubts, and what people are shown. */
export const recordedChecks = ({
  recommendation,
  reasons,
}: Action): Omit<Assessed, 'assessment'> => ({
  doubts: {
    [keyOf(recommendation)]: DOUBT_CODES.filter((code) => reasons.some((one) => one.code === code)),
  },
  why: reasons.filter(({ code }) => WHY.includes(code)),
});

export function assessed(analysis: Assessment, alert: Alert, facts: Facts | null): Assessed {
  const citable = facts?.citable ?? [];
  const signs = signsOf(alert, facts);
  const opinion = judge({ alert, citable, signs });
  const found = isPlaybooks(analysis, opinion)
    ? NO_DOUBTS
    : doubtsAbout(analysis, { alert, citable });
  const assessment = withFloor(analysis, alert, opinion, {
    isAnswer: found.answer.length > 0,
    isDoubted: (one) => keyOf(one) in found.byRecommendation,
  });
  const own = new Set(
    assessment.recommendations.filter((one) => analysis.recommendations.includes(one)).map(keyOf),
  );
  const doubts = Object.fromEntries(
    Object.entries(found.byRecommendation).filter(([key]) => own.has(key)),
  );
  const why = [...failureReason(analysis), ...doubtReason(found), ...ratedReason(alert, signs)];
  return { assessment, doubts, why };
}

function ratedReason(alert: Alert, signs: Signs): Reason[] {
  const why = whyRaised(alert, signs);
  if (why === null) return [];
  return [{ code: RATED, text: `${raisedText(alert.severity.label, 'medium')}: ${why}` }];
}

/** The failure may quote the model or an error, so it stays in the record of the assessment. */
function failureReason(assessment: Assessment): Reason[] {
  if (assessment.failure === null) return [];
  return wasNotAsked(assessment)
    ? [
        {
          code: 'model-not-asked',
          text: 'The model was not asked, to limit its calls. The playbook decides',
        },
      ]
    : [{ code: 'analysis-failed', text: 'The model gave no usable answer. The playbook decides' }];
}

function doubtReason({ answer }: Doubts): Reason[] {
  if (answer.length === 0) return [];
  const text = answer.map((code) => DOUBTS[code]).join('. ');
  return [{ code: 'analysis-doubted', text: `${text}. The playbook's recommendations were added` }];
}
