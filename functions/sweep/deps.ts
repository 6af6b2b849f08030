// What `sweep` needs from outside.
import type { Send } from '../messaging/message.ts';
import type { Log } from '../platform/log.ts';
import type { Store } from '../store/store.ts';

export type SweepDeps = {
  store: Store;
  /** Starts the state machines. A name that is in use already means that somebody else was faster: no error. */
  startReverse: (name: string, input: object) => Promise<void>;
  startRespond: (name: string, input: object) => Promise<void>;
  /** Gives the state machine the answer that it may have missed; rejects when it no longer waits. */
  callback: (token: string, output: object) => Promise<void>;
  /** Has the notify function tell people about an action, or of what they were not woken for. */
  tell: (input: { incidentId: string; actionId: string } | { digestFor: string }) => Promise<void>;
  send: Send;
  now: () => Date;
  log: Log;
};
