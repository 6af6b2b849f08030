// Evaluates an analyst on cases: analysis, gate, comparison.
import { analyse } from '../../functions/analyse/analyse.ts';
import type { Analyst } from '../../functions/analyse/brief.ts';
import type { Assessment } from '../../functions/domain/assessment.ts';
import { judge } from '../../functions/playbook/playbook.ts';
import { signsOf } from '../../functions/playbook/signs.ts';
import { prepared } from './alert.ts';
import type { Situation } from './cases.ts';
import { answered } from './round.ts';
import { type Score, score } from './score.ts';
import { type SystemResult, systemResult } from './system.ts';

export type Evaluated = {
  situation: Situation;
  system: SystemResult;
  score: Score;
  assessment: Assessment;
};

async function evaluated(
  situation: Situation,
  { analyst, milliseconds }: { analyst: Analyst; milliseconds: number },
): Promise<Evaluated> {
  const asked = await prepared(situation);
  const deps = {
    ...{ analysts: [analyst], milliseconds, deadline: AbortSignal.timeout },
    ...{ now: () => asked.now, log: () => {} },
  };
  const ids = { incidentId: 'inc-0123456789abcdef', alertId: asked.alert.alertId };
  const first = await analyse(deps, { ...ids, brief: asked.brief });
  const { questions } = first;
  const ready = questions ? { ...asked, ...answered(asked, questions) } : asked;
  const { assessment } = questions
    ? await analyse(deps, {
        ...{ ...ids, brief: ready.brief, assessment: first.assessment, isAnswered: true },
      })
    : first;
  if (!assessment) throw new Error(`${situation.id}: there is no assessment`);
  const system = systemResult(assessment, ready);
  // Without an answer, nothing else was proposed.
  const spoken =
    assessment.failure === null
      ? assessment
      : judge({ alert: ready.alert, signs: signsOf(ready.alert, ready.facts) });
  const proposed = {
    verdict: spoken.verdict,
    acts: spoken.recommendations.map(({ action, target }) => ({ action, ref: target })),
  };
  return { situation, system, assessment, score: score(situation, proposed, system) };
}

/** One after the other: a provider limits its rate, and the order of results must not change. */
export async function evaluateAll(
  situations: readonly Situation[],
  analyst: Analyst,
  milliseconds = 1_000,
): Promise<Evaluated[]> {
  const results: Evaluated[] = [];
  for (const situation of situations)
    results.push(await evaluated(situation, { analyst, milliseconds }));
  return results;
}
