// The real drivers killed at any call, then only the sweeper runs (P3, P4).

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { NotFound } from '../../functions/domain/errors.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import { deactivateKey } from '../../functions/mechanisms/access-key/access-key.ts';
import { disableKey } from '../../functions/mechanisms/api-key/api-key.ts';
import { createApiKeys, LOCAL_API_KEYS } from '../../functions/mechanisms/api-key/stand-in.ts';
import { type Connected, connected } from '../../functions/mechanisms/mechanism.ts';
import { denyAddress } from '../../functions/mechanisms/network/deny-address.ts';
import { createEc2 } from '../../functions/mechanisms/network/stand-in-ec2.ts';
import { LOCAL_NETWORK } from '../../functions/mechanisms/network/stand-in-network.ts';
import { denyUser } from '../../functions/mechanisms/user/deny-all.ts';
import { createIam, DENY_ALL_POLICY, LOCAL_IAM } from '../../functions/mechanisms/user/stand-in.ts';
import { disableUser } from '../../functions/mechanisms/user-pool/cognito-user.ts';
import {
  createUserPools,
  LOCAL_USER_POOLS,
} from '../../functions/mechanisms/user-pool/stand-in.ts';
import { blockAddress, watchAddress } from '../../functions/mechanisms/waf/address.ts';
import {
  createWaf,
  EDGE_IP_SETS,
  LOCAL_IP_SETS,
  type WafState,
} from '../../functions/mechanisms/waf/stand-in.ts';
import { ReverseInput } from '../../functions/reverse/request.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { inMemory } from '../../local/aws/state-file.ts';
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
import { startStores } from '../store/stores.ts';
import { approvedByAna } from '../web/approval-pages.ts';
import { drilled, schedulesIn, toyAction } from './toy.ts';

type Wrap = <T extends object>(client: T) => T;
type Case = {
  target: Entity;
  parameters: Action['parameters'];
  /** An account, the mechanism that works on it through `wrap`, and a view of its state. */
  account(): { join(wrap: Wrap): Connected; seen(): unknown };
};

const sleep = async () => {};
const CASES: Record<string, Case> = {
  'an IAM user': {
    target: suspectUser,
    parameters: {},
    account() {
      const file = inMemory(LOCAL_IAM);
      const clients = (wrap: Wrap) => ({
        iam: wrap(createIam(file)),
        denyAllPolicyArn: DENY_ALL_POLICY,
        sleep,
      });
      return { join: (wrap) => connected(denyUser, clients(wrap)), seen: () => file.read() };
    },
  },
  'an access key': {
    target: leakedKey,
    parameters: { userName: suspectUser.value },
    account() {
      const file = inMemory(LOCAL_IAM);
      return {
        join: (wrap) => connected(deactivateKey, { iam: wrap(createIam(file)), sleep }),
        seen: () => file.read(),
      };
    },
  },
  'a user of a user pool': {
    target: customer,
    parameters: { userPoolId: 'eu-central-1_EXAMPLE12' },
    account() {
      const file = inMemory(LOCAL_USER_POOLS);
      return {
        join: (wrap) => connected(disableUser, { cognito: wrap(createUserPools(file)) }),
        // Signing a user out is not undone.
        seen: () =>
          Object.values(file.read()).map((users) =>
            Object.values(users).map(({ enabled }) => enabled),
          ),
      };
    },
  },
  'an API key': {
    target: partnerKey,
    parameters: {},
    account() {
      const file = inMemory(LOCAL_API_KEYS);
      return {
        join: (wrap) => connected(disableKey, { gateway: wrap(createApiKeys(file)) }),
        seen: () => file.read(),
      };
    },
  },
};

