// Dependencies of `sweep`.
import type { Send } from '../messaging/message.ts';
import type { Log } from '../platform/log.ts';
import type { Store } from '../store/store.ts';

export type SweepDeps = {
  store: Store;
  /** Starts the state machines. A name already in use is no error: another sweep was faster. */
  startReverse: (name: string, input: object) => Promise<void>;
  startRespond: (name: string, input: object) => Promise<void>;
  /** Gives the state machine the answer that it may have missed; rejects when it no longer waits. */
  callback: (token: string, output: object) => Promise<void>;
  /** Calls notify: about an action, or with the digest of pages over a person's limit. */
  tell: (input: { incidentId: string; actionId: string } | { digestFor: string }) => Promise<void>;
  send: Send;
  now: () => Date;
  log: Log;
};
