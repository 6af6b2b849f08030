// What reverse needs from outside.
import type { Mechanisms } from '../mechanisms/job.ts';
import type { Log } from '../platform/log.ts';
import type { Schedules } from '../platform/schedules.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';

export type ReverseDeps = {
  store: Store;
  mechanisms: Mechanisms;
  schedules: Schedules;
  policy: Policy;
  now: () => Date;
  log: Log;
};