const onNetwork = (value: string, direction: 'ingress' | 'egress'): Case => ({
  target: { ...attacker, value },
  parameters: { networkAclId: 'acl-0a1b2c3d4e5f60701', direction },
  account() {
    const file = inMemory(LOCAL_NETWORK);
    const ec2 = createEc2(file);
    return {
      join: (wrap) => connected(denyAddress, { ec2: wrap(ec2), sleep }),
      seen: () => file.read(),
    };
  },
});
/** In two sets, a regional one and one at CloudFront, so that a crash can happen between them. */
const onWeb = (mechanism: typeof blockAddress): Case => ({
  target: attacker,
  parameters: {},
  account() {
    const file = inMemory<WafState>({});
    const sets = [...LOCAL_IP_SETS, ...EDGE_IP_SETS.map((set) => ({ ...set, id: null }))];
    const clients = (wrap: Wrap) => ({
      waf: {
        REGIONAL: wrap(createWaf(file)),
        CLOUDFRONT: wrap(createWaf(file, 'us-east-1')),
      },
      sets,
      sleep,
      random: () => 0.5,
    });
    return {
      join: (wrap) => connected(mechanism, clients(wrap)),
      // The lock token changes with every update, reverts included.
      seen: () => Object.values(file.read()).flatMap(({ addresses }) => addresses),
    };
  },
});
Object.assign(CASES, {
  'an address at the network ACL': onNetwork('203.0.113.7', 'ingress'),
  'an outbound IPv6 address at the network ACL': onNetwork('2001:db8::7', 'egress'),
  'an address at the web ACLs of a region and of CloudFront': onWeb(blockAddress),
  'a watched address': onWeb(watchAddress),
});

class Killed extends Error {}

/** A process that dies at its nth call: before it (even n) or after it (odd n). All later calls fail. */
function process(n: number) {
  let calls = 0;
  let dead = false;
  const wrap: Wrap = (target) =>
    new Proxy(target, {
      get: (object, key, receiver) => {
        const value: unknown = Reflect.get(object, key, receiver);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          const mine = calls++;
          dead ||= mine * 2 === n;
          if (dead) throw new Killed();
          const answer: unknown = await value.apply(object, given);
          dead ||= mine * 2 + 1 === n;
          if (dead) throw new Killed();
          return answer;
        };
      },
    });
  return { wrap, isDead: () => dead };
}
const immortal = () => process(Number.POSITIVE_INFINITY);
const unexpected = async () => {
  throw new Error('the sweeper must not call this');
};

/** More than twice the calls of one execution or reversal. */
const MAX_KILLS = 80;
const MOST_SWEEPS = 12;
/** Hundreds of executions and reversals on one database. */
const LIMIT = { timeout: 120_000 };

const db = startStores();
let store: Store;
let now: Date;
beforeEach(() => {
  now = NOW;
});
const at = (minutes: number) => {
  now = new Date(NOW.getTime() + minutes * 60_000);
};

