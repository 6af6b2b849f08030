// What the stack needs to know to deploy a function.
import type { Writable } from '../functions/store/layout.ts';
import type { Grant } from './iam-statements.ts';
import type { MechanismRole } from './mechanism-permissions.ts';

export type FunctionRow = {
  /** The function's name in AWS without the stack's prefix. */
  name: string;
  /** Path below functions/. It exports `handler`. */
  entry: string;
  /** Must be shorter than the state's TimeoutSeconds, so that the execution shows the function's own error. */
  timeoutSeconds: number;
  /** Limits concurrent executions; without it, the account's limit applies. */
  reservedConcurrency?: number;
  /** True when the function carries the policy layer. */
  policy: boolean;
  env: Readonly<Record<string, string>>;
  grants: readonly Grant[];
  /** The kinds of records that it may write. */
  writes: readonly Writable[];
  /** Set for executors and reversers only. */
  mechanism?: MechanismRole;
  /** True when the function may read the lists that mechanisms write. */
  world?: true;
  /** True when the function may call the configured model. */
  model?: true;
};
