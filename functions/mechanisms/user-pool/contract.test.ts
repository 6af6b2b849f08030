// The contract of disabling a Cognito user, on stand-in and moto.
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { faulty } from '../../../test/contract/faults.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { customer, subjectOn } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import { NotFound, StateChanged } from '../../domain/errors.ts';
import { disableUser, type UserPoolApi } from './cognito-user.ts';
import { createUserPools, LOCAL_USER_POOLS, type UserPools } from './stand-in.ts';

const POOL = 'eu-central-1_EXAMPLE12';
const OTHER = 'customer-4712';
const subjectIn = (userPoolId: string) => subjectOn(customer, { parameters: { userPoolId } });
const subject = subjectIn(POOL);

/** The other writer changes another user of the pool. Cognito shows no trace of a sign-out. */
function groundOn(cognito: UserPoolApi, UserPoolId: string): Ground<{ cognito: UserPoolApi }> {
  const enabled = async (Username: string) =>
    (await cognito.adminGetUser({ UserPoolId, Username })).Enabled;
  return {
    clients: (wrap) => ({ cognito: wrap(cognito) }),
    snapshot: async () => [await enabled(customer.value), await enabled(OTHER)],
    othersAdd: async () => void (await cognito.adminDisableUser({ UserPoolId, Username: OTHER })),
    othersUndo: async ({ target }) =>
      void (await cognito.adminEnableUser({ UserPoolId, Username: target.value })),
  };
}

contract('user-pool.disable-user on the stand-in', {
  mechanism: disableUser,
  subject,
  setup: async () => groundOn(createUserPools(inMemory(LOCAL_USER_POOLS)), POOL),
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
    for (const Username of [customer.value, OTHER])
      await cognito.adminCreateUser({ UserPoolId, Username });
  });
  afterAll(async () => {
    cognito?.destroy();
    await moto?.stop();
  });

  contract('user-pool.disable-user on moto', {
    mechanism: disableUser,
    subject: inMoto,
    setup: async () => {
      for (const Username of [customer.value, OTHER])
        await cognito.adminEnableUser({ UserPoolId, Username });
      return groundOn(cognito, UserPoolId);
    },
  });

  test('throws StateChanged for a missing user and NotFound for a missing pool', async () => {
    const driver = disableUser.connect({ cognito });
    const unknown = { ...subjectIn(UserPoolId), target: { ...customer, value: 'no-such-user' } };
    await expect(driver.revert(unknown, { enabled: true })).rejects.toThrow(StateChanged);
    await expect(driver.revert(subjectIn('us-east-1_none'), { enabled: true })).rejects.toThrow(
      NotFound,
    );
  });
});

describe('a user of a pool', () => {
  test('disables the user before the sign-out, so that the user cannot sign in between the calls', async () => {
    const file = inMemory<UserPools>(LOCAL_USER_POOLS);
    const { client } = faulty(createUserPools(file), {
      call: 2,
      when: 'before',
      error: () => new Error('killed'),
    });
    const driver = disableUser.connect({ cognito: client });
    await expect(driver.apply(subject, { enabled: true })).rejects.toThrow();
    expect(file.read()[POOL]?.[customer.value]).toEqual({ enabled: false, signOuts: 0 });
  });

  test('throws StateChanged on revert when the user was deleted in the meantime', async () => {
    const file = inMemory<UserPools>(LOCAL_USER_POOLS);
    const driver = disableUser.connect({ cognito: createUserPools(file) });
    await driver.apply(subject, { enabled: true });
    file.write({ [POOL]: {} });
    const undone = driver.revert(subject, { enabled: true });
    await expect(undone).rejects.toThrow(StateChanged);
    await expect(undone).rejects.toThrow('someone deleted it');
  });
});
