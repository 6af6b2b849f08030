// Lambda entry of `analyse`: no table, no policy, only its model.
import { analyse } from './analyse.ts';
import { analyseDeps } from './deps.ts';

const deps = analyseDeps(process.env);

export const handler = (event: unknown) => analyse(deps, event);
