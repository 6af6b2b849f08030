// The interface of a mechanism: describe, capture, apply, verify, revert.
import type * as z from 'zod/mini';
import type { Description, Parameters } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert, Entity, EntityKind } from '../domain/alert.ts';
import { effectKeyIn } from '../domain/effect-key.ts';
import type { Facts } from '../domain/facts.ts';
import type { OptIn } from '../domain/opt-in.ts';
import { readStored } from '../domain/stored.ts';
import type { Policy } from '../policy/policy.ts';

/** The input of a mechanism. Code decided every field. */
export type Subject = {
  incidentId: string;
  actionId: string;
  account: string;
  region: string;
  target: Entity;
  /** As returned by the mechanism's `effects`. */
  parameters: Parameters;
  /** Minutes until the undo; null for an effect that is kept. */
  durationMinutes: number | null;
  /** Only for the description: whether only a person undoes the effect, which is reviewed after `durationMinutes`. */
  isUndoneByAPerson?: boolean;
};

/** The state read from AWS, in words that a person can check. */
export type Observation = { holds: boolean; found: string };

/**
 * The half of a mechanism that calls AWS. Every method is idempotent. Each throws TargetGone when the target no longer
 * exists. What several targets share, such as an IP set or a policy of the stack, is not a target.
 */
export type Driver<Before> = {
  /** Reads the state before the change, under the lease. */
  capture(subject: Subject): Promise<Before>;
  apply(subject: Subject, before: Before): Promise<void>;
  /** `holds` if the change is in place. */
  verify(subject: Subject, before: Before): Promise<Observation>;
  /** Restores `before`. Throws StateChanged if the state is neither what `apply` left nor already restored. */
  revert(subject: Subject, before: Before): Promise<void>;
  /** `holds` if nothing is left of the change. */
  verifyReverted(subject: Subject, before: Before): Promise<Observation>;
};

/** The pure half of a mechanism: all that the gate and the pages use. */
export type MechanismInfo = {
  /** For example `waf.block-address`. Recorded in the action. */
  id: string;
  /** Raised when the behaviour changes. A drill counts for one version only. */
  version: number;
  action: ActionName;
  /** The name of its folder. Each scope has one executor function, one reverser function and a role for each. */
  scope: string;
  targetKinds: readonly EntityKind[];
  /** The AWS quota that limits the mechanism. */
  quota: string;
  /** Whether the account is connected to the services outside AWS that the mechanism needs. Absent if it needs none. */
  configured?(policy: Pick<Policy, 'integrations' | 'channels'>): boolean;
  /**
   * One set of parameters per effect on this target. Each becomes a separate action. Empty if the mechanism can't help
   * against this alert (a web rule doesn't stop SSH brute force) or if a fact that it needs is unknown.
   */
  effects(alert: Alert, target: Entity, facts: Facts | null): readonly Parameters[];
  /**
   * Identifies the effect in AWS that several actions may share, for example `waf:block:203.0.113.7/32`. `effectKeyOf`
   * adds the place.
   */
  effectKey(subject: Subject): string;
  /**
   * The resource that must carry the opt-in tag, and how its owner adds it. Absent if IAM has no such condition, or the
   * mechanism needs none.
   */
  optIn?(target: Entity, parameters: Parameters): OptIn;
  /** True for a change in IAM, which has no regions. */
  isGlobal?: boolean;
  describe(subject: Subject, facts: Facts | null): Description;
};

/** The key of the effect with its place, as actions and leases name it. */
export const effectKeyOf = (
  { effectKey, isGlobal = false }: Pick<MechanismInfo, 'effectKey' | 'isGlobal'>,
  subject: Subject,
): string => effectKeyIn(subject, effectKey(subject), isGlobal);

/** The half that works on the target. `connect` returns its driver for the clients of its scope. */
type MechanismWork<Clients, Before> = {
  before: z.ZodMiniType<Before>;
  /** Whether the effect existed before the change. It is then not ours, and the reversal leaves it alone. */
  alreadyInPlace(before: Before): boolean;
  /** Commands that depend on the before-state. They replace the commands of the description once it is captured. */
  manualUndo?(subject: Subject, before: Before): string[];
  connect(clients: Clients): Driver<Before>;
};

export type Mechanism<Clients, Before> = MechanismInfo & MechanismWork<Clients, Before>;

/** Joins both halves. Callers mark the call as pure: a bundle that only describes then leaves out the rest. */
export const defineMechanism = <Clients, Before>(
  info: MechanismInfo,
  work: MechanismWork<Clients, Before>,
): Mechanism<Clients, Before> => ({ ...info, ...work });

/** A mechanism with its clients. It parses a stored before-state. */
export type Connected = {
  info: MechanismInfo;
  alreadyInPlace(before: unknown): boolean;
  /** Null if the commands of the description apply. */
  manualUndo(subject: Subject, before: unknown): string[] | null;
  driver: Driver<unknown>;
};

/** Connects a mechanism to the clients of its scope. Throws InvalidInput for a stored before-state of another shape. */
export function connected<Clients, Before>(
  mechanism: Mechanism<Clients, Before>,
  clients: Clients,
): Connected {
  const driver = mechanism.connect(clients);
  const read = (before: unknown): Before =>
    readStored(mechanism.before, before, { what: `before-state of ${mechanism.id}` });
  return {
    info: mechanism,
    alreadyInPlace: (before) => mechanism.alreadyInPlace(read(before)),
    manualUndo: (subject, before) => mechanism.manualUndo?.(subject, read(before)) ?? null,
    driver: {
      capture: (subject) => driver.capture(subject),
      apply: (subject, before) => driver.apply(subject, read(before)),
      verify: (subject, before) => driver.verify(subject, read(before)),
      revert: (subject, before) => driver.revert(subject, read(before)),
      verifyReverted: (subject, before) => driver.verifyReverted(subject, read(before)),
    },
  };
}
