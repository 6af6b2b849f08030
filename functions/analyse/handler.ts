// Lambda entry of `analyse`.
import { analyse } from './analyse.ts';
import { analyseDeps } from './deps.ts';

const deps = analyseDeps(process.env);

export const handler = (event: unknown) => analyse(deps, event);
