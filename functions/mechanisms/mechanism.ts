// What every mechanism fulfils: say what it will do, look, do it, check, and take back exactly what it did.
import type * as z from 'zod/mini';
import type { Description, Parameters } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert, Entity, EntityKind } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import { readStored } from '../domain/stored.ts';
import type { Policy } from '../policy/policy.ts';

/** What a mechanism is told about its job. Everything in it was decided by code. */
export type Subject = {
  incidentId: string;
  actionId: string;
  account: string;
  region: string;
  target: Entity;
  /** As the mechanism's own `effects` made them. */
  parameters: Parameters;
  /** Minutes until it is undone; null for what is kept. */
  durationMinutes: number | null;
};

/** What a look at AWS found, in words that a person can check. */
export type Observation = { holds: boolean; found: string };

/** The half of a mechanism that touches AWS. All of it may be called twice and must come to the same end. */
export type Driver<Before> = {
  /** Reads the state before the change. Called under the lease, before anything is applied. */
  capture(subject: Subject): Promise<Before>;
  apply(subject: Subject, before: Before): Promise<void>;
  /** `holds` when the change is in place. */
  verify(subject: Subject, before: Before): Promise<Observation>;
  /** Restores `before`. Throws StateChanged when it finds a state that is neither ours nor already restored. */
  revert(subject: Subject, before: Before): Promise<void>;
  /** `holds` when nothing of the change is left. */
  verifyReverted(subject: Subject, before: Before): Promise<Observation>;
};

/**
 * A mechanism: pure facts about it, and `connect`, which joins it to the clients of its scope.
 * Mechanism files import SDK types only, so that the gate can read descriptions without loading a client.
 */
export type Mechanism<Clients, Before> = {
  /** For example `waf.block-ip`. Recorded with the action. */
  id: string;
  /** Raised when its behaviour changes; a drill counts for one version only. */
  version: number;
  action: ActionName;
  /** Its folder: one executor function, one reverser function and one role each. */
  scope: string;
  targetKinds: readonly EntityKind[];
  /** The AWS quota that bounds it, and where it is written. */
  quota: string;
  /** Whether the account is joined to what it needs outside AWS; where it is not, it has no effect. Absent: always. */
  configured?(policy: Pick<Policy, 'integrations' | 'channels'>): boolean;
  /**
   * One set of parameters for each effect that it would have on this target; each becomes an action of its own. Empty
   * when it cannot answer what this alert saw (a web rule does not answer SSH brute force), or when a fact that it
   * needs for that is unknown.
   */
  effects(alert: Alert, target: Entity, facts: Facts | null): readonly Parameters[];
  /** The effect in AWS that holders share, for example `waf:block:203.0.113.7/32`. */
  effectKey(subject: Subject): string;
  describe(subject: Subject, facts: Facts | null): Description;
  before: z.ZodMiniType<Before>;
  /** True when the effect was there before us: then it is not ours, and is left alone at the end. */
  wasThere(before: Before): boolean;
  /** The description's commands, where they depend on what was there before; they take its place once that is recorded. */
  manualUndo?(subject: Subject, before: Before): string[];
  connect(clients: Clients): Driver<Before>;
};

/** Types a mechanism. It has no side effects, so that bundles leave out what they don't use. */
/* @__NO_SIDE_EFFECTS__ */
export const defineMechanism = <Clients, Before>(
  mechanism: Mechanism<Clients, Before>,
): Mechanism<Clients, Before> => mechanism;

/** The describing half of any mechanism: all that the gate and the pages can reach. */
export type MechanismInfo = Pick<
  Mechanism<never, never>,
  | 'id'
  | 'version'
  | 'action'
  | 'scope'
  | 'targetKinds'
  | 'quota'
  | 'configured'
  | 'effects'
  | 'effectKey'
  | 'describe'
>;

/** A mechanism joined to its clients, its before-state parsed at the edge of the record. */
export type Connected = {
  info: MechanismInfo;
  wasThere(before: unknown): boolean;
  /** Null where the description has said it all. */
  manualUndo(subject: Subject, before: unknown): string[] | null;
  driver: Driver<unknown>;
};

/** Joins a mechanism to the clients of its scope. A stored before-state of another shape is refused (InvalidInput). */
export function connected<Clients, Before>(
  mechanism: Mechanism<Clients, Before>,
  clients: Clients,
): Connected {
  const driver = mechanism.connect(clients);
  const read = (before: unknown): Before =>
    readStored(mechanism.before, before, { what: `before-state of ${mechanism.id}` });
  return {
    info: mechanism,
    wasThere: (before) => mechanism.wasThere(read(before)),
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
