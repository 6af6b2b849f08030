// The contract of the deny-all policy for IAM users, on stand-in and moto.
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { subjectOn, suspectUser } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import { Denied, NotFound, QuotaExceeded, TargetGone } from '../../domain/errors.ts';
import type { StateFile } from '../stand-in.ts';
import { denyUser, type UserClients } from './deny-all.ts';
import { createIam, DENY_ALL_POLICY, type IamState, LOCAL_IAM } from './stand-in.ts';

const subject = subjectOn(suspectUser);
const UserName = suspectUser.value;
const OTHER_POLICY = 'arn:aws:iam::aws:policy/AWSSupportAccess';

/** The other writer attaches another policy. */
function groundOn(
  iam: UserClients['iam'],
  deleteTarget: Ground<UserClients>['deleteTarget'],
  { denyAllPolicyArn = DENY_ALL_POLICY, theirs = OTHER_POLICY } = {},
): Ground<UserClients> {
  return {
    clients: (wrap) => ({ iam: wrap(iam), denyAllPolicyArn, sleep: async () => {} }),
    snapshot: async () => (await iam.listAttachedUserPolicies({ UserName })).AttachedPolicies,
    othersAdd: async () => void (await iam.attachUserPolicy({ UserName, PolicyArn: theirs })),
    deleteTarget,
    othersUndo: async () =>
      void (await iam.detachUserPolicy({ UserName, PolicyArn: denyAllPolicyArn })),
  };
}

const account = (change: Partial<IamState['users'][number]> = {}): StateFile<IamState> =>
  inMemory({
    ...LOCAL_IAM,
    policies: [...LOCAL_IAM.policies, OTHER_POLICY],
    users: LOCAL_IAM.users.map((user) => (user.name === UserName ? { ...user, ...change } : user)),
  });

contract('user.deny-all on the stand-in', {
  mechanism: denyUser,
  subject,
  setup: async () => {
    const file = account();
    return groundOn(createIam(file), async () => file.write({ ...file.read(), users: [] }));
  },
});

describe('on moto', () => {
  let moto: Moto;
  let iam: IAM;
  let arn: string;
  let theirs: string;
  beforeAll(async () => {
    moto = await startMoto();
    iam = new IAM(moto.clientConfig);
    const policy = async (PolicyName: string, Effect: 'Allow' | 'Deny', Path = '/') => {
      const Statement = { Effect, Action: '*', Resource: '*' };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      return (await iam.createPolicy({ PolicyName, Path, PolicyDocument })).Policy?.Arn ?? '';
    };
    arn = await policy('countermand-deny-all', 'Deny', '/countermand/');
    theirs = await policy('theirs', 'Allow');
  });
  afterAll(async () => {
    iam?.destroy();
    await moto?.stop();
  });

  /** As IAM requires: its policies are detached first. */
  async function deleteUser(): Promise<void> {
    const { AttachedPolicies = [] } = await iam.listAttachedUserPolicies({ UserName });
    for (const { PolicyArn } of AttachedPolicies)
      await iam.detachUserPolicy({ UserName, PolicyArn });
    await iam.deleteUser({ UserName });
  }

  contract('user.deny-all on moto', {
    mechanism: denyUser,
    subject,
    setup: async () => {
      await deleteUser().catch(() => {});
      await iam.createUser({ UserName });
      return groundOn(iam, deleteUser, { denyAllPolicyArn: arn, theirs });
    },
  });

  test('throws TargetGone on capture and on revert for a user that does not exist', async () => {
    const driver = denyUser.connect({ iam, denyAllPolicyArn: arn, sleep: async () => {} });
    const unknown = subjectOn({ ...suspectUser, value: 'no-such-user' });
    await expect(driver.capture(unknown)).rejects.toThrow(TargetGone);
    await expect(driver.revert(unknown, { attached: false })).rejects.toThrow(TargetGone);
  });

  test('throws an error that names the tag of a service account', async () => {
    const Tags = [{ Key: 'account-type', Value: 'service' }];
    await iam.createUser({ UserName: 'relay', Path: '/team/', Tags });
    const driver = denyUser.connect({ iam, denyAllPolicyArn: arn, sleep: async () => {} });
    const relay = subjectOn({ ...suspectUser, value: 'relay' });
    await expect(driver.capture(relay)).rejects.toThrow('tag account-type=service');
  });
});

