// Lambda entry of `enrich`.

import { enrichDeps } from './deps.ts';
import { enrichStep } from './step.ts';

const deps = enrichDeps(process.env);

export const handler = (event: unknown) => enrichStep(deps, event);
