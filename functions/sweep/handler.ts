// Lambda entry of `sweep`, called every minute.
import { moveToSweepIndex } from '../store/index-move.ts';
import { sweepDeps } from './deps.ts';
import { sweep } from './sweep.ts';

const deps = sweepDeps(process.env);

/** Checked once per process, and so after each deployment. */
let isMoved = false;

export async function handler() {
  const swept = await sweep(deps);
  if (!isMoved) isMoved = (await moveToSweepIndex(deps.store.table)) === 0;
  return swept;
}
