// Facts read from AWS now, and what remains when AWS does not answer.
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import { known } from '../../functions/domain/facts.ts';
import { ownersOf } from '../../functions/enrich/address-owner.ts';
import { calendarState } from '../../functions/enrich/calendar.ts';
import { type IdentityApi, identityFacts } from '../../functions/enrich/identity.ts';
import { protection } from '../../functions/enrich/protection.ts';
import { createEc2 } from '../../functions/mechanisms/network/stand-in-ec2.ts';
import { LOCAL_NETWORK } from '../../functions/mechanisms/network/stand-in-network.ts';
import { createIam, LOCAL_IAM } from '../../functions/mechanisms/user/stand-in.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { attacker } from '../fixtures/case.ts';
import { type Moto, startMoto } from '../moto/moto-server.ts';

const deps = { readDeadline: () => new AbortController().signal, log: () => {} };
const entity = (kind: Entity['kind'], value: string): Entity => ({ ...attacker, kind, value });
const silent = () => ({ ...deps, readDeadline: () => AbortSignal.abort(new Error('too late')) });

describe('a user or a key', () => {
  const iam = createIam(inMemory(LOCAL_IAM));

  test('recognises a service account by the user who holds the key', async () => {
    const service = await identityFacts(
      { ...deps, iam },
      entity('access-key', 'AKIASERVICE7EXAMPLE'),
    );
    expect(service.serviceAccount).toEqual(known(true));
    expect(service.createdAt).toEqual(known('2024-01-01T00:00:00.000Z'));
    const person = await identityFacts({ ...deps, iam }, entity('iam-user', 'report-export'));
    expect(person.serviceAccount).toEqual(known(false));
    expect(person.consoleAccess).toEqual(known(false));
    expect(person.createdAt, 'creation time').toEqual(known('2024-01-01T00:00:00.000Z'));
  });

  test('leaves every fact unknown for a key that IAM does not know', async () => {
    const facts = await identityFacts({ ...deps, iam }, entity('access-key', 'AKIANOBODY0EXAMPLE'));
    for (const one of Object.values(facts)) expect(one?.known).toBe(false);
  });

  test('leaves it unknown whether a user who does not exist is a service account', async () => {
    const facts = await identityFacts({ ...deps, iam }, entity('iam-user', 'no-such-name'));
    expect(facts.serviceAccount.known).toBe(false);
  });

  test('leaves it unknown whether a user is a service account when IAM does not answer in time', async () => {
    const facts = await identityFacts({ ...silent(), iam }, entity('iam-user', 'report-export'));
    expect(facts.serviceAccount).toMatchObject({
      known: false,
      why: expect.stringContaining('too late'),
    });
  });

  const ADMIN = { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
  const OWN = { PolicyArn: 'arn:aws:iam::111122223333:policy/AdministratorAccess' };
  const $metadata = {};
  const attached =
    (...AttachedPolicies: object[]) =>
    async () => ({ AttachedPolicies, $metadata });
  const inGroup = async () => ({ Groups: [{ GroupName: 'ops' }], $metadata });
  const denied = () => Promise.reject(new Error('denied'));
  test.each([
    ['one by its own policy', { listAttachedUserPolicies: attached(ADMIN) }, true],
    [
      'one by a group',
      { listGroupsForUser: inGroup, listAttachedGroupPolicies: attached(OWN, ADMIN) },
      true,
    ],
    [
      "none by an account's policy of that name",
      { listAttachedUserPolicies: attached(OWN) },
      false,
    ],
    [
      'one even if the groups can’t be read',
      { listAttachedUserPolicies: attached(ADMIN), listGroupsForUser: denied },
      true,
    ],
    [
      'unknown if a group can’t be read',
      { listGroupsForUser: inGroup, listAttachedGroupPolicies: denied },
      null,
    ],
    ['unknown if the policies can’t be read', { listAttachedUserPolicies: denied }, null],
  ])('knows an administrator: %s', async (_, change, expected) => {
    const looked = { ...deps, iam: { ...iam, ...change } as IdentityApi };
    for (const one of [
      entity('iam-user', 'report-export'),
      entity('access-key', 'AKIAIOSFODNN7EXAMPLE'),
    ]) {
      const { access } = await identityFacts(looked, one);
      expect(access?.known ? access.value.isAdministrator : null).toBe(expected);
    }
  });

  test('knows an administrator role, and has no keys for it', async () => {
    const looked = {
      ...deps,
      iam: { ...iam, listAttachedRolePolicies: attached(ADMIN) } as IdentityApi,
    };
    const { access, activeKeys } = await identityFacts(looked, entity('iam-role', 'deploy'));
    expect(access).toEqual(known({ isAdministrator: true, policies: 1 }));
    expect(activeKeys).toBeUndefined();
  });

  test('counts the active keys of the user', async () => {
    const AccessKeyMetadata = ['Active', 'Inactive', 'Active'].map((Status, n) => ({
      AccessKeyId: `AKIA${n}`,
      Status,
    }));
    const looked = {
      ...deps,
      iam: {
        ...iam,
        listAccessKeys: async () => ({ AccessKeyMetadata, $metadata }),
      } as IdentityApi,
    };
    for (const one of [
      entity('iam-user', 'report-export'),
      entity('access-key', 'AKIAIOSFODNN7EXAMPLE'),
    ])
      expect((await identityFacts(looked, one)).activeKeys).toEqual(known(2));
  });

  test('does not treat a part of an answer from IAM as the whole', async () => {
    const part = async () => ({ IsTruncated: true, $metadata });
    const change = { listGroupsForUser: part, listMFADevices: part, listAccessKeys: part };
    const looked = { ...deps, iam: { ...iam, ...change } as unknown as IdentityApi };
    const user = await identityFacts(looked, entity('iam-user', 'report-export'));
    const { groups, mfa, activeKeys, access } = user;
    expect([groups, mfa, activeKeys, access].map((one) => one?.known)).toEqual(
      Array(4).fill(false),
    );
  });

  test('leaves the status of a key unknown if IAM no longer lists the key', async () => {
    const listAccessKeys = async () => ({ AccessKeyMetadata: [], $metadata });
    const looked = { ...deps, iam: { ...iam, listAccessKeys } as IdentityApi };
    const key = await identityFacts(looked, entity('access-key', 'AKIAIOSFODNN7EXAMPLE'));
    expect(key.status).toEqual({ known: false, why: 'IAM does not list the key' });
    expect(key.lastUsed.known).toBe(true);
  });

  test('treats a role that a service may assume as a service account', async () => {
    const trusting = (principal: object): IdentityApi =>
      ({
        ...iam,
        getRole: async () => ({
          Role: {
            Path: '/',
            RoleName: 'r',
            RoleId: 'AROA',
            Arn: 'arn:aws:iam::111122223333:role/r',
            CreateDate: new Date(0),
            AssumeRolePolicyDocument: encodeURIComponent(
              JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: principal }] }),
            ),
          },
          $metadata: {},
        }),
      }) as unknown as IdentityApi;
    const facts = async (principal: object) =>
      (await identityFacts({ ...deps, iam: trusting(principal) }, entity('iam-role', 'r')))
        .serviceAccount;
    expect(await facts({ Service: 'ec2.amazonaws.com' })).toEqual(known(true));
    expect(await facts({ AWS: 'arn:aws:iam::111122223333:root' })).toEqual(known(false));
  });

  describe('on moto', () => {
    let moto: Moto;
    let real: IAM;
    beforeAll(async () => {
      moto = await startMoto();
      real = new IAM(moto.clientConfig);
      await real.createUser({ UserName: 'ada' });
      await real.createUser({ UserName: 'relay', Path: '/service/' });
      await real.createLoginProfile({ UserName: 'ada', Password: 'Not-A-Secret-1' });
    });
    afterAll(async () => {
      real?.destroy();
      await moto?.stop();
    });

    test('reads users and keys from moto', async () => {
      const { AccessKey } = await real.createAccessKey({ UserName: 'relay' });
      const key = await identityFacts(
        { ...deps, iam: real },
        entity('access-key', AccessKey!.AccessKeyId!),
      );
      expect(key).toMatchObject({ serviceAccount: known(true), status: known('Active') });
      const ada = await identityFacts({ ...deps, iam: real }, entity('iam-user', 'ada'));
      expect(ada).toMatchObject({
        serviceAccount: known(false),
        consoleAccess: known(true),
        mfa: known(false),
      });
    });
  });
});

