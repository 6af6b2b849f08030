// Dependencies of `bounce`, and how they are built in AWS.
import { Lambda } from '@aws-sdk/client-lambda';
import type { Env } from '../domain/env.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import { senderDeps } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import { createInvoker } from '../platform/invoke.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import { createBounces } from '../store/bounces.ts';
import type { Store } from '../store/store.ts';

export type BounceDeps = {
  store: Pick<Store, 'bounces'>;
  policy: Pick<Policy, 'account' | 'escalation'>;
  /** Invokes `approve`, which knows whether the request is open and who comes next. */
  askNext: (input: {
    incidentId: string;
    actionId: string;
    bounced: string;
    why: Undelivered;
    digest?: true;
  }) => Promise<void>;
  /** Notifies the team, and no person. */
  send: Send;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function bounceDeps(env: Env): BounceDeps {
  const { own, table, store: _, ...deps } = senderDeps('bounce', env, 'approveFunctionName');
  return {
    ...deps,
    store: { bounces: createBounces(table) },
    askNext: createInvoker(new Lambda({}), own.approveFunctionName),
  };
}
