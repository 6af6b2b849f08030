// What the step does with its input: an analysis, or nothing at all.
import { ClosedInput } from '../domain/closed-finding.ts';
import { analyse } from './analyse.ts';
import type { AnalyseDeps } from './deps.ts';

/** A closed finding needs no analysis: the state machine ends its open requests. */
export const analyseStep = async (deps: AnalyseDeps, input: unknown) =>
  ClosedInput.safeParse(input).success ? input : analyse(deps, input);
