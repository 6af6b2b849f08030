// Lambda entry of `remind`, called by the schedule.

import { remindDeps } from './deps.ts';
import { remind } from './remind.ts';

const deps = remindDeps(process.env);

export const handler = (event: unknown) => remind(deps, event);
