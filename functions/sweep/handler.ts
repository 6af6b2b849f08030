// Lambda entry of `sweep`, called every minute.
import { sweepDeps } from './deps.ts';
import { sweep } from './sweep.ts';

const deps = sweepDeps(process.env);

export const handler = () => sweep(deps);
