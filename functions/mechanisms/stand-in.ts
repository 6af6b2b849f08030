// Shared parts of the stand-ins, which replace AWS APIs on a laptop.
import type { Send } from '../messaging/message.ts';
import type { Policy } from '../policy/policy.ts';
import type { Canary } from '../policy/schemas/drill.ts';
import type { Connected } from './mechanism.ts';

/** Where a stand-in keeps its state: in a file or in memory. */
export type StateFile<T> = { read(): T; write(state: T): void };

export type StandInAccount = {
  /** State by name. Two scopes that use the same name share it. */
  state: <T>(name: string, initial: T) => StateFile<T>;
  policy: Policy;
  send: Send;
  now: () => Date;
};

/** Adds the canaries of a drill to a state, so that nothing else uses them. */
export type CanaryState = { name: string; add: (state: never) => unknown };

export const canaryState = <T>(name: string, add: (state: T) => T): CanaryState => ({ name, add });

/** The canaries of one scope on a laptop. */
export type Canaries = { states: readonly CanaryState[]; targets: readonly Canary[] };

/** For mechanisms whose canaries are listed in policies/drill.yaml. */
export const IN_POLICY: Canaries = { states: [], targets: [] };

export type StandIn = { connect(account: StandInAccount): readonly Connected[] };

/** Stand-ins are immediately consistent, so nothing waits. */
export const noSleep = async (): Promise<void> => {};

/**
 * An error as the AWS SDK throws it.
 *
 * @example throw awsFailure('WAFOptimisticLockException', 400, 'stale lock token')
 */
export function awsFailure(
  name: string,
  httpStatusCode: number,
  message: string,
  fields = {},
): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode }, ...fields });
}
