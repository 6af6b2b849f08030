// Dependencies of `approve`, and how they are built in AWS.

import { SFN } from '@aws-sdk/client-sfn';
import type { Env } from '../domain/env.ts';
import type { Mac } from '../links/signed-claims.ts';
import { linkDeps } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import { createCallback } from '../platform/executions.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';

export type ApproveDeps = {
  store: Pick<Store, 'records'>;
  policy: Pick<Policy, 'channels' | 'signIn' | 'escalation'>;
  send: Send;
  mac: Pick<Mac, 'generate'>;
  /** Answers the waiting state machine. Rejects with NotFound when it no longer waits. */
  callback: (taskToken: string, output: { verdict: string }) => Promise<void>;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export const approveDeps = (env: Env): ApproveDeps => ({
  ...linkDeps('approve', env),
  callback: createCallback(new SFN({})),
});
