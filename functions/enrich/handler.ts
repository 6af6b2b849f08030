// Lambda entry of `enrich`.

import { enrichDeps } from './deps.ts';
import { enrich } from './enrich.ts';

const deps = enrichDeps(process.env);

export const handler = (event: unknown) => enrich(deps, event);
