// Dependencies of `halt`, and how they are built in AWS.
import { KMS } from '@aws-sdk/client-kms';
import { PROOF_KEY_ENV, proofKeys } from '../authority/keys.ts';
import type { Env } from '../domain/env.ts';
import type { Mac } from '../links/signed-claims.ts';
import { senderDeps } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import { createBreaker } from '../store/breaker.ts';
import type { Store } from '../store/store.ts';
import { createKillSwitch } from '../store/switch.ts';

export type HaltDeps = {
  store: Pick<Store, 'killSwitch'>;
  policy: Policy;
  /** Verifies sign-ins. The role may not sign with this key. */
  pages: Pick<Mac, 'verify'>;
  /** Who halts on a laptop, where no one signs in; null in an account. */
  actsAs: string | null;
  /** Notifies the team. */
  send: Send;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy can't be read. */
export function haltDeps(env: Env): HaltDeps {
  const { own, table, store: _, ...deps } = senderDeps('halt', env, 'webBaseUrl', ...PROOF_KEY_ENV);
  const { votes, resumptions } = proofKeys(new KMS({}), own, env);
  return {
    ...deps,
    store: { killSwitch: createKillSwitch(table, createBreaker(table, deps.log), resumptions) },
    pages: votes,
    actsAs: null,
    webBaseUrl: own.webBaseUrl,
  };
}
