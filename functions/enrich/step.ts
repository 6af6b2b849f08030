// What the step does with its input: facts, answers, or nothing at all.
import { ClosedInput } from '../domain/closed-finding.ts';
import type { EnrichDeps } from './deps.ts';
import { enrich } from './enrich.ts';
import { answerQuestions, QuestionsInput } from './questions.ts';

/** A closed finding needs no facts: the state machine ends its open requests. */
export async function enrichStep(deps: EnrichDeps, input: unknown) {
  if (ClosedInput.safeParse(input).success) return input;
  const asked = QuestionsInput.safeParse(input);
  return asked.success ? answerQuestions(deps, asked.data) : enrich(deps, input);
}
