// The contract of deactivating an IAM access key, on stand-in and moto.
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { leakedKey, subjectOn, suspectUser } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import { Denied, InvalidInput, TargetGone } from '../../domain/errors.ts';
import type { StateFile } from '../stand-in.ts';
import { createIam, type IamState, LOCAL_IAM } from '../user/stand-in.ts';
import { type AccessKeyApi, type AccessKeyClients, deactivateKey } from './access-key.ts';

const UserName = suspectUser.value;
const OTHER_KEY = 'AKIAOTHERKEY7EXAMPLE';
const subject = subjectOn(leakedKey, { parameters: { userName: UserName } });

/** The other writer changes the user's other key. */
function groundOn(
  iam: AccessKeyApi,
  other: string,
  deleteTarget: Ground<AccessKeyClients>['deleteTarget'],
): Ground<AccessKeyClients> {
  return {
    clients: (wrap) => ({ iam: wrap(iam), sleep: async () => {} }),
    snapshot: async () =>
      ((await iam.listAccessKeys({ UserName })).AccessKeyMetadata ?? []).map(
        ({ AccessKeyId, Status }) => ({ AccessKeyId, Status }),
      ),
    othersAdd: async () =>
      void (await iam.updateAccessKey({ UserName, AccessKeyId: other, Status: 'Inactive' })),
    deleteTarget,
    othersUndo: async ({ target }) =>
      void (await iam.updateAccessKey({ UserName, AccessKeyId: target.value, Status: 'Active' })),
  };
}

const account = (change: Partial<IamState['users'][number]> = {}): StateFile<IamState> =>
  inMemory({
    ...LOCAL_IAM,
    users: LOCAL_IAM.users.map((user) =>
      user.name === UserName
        ? { ...user, keys: { ...user.keys, [OTHER_KEY]: 'Active' }, ...change }
        : user,
    ),
  });

function deleteKey(file: StateFile<IamState>): void {
  const state = file.read();
  for (const user of state.users) delete user.keys[leakedKey.value];
  file.write(state);
}

contract('access-key.inactive on the stand-in', {
  mechanism: deactivateKey,
  subject,
  setup: async () => {
    const file = account();
    return groundOn(createIam(file), OTHER_KEY, async () => deleteKey(file));
  },
});

describe('on moto', () => {
  let moto: Moto;
  let iam: IAM;
  let other: string;
  // The ID of the key is filled in once moto has created it.
  const inMoto = { ...subject };
  beforeAll(async () => {
    moto = await startMoto();
    iam = new IAM(moto.clientConfig);
    await iam.createUser({ UserName });
    other = await createKey();
  });
  const createKey = async () =>
    (await iam.createAccessKey({ UserName })).AccessKey?.AccessKeyId ?? 'none';
  /** The key of the test before may have been deleted. */
  const renewTarget = async () => {
    const { AccessKeyMetadata = [] } = await iam.listAccessKeys({ UserName });
    const left = AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId !== other)?.AccessKeyId;
    inMoto.target = { ...leakedKey, value: left ?? (await createKey()) };
  };
  afterAll(async () => {
    iam?.destroy();
    await moto?.stop();
  });

  contract('access-key.inactive on moto', {
    mechanism: deactivateKey,
    subject: inMoto,
    setup: async () => {
      await renewTarget();
      for (const AccessKeyId of [inMoto.target.value, other])
        await iam.updateAccessKey({ UserName, AccessKeyId, Status: 'Active' });
      return groundOn(iam, other, async ({ target }) => {
        await iam.deleteAccessKey({ UserName, AccessKeyId: target.value });
      });
    },
  });
});

describe('a key', () => {
  let file: StateFile<IamState>;
  const connect = (iam: AccessKeyApi = createIam(file)) =>
    deactivateKey.connect({ iam, sleep: async () => {} });
  const statusNow = () => file.read().users[0]?.keys[leakedKey.value];
  const put = (status: 'Active' | 'Inactive' | 'Expired') => {
    const state = file.read();
    state.users[0]!.keys[leakedKey.value] = status;
    file.write(state);
  };
  beforeEach(() => {
    file = account();
  });

  test('throws InvalidInput for a key that belongs to another user', async () => {
    const wrong = { ...subject, parameters: { userName: 'deploy-old' } };
    const refused = connect().capture(wrong);
    await expect(refused).rejects.toThrow(InvalidInput);
    await expect(refused).rejects.toThrow('belongs to deploy-old, but deploy-old has no such key');
  });

  test('throws Denied for a key of a service account', async () => {
    file = account({ tags: { 'account-type': 'service' } });
    await expect(connect().capture(subject)).rejects.toThrow(Denied);
  });

  test.each(['Inactive', 'Expired'] as const)(
    'leaves a key that was %s before the action unchanged on revert',
    async (status) => {
      put(status);
      const driver = connect();
      const before = await driver.capture(subject);
      expect(before).toEqual({ status });
      expect(deactivateKey.alreadyInPlace(before)).toBe(true);
      await driver.revert(subject, before);
      expect(statusNow()).toBe(status);
      expect(await driver.verifyReverted(subject, before)).toMatchObject({ holds: true });
    },
  );

  test('names the deleted key on revert', async () => {
    const driver = connect();
    await driver.apply(subject, { status: 'Active' });
    deleteKey(file);
    await expect(driver.revert(subject, { status: 'Active' })).rejects.toThrow(
      'the access key AKIAIOSFODNN7EXAMPLE of report-export no longer exists',
    );
  });

  test('throws TargetGone on revert when the user was deleted in the meantime', async () => {
    const driver = connect();
    await driver.apply(subject, { status: 'Active' });
    file.write({ ...file.read(), users: [] });
    const undone = driver.revert(subject, { status: 'Active' });
    await expect(undone).rejects.toThrow(TargetGone);
    await expect(undone).rejects.toThrow('the IAM user report-export no longer exists');
  });

  test('leaves a key that expired in the meantime unchanged on revert', async () => {
    const driver = connect();
    await driver.apply(subject, { status: 'Active' });
    put('Expired');
    await expect(driver.revert(subject, { status: 'Active' })).rejects.toThrow('is Expired');
    expect(statusNow()).toBe('Expired');
  });

  test('sets the key to Active on revert even if IAM still returns the old status', async () => {
    const real = createIam(file);
    const old = real.listAccessKeys({ UserName });
    const behind = { ...real, listAccessKeys: () => old } as unknown as AccessKeyApi;
    const driver = connect(behind);
    await driver.apply(subject, { status: 'Active' });
    await driver.revert(subject, { status: 'Active' });
    expect(statusNow()).toBe('Active');
  });

  test('repeats the read while IAM still returns the old status', async () => {
    const real = createIam(file);
    const old = real.listAccessKeys({ UserName });
    let left = 3;
    const behind = {
      ...real,
      listAccessKeys: (request: { UserName: string }) =>
        left-- > 0 ? old : real.listAccessKeys(request),
    } as unknown as AccessKeyApi;
    const driver = connect(behind);
    await driver.apply(subject, { status: 'Active' });
    expect(await driver.verify(subject, { status: 'Active' })).toMatchObject({ holds: true });
  });
});
