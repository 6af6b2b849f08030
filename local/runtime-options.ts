// The options of a stack in one process.
import type { Analyst } from '../functions/analyse/brief.ts';
import type { ProofKeys } from '../functions/authority/keys.ts';
import type { StandInAccount } from '../functions/mechanisms/stand-in.ts';
import type { Log } from '../functions/platform/log.ts';
import type { Policy } from '../functions/policy/policy.ts';
import type { Provider } from '../functions/sign-in/oidc.ts';
import type { Layout } from '../functions/store/layout.ts';
import type { WorldDeps } from '../functions/world/deps.ts';
import type { Writable } from './archive-copies.ts';
import type { Clock } from './engine/clock.ts';
import type { Engine, EngineDeps } from './engine/state-machines.ts';

export type RuntimeOptions = {
  policy: Policy;
  analyst: Analyst;
  clock: Clock;
  newId: () => string;
  log: Log;
  webBaseUrl: string;
  /** Signs links. */
  linkKey: Uint8Array;
  previousLinkKey?: Uint8Array | null;
  /** Sign votes, rulings, evidence and alerts. */
  proofKeys: Readonly<Record<keyof ProofKeys, Uint8Array>>;
  /** Signs the counts of pages. */
  pageKey: Uint8Array;
  /** The OpenID provider, if policy requires sign-in. */
  provider?: Provider;
  /** The region of the stack. */
  region?: string;
  /** Where the stand-ins keep their state, for tests. */
  state?: StandInAccount['state'];
  /** Keeps all data across restarts; without it, data stays in memory. */
  folder?: string;
  /** The copies of records; in the folder, or in memory without one, by default. */
  copies?: Writable;
  /** The layout of new incidents; 2 unless a test of the way back sets 1. */
  recordLayout?: Layout;
  /** Reads CloudTrail. By default it finds nothing, because a laptop's account has no deployments. */
  trail?: WorldDeps['trail'];
  /** Milliseconds between retries, instead of the definition's intervals. For tests. */
  retryIntervalMs?: number;
  /** Receives the events of executions, for measurements. */
  onEvent?: EngineDeps['onEvent'];
  /** Runs the definitions: the embedded engine, unless a test replaces it. */
  engine?: (deps: EngineDeps) => Engine;
};