describe('an address', () => {
  const ec2 = createEc2(inMemory({ ...LOCAL_NETWORK, reservedIps: ['203.0.113.251'] }));

  test('names the resource of this account that has an address', async () => {
    const ownerOf = await ownersOf({ ...deps, ec2 }, [
      '203.0.113.250',
      '203.0.113.251',
      '203.0.113.7',
    ]);
    expect(ownerOf('203.0.113.250')).toMatchObject({
      value: expect.stringContaining('nat gateway'),
    });
    expect(ownerOf('203.0.113.251')).toEqual(known('an Elastic IP of this account'));
    expect(ownerOf('203.0.113.7')).toEqual(known(null));
  });

  test.each([
    ['203.0.113.250/32'],
    ['::ffff:203.0.113.250'],
    ['64:ff9b::203.0.113.250'],
    ['2002:cb00:71fa::1'],
  ])('recognises %s as another notation of the same address', async (spelling) => {
    const ownerOf = await ownersOf({ ...deps, ec2 }, [spelling]);
    expect(ownerOf(spelling)).toMatchObject({ value: expect.stringContaining('nat gateway') });
  });

  test('leaves the owner unknown for a range and for text that is not an address', async () => {
    const ownerOf = await ownersOf({ ...deps, ec2 }, ['203.0.113.0/24', 'no-such-name']);
    expect(ownerOf('203.0.113.0/24').known).toBe(false);
    expect(ownerOf('no-such-name').known).toBe(false);
  });

  test('does not attribute an address to another account because a part of an answer lacks it', async () => {
    const describeNetworkInterfaces = async () => ({ NextToken: 'next', $metadata: {} });
    const ownerOf = await ownersOf({ ...deps, ec2: { ...ec2, describeNetworkInterfaces } }, [
      '203.0.113.7',
    ]);
    expect(ownerOf('203.0.113.7').known).toBe(false);
  });

  test('leaves the owner of an address unknown when EC2 does not answer', async () => {
    const ownerOf = await ownersOf({ ...silent(), ec2 }, ['203.0.113.7']);
    expect(ownerOf('203.0.113.7').known).toBe(false);
  });
});