describe.each(Object.entries(CASES))('%s', (_name, { target, parameters, account }) => {
  let here: ReturnType<Case['account']>;
  let effectKey: string;

  const depsOf = ({ wrap }: ReturnType<typeof process>): ExecuteDeps => {
    const mechanism = here.join(wrap);
    return {
      store: {
        ...drilled(store),
        records: wrap(store.records),
        leases: wrap(store.leases),
        entityHistory: wrap(store.entityHistory),
      },
      mechanisms: new Map([[mechanism.info.id, mechanism]]),
      // Schedules are lost: only the sweeper continues.
      schedules: wrap(schedulesIn(new Map())),
      policy: POLICY,
      here: HERE,
      keys: KEYS,
      now: () => now,
      log: () => {},
    };
  };

  const proposed = async () => {
    store = await db.fresh();
    here = account();
    at(0);
    const { info } = here.join((client) => client);
    effectKey = info.effectKey(subjectOn(target, { parameters }));
    const { action: name, id: mechanism, scope } = info;
    const attentionAt = new Date(NOW.getTime() + 20 * 60_000).toISOString();
    const needsPerson = POLICY.actions[name].tier === 2;
    const action = toyAction({
      ...(needsPerson && {
        disposition: 'approve',
        status: 'approved',
        approval: approvedByAna,
      }),
      name,
      mechanism,
      scope,
      effectKey,
      target,
      parameters,
      attentionAt,
    });
    await store.records.createAction(action);
    return { incidentId: action.incidentId, actionId: action.actionId };
  };

  /** Ignores the error of a killed function. Any other error fails the test. */
  const until = async (life: ReturnType<typeof process>, work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      if (!life.isDead()) throw error;
    }
  };

  /** Runs the sweeper whenever it has work. The first reversal that it starts is killed at call n. */
  const swept = async (actionId: string, n: number) => {
    let first = true;
    for (let times = 0; times < MOST_SWEEPS; times++) {
      const { attentionAt } = await store.records.action(INCIDENT_ID, actionId);
      if (attentionAt === null) return;
      now = new Date(attentionAt);
      await sweep({
        store,
        startReverse: async (_id, input) => {
          const life = first ? process(n) : immortal();
          first = false;
          await until(life, reverse(depsOf(life), ReverseInput.parse(input)));
        },
        startRespond: unexpected,
        // The state machine that waited for the approval is gone.
        callback: async () => {
          throw new NotFound('no longer waits');
        },
        notify: async () => {
          await store.records.changeAction(INCIDENT_ID, actionId, (current) =>
            withEntry(current, { at: now, by: 'notify', event: 'told', text: 'Notified Ana' }),
          );
        },
        send: unexpected,
        now: () => now,
        log: () => {},
      });
    }
    expect.fail('the sweeper does not finish');
  };

  const nothingIsLeft = async (untouched: unknown, actionId: string, killed: string) => {
    expect(here.seen(), killed).toEqual(untouched);
    expect(await store.leases.find(effectKey), killed).toBeNull();
    const { status } = await store.records.action(INCIDENT_ID, actionId);
    expect(['reversed', 'failed'], killed).toContain(status);
  };

  test(
    'leaves nothing behind when the execution and its reversal by the sweeper are both killed',
    LIMIT,
    async () => {
      for (let n = 0; n < MAX_KILLS; n++) {
        const ids = await proposed();
        const untouched = here.seen();
        const life = process(n);
        await until(life, execute(depsOf(life), ids));
        await swept(ids.actionId, n);
        await nothingIsLeft(untouched, ids.actionId, `killed at ${n}`);
        if (!life.isDead()) return;
      }
      expect.fail(`an execution makes more than ${MAX_KILLS} calls`);
    },
  );

  test('the sweeper completes a reversal that was killed at any call', LIMIT, async () => {
    for (let n = 0; n < MAX_KILLS; n++) {
      const ids = await proposed();
      const untouched = here.seen();
      await execute(depsOf(immortal()), ids);
      expect(here.seen()).not.toEqual(untouched);
      at(60);
      const life = process(n);
      await until(life, reverse(depsOf(life), { ...ids, cause: 'due', by: 'schedule' }));
      await swept(ids.actionId, Number.POSITIVE_INFINITY);
      await nothingIsLeft(untouched, ids.actionId, `killed at ${n}`);
      if (!life.isDead()) return;
    }
    expect.fail(`a reversal makes more than ${MAX_KILLS} calls`);
  });

  test(
    'undoes an execution that was killed at any call when a person requests it',
    LIMIT,
    async () => {
      for (let n = 0; n < MAX_KILLS; n++) {
        const ids = await proposed();
        const untouched = here.seen();
        const life = process(n);
        await until(life, execute(depsOf(life), ids));
        await orderUndo(store, ids, now);
        await reverse(depsOf(immortal()), { ...ids, cause: 'person', by: 'person:ana.silva' });
        expect(here.seen(), `killed at ${n}`).toEqual(untouched);
        if (!life.isDead()) return;
      }
      expect.fail(`an execution makes more than ${MAX_KILLS} calls`);
    },
  );
});
