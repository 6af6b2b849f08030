// Lambda entry of `analyse`.

import { analyseDeps } from './deps.ts';
import { analyseStep } from './step.ts';

const deps = analyseDeps(process.env);

export const handler = (event: unknown) => analyseStep(deps, event);
