// What gate needs from outside.
import type { Log } from '../platform/log.ts';
import type { OnCall } from '../platform/on-call-schedule.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';
import type { Circumstances } from './proposal.ts';

export type GateDeps = {
  store: Store;
  /** Reads on-call schedules. Without it, schedules add no approvers. */
  onCall?: OnCall;
  policy: Policy;
  effectsOf: Circumstances['effectsOf'];
  now: () => Date;
  log: Log;
};
