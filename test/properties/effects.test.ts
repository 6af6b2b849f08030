// Two actions, a person and a deletion on one effect, in any order (P4).
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { deactivateKey } from '../../functions/mechanisms/access-key/access-key.ts';
import { disableKey } from '../../functions/mechanisms/api-key/api-key.ts';
import { createApiKeys, LOCAL_API_KEYS } from '../../functions/mechanisms/api-key/stand-in.ts';
import { connected } from '../../functions/mechanisms/mechanism.ts';
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
import { inMemory } from '../../local/aws/state-file.ts';
import { attacker, customer, leakedKey, partnerKey, suspectUser } from '../fixtures/case.ts';
import { type Account, type Model, play, STEPS, type Target } from './effect-steps.ts';

type Case = Target & { account(): Account };

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

const plans = fc.array(
  fc.record({ step: fc.constantFrom(...STEPS), minutes: fc.constantFrom(1, 4, 6) }),
  { minLength: 2, maxLength: 8 },
);

describe.each(Object.entries(CASES))('%s', (_name, theCase) => {
  test('P4: removes exactly what the actions did, keeps what a person did, and records what happened', async () => {
    const property = fc.asyncProperty(plans, async (plan) => {
      const account = theCase.account();
      await account.set(true);
      const present = await account.state();
      await account.set(false);
      const absent = await account.state();
      const expected = ({ effect }: Model) => (effect === 'absent' ? absent : present);
      await play(theCase, account, plan, expected);
    });
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 150) });
  }, 300_000);
});
