// Shared parts of the stand-ins, which replace AWS APIs on a laptop.
import type { Send } from '../messaging/message.ts';
import type { Policy } from '../policy/policy.ts';
import type { Canary } from '../policy/schemas/drill.ts';
import type { Connected } from './mechanism.ts';
import type { WriteTicket } from './ticket/ticket-provider.ts';

/** Where a stand-in keeps its state: in a file or in memory. */
export type StateFile<T> = {
  /** A copy, which the stand-in may change and write. */
  read(): T;
  /** The state itself, for long lists: frozen, so that a write stores only the entries that are new. */
  view(): Readonly<T>;
  write(state: T): void;
};

export type StandInAccount = {
  /** State by name. Two scopes that use the same name share it. */
  state: <T>(name: string, initial: T) => StateFile<T>;
  policy: Policy;
  send: Send;
  writeTicket: WriteTicket;
  now: () => Date;
};

/** Adds the canaries of a drill to a state, so that nothing else uses them. */
export type CanaryState = { name: string; add: (state: never) => unknown };

export const canaryState = <T>(name: string, add: (state: T) => T): CanaryState => ({ name, add });

/** The canaries of one scope. */
export type Canaries = {
  /** On a laptop. */
  states: readonly CanaryState[];
  targets: readonly Canary[];
  /** What a staging account needs, and how to create it; null if policies/drill.yaml names the canaries. */
  inStaging: string | null;
  /** Why no mechanism of the scope can be drilled on moto. */
  motoLacks?: string;
};

/** For mechanisms whose canaries are listed in policies/drill.yaml. */
export const IN_POLICY: Canaries = { states: [], targets: [], inStaging: null };

type ClientConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
/** Builds an SDK client for the account. */
type ClientOf = <C extends { destroy(): void }>(Client: new (config: ClientConfig) => C) => C;
/** Creates the canaries of one scope in an empty account, and returns them as policy lists them. */
export type CreateCanaries = (clientOf: ClientOf) => Promise<Canary[]>;

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
