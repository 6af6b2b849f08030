// Lambda entry of `approve`.
import { approve } from './approve.ts';
import { approveDeps } from './deps.ts';

const deps = approveDeps(process.env);

export const handler = (event: unknown) => approve(deps, event);