describe('protection by tag', () => {
  const rules = [{ id: 'crown-jewels', why: 'because', tags: ['tier=gold*'] }];
  const user = entity('iam-user', 'ada');

  test('protects a resource that carries the tag, in any letter case', () => {
    expect(protection(user, rules, known({ Tier: 'Golden' }))).toEqual(known('crown-jewels'));
    expect(protection(user, rules, known({ tier: 'silver' }))).toEqual(known(null));
  });

  test('leaves protection unknown when the tags are unknown', () => {
    expect(protection(user, rules, { known: false, why: 'not read' }).known).toBe(false);
  });

  test('leaves protection unknown for a resource whose tags are not read, and not for an address, which has none', () => {
    expect(protection(entity('bucket', 'invoices'), rules).known).toBe(false);
    expect(protection(entity('ip', '203.0.113.7'), rules)).toEqual(known(null));
  });

  test('ignores a tag rule about other kinds of resources', () => {
    const ofUsers = rules.map((one) => ({ ...one, kinds: ['iam-user' as const] }));
    expect(protection(entity('bucket', 'invoices'), ofUsers)).toEqual(known(null));
  });
});

describe('the change calendar', () => {
  const calendars = { changeCalendars: ['freeze'] };
  const ssm = (State: 'OPEN' | 'CLOSED') =>
    ({ getCalendarState: async () => ({ State, $metadata: {} }) }) as never;

  test('reads no calendar when policy names none', async () => {
    expect(await calendarState({ ...deps, ssm: null as never }, { changeCalendars: [] })).toEqual(
      known('none'),
    );
  });

  test('reports the state that Systems Manager returns, and unknown when it does not answer', async () => {
    expect(await calendarState({ ...deps, ssm: ssm('OPEN') }, calendars)).toEqual(known('open'));
    expect(await calendarState({ ...deps, ssm: ssm('CLOSED') }, calendars)).toEqual(
      known('closed'),
    );
    expect((await calendarState({ ...silent(), ssm: ssm('OPEN') }, calendars)).known).toBe(false);
  });
});
