// The one round of questions, answered from the facts of the case.
import type { Question } from '../../functions/domain/question.ts';
import { activityLine } from '../../functions/dossier/activity-lines.ts';
import { type Answer, answersPart } from '../../functions/dossier/parts.ts';
import type { Prepared } from './alert.ts';

/** A case holds the activity of its identities and nothing else that the menu offers, so the rest stays unknown. */
export function answered(
  prepared: Pick<Prepared, 'alert' | 'brief' | 'facts'>,
  questions: readonly Question[],
): Pick<Prepared, 'brief' | 'facts'> {
  const { brief, facts } = prepared;
  const { text, citable } = answersPart(questions.map((one) => answerTo(one, prepared)));
  const dossier = [brief.dossier ?? '', text].filter(Boolean).join('\n');
  return {
    brief: { ...brief, dossier },
    facts: { ...facts, citable: [...(facts.citable ?? []), ...citable] },
  };
}

function answerTo(
  { ask, about }: Question,
  { alert, facts: { entities: facts } }: Pick<Prepared, 'alert' | 'facts'>,
): Answer {
  const activity = facts.find(({ ref }) => ref === about)?.activity;
  return ask === 'activity-7-days' && activity?.known
    ? activityLine(about, activity.value, { alert, facts })
    : `${ask} of ${about}: unknown: it could not be read`;
}
