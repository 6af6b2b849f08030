// The contract of disabling a Cognito user, on stand-in and moto.
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { faulty } from '../../../test/contract/faults.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { customer, subjectOn } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import { TargetGone } from '../../domain/errors.ts';
import { disableUser, type UserPoolApi } from './cognito-user.ts';
import { createUserPools, LOCAL_USER_POOLS, type UserPools } from './stand-in.ts';

const POOL = 'eu-central-1_EXAMPLE12';
const OTHER = 'customer-4712';
const subjectIn = (userPoolId: string) => subjectOn(customer, { parameters: { userPoolId } });
const subject = subjectIn(POOL);

/** The other writer changes another user of the pool. Cognito shows no trace of a sign-out. */
function groundOn(
  cognito: UserPoolApi,
  UserPoolId: string,
  deleteTarget: () => Promise<void>,
): Ground<{ cognito: UserPoolApi }> {
  const enabled = async (Username: string) =>
    (await cognito.adminGetUser({ UserPoolId, Username })).Enabled;
  return {
    clients: (wrap) => ({ cognito: wrap(cognito) }),
    snapshot: async () => [await enabled(customer.value), await enabled(OTHER)],
    othersAdd: async () => void (await cognito.adminDisableUser({ UserPoolId, Username: OTHER })),
    deleteTarget,
    othersUndo: async ({ target }) =>
      void (await cognito.adminEnableUser({ UserPoolId, Username: target.value })),
  };
}

contract('user-pool.disable-user on the stand-in', {
  mechanism: disableUser,
  subject,
  setup: async () => {
    const file = inMemory<UserPools>(LOCAL_USER_POOLS);
    return groundOn(createUserPools(file), POOL, async () => {
      const { [POOL]: users = {} } = file.read();
      const { [customer.value]: _deleted, ...others } = users;
      file.write({ [POOL]: others });
    });
  },
});

describe('on moto', () => {
  let moto: Moto;
  let cognito: CognitoIdentityProvider;
  let UserPoolId: string;
  // The ID of the pool is filled in once moto has created it.
  const inMoto = { ...subject };
  beforeAll(async () => {
    moto = await startMoto();
    cognito = new CognitoIdentityProvider(moto.clientConfig);
    const { UserPool } = await cognito.createUserPool({ PoolName: 'customers' });
    UserPoolId = UserPool?.Id ?? '';
    inMoto.parameters = { userPoolId: UserPoolId };
    await cognito.adminCreateUser({ UserPoolId, Username: OTHER });
  });
  afterAll(async () => {
    cognito?.destroy();
    await moto?.stop();
  });

  contract('user-pool.disable-user on moto', {
    mechanism: disableUser,
    subject: inMoto,
    setup: async () => {
      const Username = customer.value;
      await cognito.adminDeleteUser({ UserPoolId, Username }).catch(() => {});
      await cognito.adminCreateUser({ UserPoolId, Username });
      await cognito.adminEnableUser({ UserPoolId, Username: OTHER });
      return groundOn(cognito, UserPoolId, async () => {
        await cognito.adminDeleteUser({ UserPoolId, Username });
      });
    },
  });

  test('throws TargetGone for a missing user and for a missing pool', async () => {
    const driver = disableUser.connect({ cognito });
    const unknown = { ...subjectIn(UserPoolId), target: { ...customer, value: 'no-such-user' } };
    for (const missing of [unknown, subjectIn('us-east-1_none')])
      await expect(driver.revert(missing, { enabled: true, createdAt: null })).rejects.toThrow(
        TargetGone,
      );
  });
});

describe('a user who was deleted and created again under the same name', () => {
  test.each([true, false])('keeps their own state (enabled: %s) at every step', async (enabled) => {
    const file = inMemory<UserPools>(LOCAL_USER_POOLS);
    const driver = disableUser.connect({ cognito: createUserPools(file) });
    const before = await driver.capture(subject);
    await driver.apply(subject, before);
    const another = { enabled, signOuts: 0, createdAt: '2026-11-24T03:30:00.000Z' };
    file.write({ [POOL]: { [customer.value]: another } });
    for (const step of ['apply', 'verify', 'revert', 'verifyReverted'] as const)
      await expect(driver[step](subject, before), step).rejects.toThrow(TargetGone);
    expect(file.read()[POOL]?.[customer.value]).toEqual(another);
  });

  test('is enabled again from a record of an earlier version, which has no time of creation', async () => {
    const file = inMemory<UserPools>(LOCAL_USER_POOLS);
    const driver = disableUser.connect({ cognito: createUserPools(file) });
    const before = { enabled: true, createdAt: null };
    await driver.apply(subject, before);
    await driver.revert(subject, before);
    expect(file.read()[POOL]?.[customer.value]?.enabled).toBe(true);
  });
});

describe('a user of a pool', () => {
  test('disables the user before the sign-out, so that the user cannot sign in between the calls', async () => {
    const file = inMemory<UserPools>(LOCAL_USER_POOLS);
    const { client } = faulty(createUserPools(file), {
      call: 3,
      when: 'before',
      error: () => new Error('killed'),
    });
    const driver = disableUser.connect({ cognito: client });
    await expect(driver.apply(subject, { enabled: true, createdAt: null })).rejects.toThrow();
    expect(file.read()[POOL]?.[customer.value]).toEqual({ enabled: false, signOuts: 0 });
  });
});
