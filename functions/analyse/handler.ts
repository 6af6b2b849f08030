// Lambda entry of `analyse`: no table, no policy, only its model.
import { createLog } from '../platform/logger.ts';
import { type AnalyseDeps, analyse } from './analyse.ts';
import { analystFrom } from './deps.ts';
import { DEADLINE_MS } from './models.ts';

const deps: AnalyseDeps = {
  analyst: analystFrom(process.env),
  deadline: () => AbortSignal.timeout(DEADLINE_MS),
  log: createLog('analyse'),
};

export const handler = (event: unknown) => analyse(deps, event);
