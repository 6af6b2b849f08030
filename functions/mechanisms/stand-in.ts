// Types and parts of stand-ins, the laptop's version of AWS APIs.
import type { Send } from '../messaging/message.ts';
import type { Policy } from '../policy/policy.ts';
import type { Canary } from '../policy/schemas/drill.ts';
import type { Connected } from './mechanism.ts';

/** Where a stand-in keeps its state: a file, or memory. */
export type StateFile<T> = { read(): T; write(state: T): void };

export type StandInAccount = {
  /** One state per name: two scopes that ask for one name share it. */
  state: <T>(name: string, initial: T) => StateFile<T>;
  policy: Policy;
  send: Send;
  now: () => Date;
};

/** What a drill adds to a state before it begins, so that its targets are unused by anything else. */
export type CanaryState = { name: string; add: (state: never) => unknown };

export const canaryState = <T>(name: string, add: (state: T) => T): CanaryState => ({ name, add });

/** What the laptop's drills of one scope act on. */
export type Canaries = { states: readonly CanaryState[]; targets: readonly Canary[] };

/** For mechanisms that any account can be drilled on: policies/drill.yaml has their targets. */
export const IN_POLICY: Canaries = { states: [], targets: [] };

export type StandIn = { connect(account: StandInAccount): readonly Connected[] };

/** The stand-ins show a change at once, so that nothing waits. */
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
