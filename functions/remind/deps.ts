// Dependencies of `remind`, and how they are built in AWS.

import { WAFV2 } from '@aws-sdk/client-wafv2';
import type { Env } from '../domain/env.ts';
import { CLOUDFRONT_REGION } from '../domain/ip-set.ts';
import type { Mac } from '../links/signed-claims.ts';
import { linkDeps } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import type { Log } from '../platform/log.ts';
import type { SampleClients } from '../platform/sampled-requests.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';

export type RemindDeps = {
  store: Pick<Store, 'records'>;
  policy: Policy;
  send: Send;
  mac: Pick<Mac, 'generate'>;
  webBaseUrl: string;
  waf: SampleClients['waf'];
  /** The deadline for reading AWS WAF's sampled requests. */
  readDeadline: () => AbortSignal;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export const remindDeps = (env: Env): RemindDeps => ({
  ...linkDeps('remind', env),
  waf: { REGIONAL: new WAFV2({}), CLOUDFRONT: new WAFV2({ region: CLOUDFRONT_REGION }) },
  readDeadline: () => AbortSignal.timeout(8_000),
});
