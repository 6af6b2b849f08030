// A mechanism on a map in memory, whose effects are visible at every step.
import * as z from 'zod/mini';
import { Action } from '../../functions/domain/action.ts';
import type { Drill } from '../../functions/domain/drill.ts';
import { StateChanged, TargetGone } from '../../functions/domain/errors.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import {
  type Connected,
  connected,
  type Mechanism,
  type MechanismInfo,
  type Subject,
} from '../../functions/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import type { Scheduled, Schedules } from '../../functions/platform/schedules.ts';
import { actionDigest, append } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { ALERT_ID, attacker, HERE, INCIDENT_ID, NOW, POLICY, recommend } from '../fixtures/case.ts';
import { KEYS, signed } from '../fixtures/proofs.ts';

/** The state that the mechanism changes: value → who put it there. `deleted`: the target no longer exists. */
export type World = Map<string, 'ours' | 'theirs' | 'deleted'>;

const rejectDeleted = (world: World, { target }: Pick<Subject, 'target'>): void => {
  if (world.get(target.value) === 'deleted')
    throw new TargetGone(`${target.value} no longer exists`);
};

const Before = z.strictObject({ present: z.boolean() });

export const toy: Mechanism<World, z.infer<typeof Before>> = {
  id: 'toy.block',
  version: 1,
  action: 'block_ip_at_firewall',
  scope: 'waf',
  targetKinds: ['ip'],
  quota: 'none',
  effects: () => [{}],
  effectKey: ({ target }) => `toy:${target.value}`,
  describe: ({ target }) => ({
    headline: `Block ${target.value}`,
    changes: [],
    affected: [],
    undo: '',
    manualUndo: [],
  }),
  before: Before,
  alreadyInPlace: ({ present }) => present,
  connect: (world) => {
    const on =
      <T>(work: (value: string) => T) =>
      async (subject: Subject): Promise<T> => {
        rejectDeleted(world, subject);
        return work(subject.target.value);
      };
    return {
      capture: on((value) => ({ present: world.has(value) })),
      // Overwrites any value: apply must not be called for an effect that existed before.
      apply: on((value) => void world.set(value, 'ours')),
      verify: on((value) => ({ holds: world.has(value), found: 'looked' })),
      revert: on((value) => {
        if (world.get(value) === 'theirs') throw new StateChanged('someone else put it there');
        world.delete(value);
      }),
      verifyReverted: on((value) => ({ holds: !world.has(value), found: 'It is gone' })),
    };
  },
};

/** The same change as a tier-1 action, which needs no person. */
export const toyWatch: typeof toy = { ...toy, id: 'toy.watch', action: 'add_ip_to_watchlist' };

export const toyMechanisms = (world: World): Map<string, Connected> =>
  new Map([toy, toyWatch].map((one) => [one.id, connected(one, world)]));

/** The store with a passed drill of every mechanism, which automatic actions need. */
export const drilled = (store: Store): Store => ({
  ...store,
  drills: {
    ...store.drills,
    all: async () => new Map([...MECHANISMS, toy, toyWatch].map((one) => [one.id, passed(one)])),
  },
});

const passed = ({ id, version }: Pick<MechanismInfo, 'id' | 'version'>): Drill => ({
  mechanism: id,
  version,
  outcome: 'passed',
  at: NOW.toISOString(),
  account: POLICY.account,
  by: 'test',
  text: '',
});

/** Dependencies of executor and reverser over a store and a world. Schedules go nowhere. */
export const toyDeps = (
  store: Store,
  world: World,
  change: Partial<ExecuteDeps> = {},
): ExecuteDeps => ({
  store: drilled(store),
  mechanisms: toyMechanisms(world),
  schedules: schedulesIn(new Map()),
  keys: KEYS,
  policy: POLICY,
  here: HERE,
  now: () => NOW,
  log: () => {},
  ...change,
});

/** Schedules kept in a map. */
export function schedulesIn(kept: Map<string, Scheduled>): Schedules {
  return {
    put: async (schedule) => void kept.set(schedule.name, schedule),
    remove: async (name) => void kept.delete(name),
  };
}

/** An action on the attacker's address, as the gate and later steps record it, with its proofs. */
export const toyAction = (change: Partial<Action> = {}): Action => signed(unsigned(change));

/** The same without any proof. */
export function unsigned(change: Partial<Action> = {}): Action {
  const disposition = change.disposition ?? 'auto';
  const core = {
    actionId: 'act-0123456789abcdef-1',
    account: POLICY.account,
    region: 'eu-central-1',
    name:
      disposition === 'auto' ? ('add_ip_to_watchlist' as const) : ('block_ip_at_firewall' as const),
    target: attacker,
    durationMinutes: 60,
    parameters: {},
    mechanism: disposition === 'auto' ? toyWatch.id : toy.id,
    effectKey: `toy:${attacker.value}`,
    ...change,
  };
  return Action.parse({
    ...core,
    incidentId: INCIDENT_ID,
    alertId: ALERT_ID,
    recommendation: recommend(),
    scope: 'waf',
    description: null,
    disposition,
    reasons: [],
    considered: [],
    policyVersion: POLICY.version,
    digest: actionDigest(core),
    status: 'proposed',
    ruling: null,
    approval: null,
    before: null,
    evidence: null,
    orders: [],
    appliedAt: null,
    dueAt: null,
    extensions: 0,
    reviewAt: null,
    askedAnew: null,
    judgement: null,
    failure: null,
    createdAt: NOW.toISOString(),
    attentionAt: null,
    history: append(core.actionId, [], { at: NOW, by: 'gate', event: 'proposed', text: '' }),
    version: 1,
    ...change,
  } satisfies Action);
}
