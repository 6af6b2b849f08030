// A mechanism on a map in memory, whose effects are visible at every step.
import * as z from 'zod/mini';
import { Action } from '../../functions/domain/action.ts';
import { StateChanged } from '../../functions/domain/errors.ts';
import { type Connected, connected, type Mechanism } from '../../functions/mechanisms/mechanism.ts';
import type { Scheduled, Schedules } from '../../functions/platform/schedules.ts';
import { actionDigest, append } from '../../functions/store/hash-chain.ts';
import { ALERT_ID, attacker, INCIDENT_ID, NOW, POLICY, recommend } from '../fixtures/case.ts';

/** The state that the mechanism changes: value → who put it there. */
export type World = Map<string, 'ours' | 'theirs'>;

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
  connect: (world) => ({
    capture: async ({ target }) => ({ present: world.has(target.value) }),
    // Overwrites any value: apply must not be called for an effect that existed before.
    apply: async ({ target }) => void world.set(target.value, 'ours'),
    verify: async ({ target }) => ({ holds: world.has(target.value), found: 'looked' }),
    revert: async ({ target }) => {
      if (world.get(target.value) === 'theirs') throw new StateChanged('someone else put it there');
      world.delete(target.value);
    },
    verifyReverted: async ({ target }) => ({
      holds: !world.has(target.value),
      found: 'It is gone',
    }),
  }),
};

export const toyMechanisms = (world: World): Map<string, Connected> =>
  new Map([[toy.id, connected(toy, world)]]);

/** Schedules kept in a map. */
export function schedulesIn(kept: Map<string, Scheduled>): Schedules {
  return {
    put: async (schedule) => void kept.set(schedule.name, schedule),
    remove: async (name) => void kept.delete(name),
  };
}

/** An action on the attacker's address, as the gate records it. */
export function toyAction(change: Partial<Action> = {}): Action {
  const core = {
    actionId: 'act-0123456789abcdef-1',
    account: POLICY.account,
    region: 'eu-central-1',
    name: 'block_ip_at_firewall' as const,
    target: attacker,
    durationMinutes: 60,
    parameters: {},
    mechanism: toy.id,
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
    disposition: 'auto',
    reasons: [],
    considered: [],
    policyVersion: POLICY.version,
    digest: actionDigest(core),
    status: 'proposed',
    approval: null,
    before: null,
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