describe('denying a user', () => {
  let file: StateFile<IamState>;
  const connect = (change: Partial<UserClients> = {}) =>
    denyUser.connect({
      iam: createIam(file),
      denyAllPolicyArn: DENY_ALL_POLICY,
      sleep: async () => {},
      ...change,
    });
  beforeEach(() => {
    file = account();
  });

  test('throws QuotaExceeded on capture when the user has the maximum number of policies', async () => {
    const full = Array.from({ length: 10 }, (_, i) => `arn:aws:iam::aws:policy/P${i}`);
    file = account({ policies: full });
    const refused = connect().capture(subject);
    await expect(refused).rejects.toThrow(QuotaExceeded);
    await expect(refused).rejects.toThrow('has 10 managed policies attached');
    expect(file.read().users.find(({ name }) => name === UserName)?.policies).toEqual(full);
  });

  test('uses the quota of the account instead of the default', async () => {
    const many = Array.from({ length: 10 }, (_, i) => `arn:aws:iam::aws:policy/P${i}`);
    file = account({ policies: many });
    file.write({ ...file.read(), policiesPerUser: 20 });
    expect(await connect().capture(subject)).toEqual({ attached: false });
  });

  test('accepts an attached deny-all policy even if the quota is used up', async () => {
    file = account({
      policies: [...Array.from({ length: 9 }, (_, i) => `arn:p${i}`), DENY_ALL_POLICY],
    });
    expect(await connect().capture(subject)).toEqual({ attached: true });
  });

  test('captures a user with a tag that is named like a property of every object', async () => {
    file = account({ tags: { constructor: 'x' } });
    expect(await connect().capture(subject)).toEqual({ attached: false });
  });

  test.each([
    [{ tags: { 'account-type': 'service' } }, 'tag account-type=service'],
    [{ tags: { 'Account-Type': 'Service-Account' } }, 'tag Account-Type=Service-Account'],
    [{ tags: { countermand: 'protected' } }, 'tag countermand=protected'],
    [{ path: '/service-accounts/mail/' }, 'path /service-accounts/mail/'],
    [{ path: '/service/' }, 'path /service/'],
  ])('throws Denied for a service account: %j', async (change, why) => {
    file = account(change);
    const refused = connect().capture(subject);
    await expect(refused).rejects.toThrow(Denied);
    await expect(refused).rejects.toThrow(why);
  });

  test('finds its policy on a later page of the list', async () => {
    const real = createIam(file);
    await real.attachUserPolicy({ UserName, PolicyArn: DENY_ALL_POLICY });
    const iam = {
      ...real,
      listAttachedUserPolicies: async (request: { UserName?: string; Marker?: string }) => {
        const all = await real.listAttachedUserPolicies({ UserName });
        const [first, ...rest] = all.AttachedPolicies ?? [];
        return request.Marker
          ? { ...all, AttachedPolicies: rest }
          : { ...all, AttachedPolicies: first && [first], IsTruncated: true, Marker: 'next' };
      },
    } as UserClients['iam'];
    expect(await connect({ iam }).capture(subject)).toEqual({ attached: true });
  });

  describe('while IAM still returns the old state', () => {
    /** Returns the user's original policies for the first `looks` reads. */
    const behind = (looks: number): UserClients['iam'] => {
      const real = createIam(file);
      const old = real.listAttachedUserPolicies({ UserName });
      let left = looks;
      return {
        ...real,
        listAttachedUserPolicies: (request: { UserName: string }) =>
          left-- > 0 ? old : real.listAttachedUserPolicies(request),
      } as UserClients['iam'];
    };

    test('repeats the read while IAM does not show the attached policy yet', async () => {
      const waits: number[] = [];
      const driver = connect({
        iam: behind(3),
        sleep: async (milliseconds) => void waits.push(milliseconds),
      });
      await driver.apply(subject, { attached: false });
      expect(await driver.verify(subject, { attached: false })).toMatchObject({ holds: true });
      expect(waits).toEqual([2000, 2000, 2000]);
    });

    test('reports that the policy is missing after the last read', async () => {
      const driver = connect({ iam: behind(100) });
      await driver.apply(subject, { attached: false });
      expect(await driver.verify(subject, { attached: false })).toMatchObject({ holds: false });
    });

    test('detaches the policy even if the read does not show it', async () => {
      const driver = connect({ iam: behind(100) });
      await driver.apply(subject, { attached: false });
      await driver.revert(subject, { attached: false });
      expect(file.read().users.find(({ name }) => name === UserName)?.policies).not.toContain(
        DENY_ALL_POLICY,
      );
    });
  });

  test('reports a deleted deny-all policy as missing, and not as a deleted user', async () => {
    file.write({ ...file.read(), policies: [] });
    const refused = connect().apply(subject, { attached: false });
    await expect(refused).rejects.toThrow(NotFound);
    await expect(refused).rejects.not.toThrow(TargetGone);
    expect(await connect().verify(subject, { attached: false })).toMatchObject({ holds: false });
  });
});
