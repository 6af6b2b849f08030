// Two actions, a person and a deletion on one effect, in any order (P4).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
import { deactivateKey } from '../../functions/mechanisms/access-key/access-key.ts';
import { disableKey } from '../../functions/mechanisms/api-key/api-key.ts';
import { createApiKeys, LOCAL_API_KEYS } from '../../functions/mechanisms/api-key/stand-in.ts';
import { type Connected, connected } from '../../functions/mechanisms/mechanism.ts';
import { denyUser } from '../../functions/mechanisms/user/deny-all.ts';
import { createIam, DENY_ALL_POLICY, LOCAL_IAM } from '../../functions/mechanisms/user/stand-in.ts';
import { disableUser } from '../../functions/mechanisms/user-pool/cognito-user.ts';
import {
  createUserPools,
  LOCAL_USER_POOLS,
  type UserPools,
} from '../../functions/mechanisms/user-pool/stand-in.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import {
  createWaf,
  LOCAL_IP_SETS,
  type WafState,
} from '../../functions/mechanisms/waf/stand-in.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { drilled, schedulesIn, toyAction } from '../execute/toy.ts';
import {
  attacker,
  customer,
  HERE,
  INCIDENT_ID,
  leakedKey,
  NOW,
  POLICY,
  partnerKey,
  subjectOn,
  suspectUser,
} from '../fixtures/case.ts';
import { KEYS, orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { approvedByAna } from '../web/approval-pages.ts';

type Account = {
  mechanism: Connected;
  /** The state of the target, byte for byte. */
  state(): string;
  /** A person makes the same change, or removes it. */
  set(present: boolean): Promise<void>;
  delete?(): void;
};
type Case = { target: Entity; parameters: Action['parameters']; account(): Account };

const sleep = async () => {};
const KEY = leakedKey.value;
const POOL = 'eu-central-1_EXAMPLE12';
const user = suspectUser.value;

const CASES: Record<string, Case> = {
  'an IAM user': {
    target: suspectUser,
    parameters: {},
    account() {
      const file = inMemory(LOCAL_IAM);
      const iam = createIam(file);
      const policy = { UserName: user, PolicyArn: DENY_ALL_POLICY };
      return {
        mechanism: connected(denyUser, { iam, denyAllPolicyArn: DENY_ALL_POLICY, sleep }),
        state: () => JSON.stringify(file.read().users),
        set: async (present) => {
          await (present ? iam.attachUserPolicy(policy) : iam.detachUserPolicy(policy));
        },
        delete: () => file.write({ ...file.read(), users: [] }),
      };
    },
  },
  'an access key': {
    target: leakedKey,
    parameters: { userName: user },
    account() {
      const file = inMemory(LOCAL_IAM);
      const iam = createIam(file);
      return {
        mechanism: connected(deactivateKey, { iam, sleep }),
        state: () => JSON.stringify(file.read().users),
        set: async (present) => {
          const Status = present ? 'Inactive' : 'Active';
          await iam.updateAccessKey({ UserName: user, AccessKeyId: KEY, Status });
        },
        delete: () => {
          const state = file.read();
          for (const { keys } of state.users) delete keys[KEY];
          file.write(state);
        },
      };
    },
  },
  'an API key': {
    target: partnerKey,
    parameters: {},
    account() {
      const file = inMemory(LOCAL_API_KEYS);
      const gateway = createApiKeys(file);
      return {
        mechanism: connected(disableKey, { gateway }),
        state: () => JSON.stringify(file.read()),
        set: async (present) => {
          const value = String(!present);
          const patchOperations = [{ op: 'replace' as const, path: '/enabled', value }];
          await gateway.updateApiKey({ apiKey: partnerKey.value, patchOperations });
        },
        delete: () => file.write({}),
      };
    },
  },
  'a user of a pool': {
    target: customer,
    parameters: { userPoolId: POOL },
    account() {
      const file = inMemory<UserPools>(LOCAL_USER_POOLS);
      const cognito = createUserPools(file);
      const key = { UserPoolId: POOL, Username: customer.value };
      return {
        mechanism: connected(disableUser, { cognito }),
        // Signing a user out is not undone.
        state: () => JSON.stringify(file.read()).replaceAll(/"signOuts":\d+/g, ''),
        set: async (present) => {
          await (present ? cognito.adminDisableUser(key) : cognito.adminEnableUser(key));
        },
        delete: () => file.write({ [POOL]: {} }),
      };
    },
  },
  'an address at the web ACLs': {
    target: attacker,
    parameters: {},
    account() {
      const file = inMemory<WafState>({});
      const waf = createWaf(file);
      const [set] = LOCAL_IP_SETS.filter(
        ({ purpose, family }) => purpose === 'block' && family === 'ipv4',
      );
      const { id: Id = '', name: Name = '' } = set ?? {};
      const key = { Id, Name, Scope: 'REGIONAL' as const };
      return {
        mechanism: connected(blockAddress, {
          waf: { REGIONAL: waf, CLOUDFRONT: waf },
          sets: LOCAL_IP_SETS,
          sleep,
          random: () => 0.5,
        }),
        // The lock token changes with every update.
        state: () => JSON.stringify(Object.values(file.read()).map(({ addresses }) => addresses)),
        set: async (present) => {
          const { LockToken } = await waf.getIPSet(key);
          const Addresses = present ? [`${attacker.value}/32`] : [];
          await waf.updateIPSet({ ...key, LockToken, Addresses });
        },
      };
    },
  },
};

const STEPS = ['apply A', 'apply B', 'undo A', 'undo B', 'set', 'remove', 'delete'] as const;
type Step = (typeof STEPS)[number];
const plans = fc.array(
  fc.record({ step: fc.constantFrom(...STEPS), minutes: fc.constantFrom(1, 4, 6) }),
  { minLength: 2, maxLength: 8 },
);

const ACTIONS = { A: 'act-0123456789abcdef-1', B: 'act-0123456789abcdef-2' } as const;
type Who = keyof typeof ACTIONS;

/** What is in place, by whose hand. */
type Model = { effect: 'absent' | 'ours' | 'theirs'; isDeleted: boolean; inForce: Set<Who> };

function run(theCase: Case) {
  const here = theCase.account();
  const { mechanism } = here;
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
  const { target, parameters } = theCase;
  const load = (who: Who) => store.records.action(INCIDENT_ID, ACTIONS[who]);
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
    here,
    load,
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

describe.each(Object.entries(CASES))('%s', (_name, theCase) => {
  test('P4: removes exactly what the actions did, keeps what a person did, and records what happened', async () => {
    const property = fc.asyncProperty(plans, async (plan) => {
      const account = run(theCase);
      const { here, load } = account;
      const started = new Set<Who>();
      const model: Model = { effect: 'absent', isDeleted: false, inForce: new Set() };
      await here.set(true);
      const present = here.state();
      await here.set(false);
      const states = { absent: here.state(), ours: present, theirs: present };

      const apply = async (who: Who) => {
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
        await account.undo(who);
        model.inForce.delete(who);
        const action = await load(who);
        expect(action.status).toBe('reversed');
        const text = lastText(action, 'reversed');
        if (model.inForce.size > 0) return expect(text).toBe(HELD_BY_ANOTHER);
        if (model.effect === 'ours') model.effect = 'absent';
        if (model.isDeleted) expect(isTargetGone(action) || text === REMAINS_IN_PLACE).toBe(true);
      };
      const act: Record<Step, () => unknown> = {
        'apply A': () => !started.has('A') && apply('A'),
        'apply B': () => !started.has('B') && apply('B'),
        'undo A': () => model.inForce.has('A') && undo('A'),
        'undo B': () => model.inForce.has('B') && undo('B'),
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
        delete: () => {
          if (!here.delete) return;
          here.delete();
          model.isDeleted = true;
          model.effect = 'absent';
        },
      };
      for (const { step, minutes } of plan) {
        await act[step]();
        if (!model.isDeleted) expect(here.state(), step).toBe(states[model.effect]);
        const before = here.state();
        await account.pass(minutes);
        expect(here.state(), `${minutes} min after ${step}`).toBe(before);
      }
      expect((await account.breaker())?.tripped ?? null).toBeNull();
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 150) });
  }, 300_000);
});
