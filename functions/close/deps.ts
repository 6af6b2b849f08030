// Dependencies of `close`, and how they are built in AWS.
import type { Env } from '../domain/env.ts';
import { linkDeps } from '../messaging/deps.ts';
import type { LinkDeps } from '../messaging/links.ts';
import type { Send } from '../messaging/message.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';

export type CloseDeps = LinkDeps & {
  store: Pick<Store, 'records'>;
  policy: Pick<Policy, 'escalation'>;
  send: Send;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export const closeDeps = (env: Env): CloseDeps => linkDeps('close', env);
