// Two actions, a person and a deletion on one effect, and a model of its state.
import { expect } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import {
  HELD_BY_ANOTHER,
  IN_PLACE_BEFORE,
  isTargetGone,
  REMAINS_IN_PLACE,
  SHARED,
} from '../../functions/domain/effect-state.ts';
import { RetryableError } from '../../functions/domain/errors.ts';
import { execute } from '../../functions/execute/execute.ts';
import type { Connected } from '../../functions/mechanisms/mechanism.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { drilled, schedulesIn, toyAction } from '../execute/toy.ts';
import { HERE, INCIDENT_ID, NOW, POLICY, subjectOn } from '../fixtures/case.ts';
import { KEYS, orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { approvedByAna } from '../web/approval-pages.ts';

export type Account = {
  mechanism: Connected;
  /** The state of the target, byte for byte. */
  state(): Promise<string> | string;
  /** A person makes the same change, or removes it. */
  set(present: boolean): Promise<void>;
  /** A person changes something else of the target. */
  other?(): Promise<void>;
  delete?(): Promise<void> | void;
};
export type Target = { target: Entity; parameters: Action['parameters'] };

export const STEPS = [
  'apply A',
  'apply B',
  'undo A',
  'undo B',
  'set',
  'remove',
  'other',
  'delete',
] as const;
export type Step = (typeof STEPS)[number];

const ACTIONS = { A: 'act-0123456789abcdef-1', B: 'act-0123456789abcdef-2' } as const;
type Who = keyof typeof ACTIONS;

/** What is in place, and who made the change. */
export type Model = {
  effect: 'absent' | 'ours' | 'theirs';
  hasOther: boolean;
  isDeleted: boolean;
  inForce: Set<Who>;
};

function run({ target, parameters }: Target, mechanism: Connected) {
  const { info } = mechanism;
  const store = storeOn(memoryTable());
  const clock = { now: NOW };
  const deps = {
    store: drilled(store),
    mechanisms: new Map([[info.id, mechanism]]),
    schedules: schedulesIn(new Map()),
    policy: POLICY,
    here: HERE,
    keys: KEYS,
    now: () => clock.now,
    log: () => {},
  };
  const create = (who: Who) =>
    store.records.createAction(
      toyAction({
        actionId: ACTIONS[who],
        name: info.action,
        mechanism: info.id,
        scope: info.scope,
        effectKey: info.effectKey(subjectOn(target, { parameters })),
        target,
        parameters,
        disposition: 'approve',
        status: 'approved',
        approval: approvedByAna,
        durationMinutes: 600,
      }),
    );
  const reversing = (input: object) =>
    reverse(deps, input).catch((error: unknown) => {
      if (!(error instanceof RetryableError)) throw error;
    });
  return {
    load: (who: Who) => store.records.action(INCIDENT_ID, ACTIONS[who]),
    async apply(who: Who): Promise<void> {
      await create(who);
      const ids = { incidentId: INCIDENT_ID, actionId: ACTIONS[who] };
      await execute(deps, ids).catch(async (error: unknown) => {
        const failure = { Error: error instanceof Error ? error.name : 'unknown' };
        await reversing({ ...ids, cause: 'execution-failed', by: 'respond', failure });
      });
    },
    async undo(who: Who): Promise<void> {
      const ids = { incidentId: INCIDENT_ID, actionId: ACTIONS[who] };
      await orderUndo(store, ids, clock.now);
      await reversing({ ...ids, cause: 'person', by: 'person:ana.silva' });
    },
    /** Passes the time, and lets the sweeper clean up. */
    async pass(minutes: number): Promise<void> {
      clock.now = new Date(clock.now.getTime() + minutes * 60_000);
      await sweep({
        store,
        startReverse: async (_name, input) => void (await reversing(input)),
        startRespond: async () => {},
        callback: async () => {},
        notify: async () => {},
        send: async () => ({ notBy: [] }),
        now: () => clock.now,
        log: () => {},
      });
    },
    breaker: () => store.breaker.find(POLICY.account),
  };
}

const lastText = (action: Action, event: string) =>
  action.history.findLast((entry) => entry.event === event)?.text ?? '';

/**
 * Runs the steps. After each one, the state must be the expected one, the records must say what happened, and time that
 * passes must change nothing.
 */
export async function play(
  target: Target,
  here: Account,
  plan: readonly { step: Step; minutes: number }[],
  expected: (model: Model) => string,
): Promise<void> {
  const account = run(target, here.mechanism);
  const { load } = account;
  const started = new Set<Who>();
  const model: Model = {
    effect: 'absent',
    hasOther: false,
    isDeleted: false,
    inForce: new Set(),
  };
  const apply = async (who: Who) => {
    if (started.has(who)) return;
    started.add(who);
    await account.apply(who);
    const action = await load(who);
    if (model.isDeleted) return expect(action.status).toBe('failed');
    expect(action.status).toBe('in-force');
    const texts = { absent: 'Applied and verified', ours: SHARED, theirs: IN_PLACE_BEFORE };
    expect(lastText(action, 'in-force')).toBe(texts[model.effect]);
    if (model.effect === 'absent') model.effect = 'ours';
    model.inForce.add(who);
  };
  const undo = async (who: Who) => {
    if (!model.inForce.delete(who)) return;
    await account.undo(who);
    const action = await load(who);
    expect(action.status).toBe('reversed');
    const text = lastText(action, 'reversed');
    if (model.inForce.size > 0) return expect(text).toBe(HELD_BY_ANOTHER);
    if (model.effect === 'ours') model.effect = 'absent';
    if (model.isDeleted) expect(isTargetGone(action) || text === REMAINS_IN_PLACE).toBe(true);
  };
  const act: Record<Step, () => unknown> = {
    'apply A': () => apply('A'),
    'apply B': () => apply('B'),
    'undo A': () => undo('A'),
    'undo B': () => undo('B'),
    // While an action is in force that made the change, AWS does not show who made it again.
    set: async () => {
      if (model.isDeleted || model.effect !== 'absent' || model.inForce.size > 0) return;
      await here.set(true);
      model.effect = 'theirs';
    },
    remove: async () => {
      if (model.isDeleted || model.effect === 'absent') return;
      await here.set(false);
      model.effect = 'absent';
    },
    other: async () => {
      if (!here.other || model.isDeleted || model.hasOther) return;
      await here.other();
      model.hasOther = true;
    },
    delete: async () => {
      if (!here.delete) return;
      await here.delete();
      model.isDeleted = true;
      model.effect = 'absent';
    },
  };
  for (const { step, minutes } of plan) {
    await act[step]();
    const before = model.isDeleted ? null : await here.state();
    if (before !== null) expect(before, step).toBe(expected(model));
    if (minutes === 0) continue;
    await account.pass(minutes);
    if (before !== null) expect(await here.state(), `${minutes} min after ${step}`).toBe(before);
  }
  expect((await account.breaker())?.tripped ?? null).toBeNull();
}
