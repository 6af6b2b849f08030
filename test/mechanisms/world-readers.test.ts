// The lists of users, keys, ACLs and flow logs that the world check reads.
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { deactivateKeyInfo } from '../../functions/mechanisms/access-key/access-key.ts';
import { createWorld as keyWorld } from '../../functions/mechanisms/access-key/world.ts';
import { disableKeyInfo } from '../../functions/mechanisms/api-key/api-key.ts';
import { createApiKeys, LOCAL_API_KEYS } from '../../functions/mechanisms/api-key/stand-in.ts';
import { createWorld as apiKeyWorld } from '../../functions/mechanisms/api-key/world.ts';
import { recordFlowsInfo } from '../../functions/mechanisms/flow-log/interface-flows.ts';
import { createWorld as flowLogWorld } from '../../functions/mechanisms/flow-log/world.ts';
import { logAtDebugInfo } from '../../functions/mechanisms/function-log/debug-level.ts';
import { createLambda, LOCAL_FUNCTIONS } from '../../functions/mechanisms/function-log/stand-in.ts';
import { createWorld as logWorld } from '../../functions/mechanisms/function-log/world.ts';
import { requireIamInfo } from '../../functions/mechanisms/function-url/require-iam.ts';
import {
  createFunctionUrls,
  LOCAL_FUNCTION_URLS,
} from '../../functions/mechanisms/function-url/stand-in.ts';
import { createWorld as urlWorld } from '../../functions/mechanisms/function-url/world.ts';
import { denyAddressInfo } from '../../functions/mechanisms/network/deny-address.ts';
import { createWorld as networkWorld } from '../../functions/mechanisms/network/world.ts';
import { denyUserInfo } from '../../functions/mechanisms/user/deny-all.ts';
import { createWorld as userWorld } from '../../functions/mechanisms/user/world.ts';
import { disableUserInfo } from '../../functions/mechanisms/user-pool/cognito-user.ts';
import {
  createUserPools,
  LOCAL_USER_POOLS,
} from '../../functions/mechanisms/user-pool/stand-in.ts';
import { createWorld as poolWorld } from '../../functions/mechanisms/user-pool/world.ts';
import type { Holding, WorldReader } from '../../functions/mechanisms/world.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import {
  attacker,
  customer,
  leakedKey,
  partnerKey,
  subjectOn,
  suspectUser,
  theFunction,
} from '../fixtures/case.ts';

const holding = (change: Partial<Holding>): Holding => ({
  ...subjectOn(attacker),
  mechanism: null,
  before: null,
  ...change,
});
/** A client with one call that returns these pages, one after the other. */
const paged = (call: string, pages: readonly object[]) => {
  let next = 0;
  return { [call]: async () => pages[next++] } as never;
};
const idsOf = async (reader: WorldReader, ...holdings: Holding[]) =>
  (await reader.read(holdings)).map(({ id }) => id);

describe('attachments of the deny-all policy', () => {
  const pages = [
    { PolicyUsers: [{ UserName: 'Report-Export' }], IsTruncated: true, Marker: 'more' },
    { PolicyRoles: [{ RoleName: 'deploy' }], PolicyGroups: [{ GroupName: 'staff' }] },
  ];
  const reader = () =>
    userWorld({ iam: paged('listEntitiesForPolicy', pages), denyAllPolicyArn: 'arn' });

  test('are read over all pages, and a group is wide', async () => {
    const entries = await reader().read([]);
    expect(entries.map(({ text, isWide = false }) => [text, isWide])).toEqual([
      ['the deny-all policy on the IAM user Report-Export', false],
      ['the deny-all policy on the IAM role deploy', false],
      ['the deny-all policy on the IAM group staff', true],
    ]);
  });

  test('match the action on the same user, regardless of letter case', async () => {
    const action = holding({ mechanism: denyUserInfo.id, target: suspectUser });
    const [entry] = reader().entriesOf(action);
    expect(await idsOf(reader())).toContain(entry?.id);
  });
});

describe('settings that the account may have itself', () => {
  const functions = createLambda(inMemory(LOCAL_FUNCTIONS));
  const keys = createApiKeys(inMemory(LOCAL_API_KEYS));
  const pools = createUserPools(inMemory(LOCAL_USER_POOLS));
  const userPoolId = 'eu-central-1_EXAMPLE12';
  const urls = createFunctionUrls(inMemory(LOCAL_FUNCTION_URLS));
  const FunctionName = theFunction.value;
  const LoggingConfig = { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' } as const;
  const disable = [{ op: 'replace', path: '/enabled', value: 'false' }] as const;
  const kinds: [string, WorldReader, Partial<Holding>, () => Promise<unknown>][] = [
    [
      'the log level of a function',
      logWorld({ lambda: functions }),
      { mechanism: logAtDebugInfo.id, target: theFunction },
      () => functions.updateFunctionConfiguration({ FunctionName, LoggingConfig }),
    ],
    [
      'an API key',
      apiKeyWorld({ gateway: keys }),
      { mechanism: disableKeyInfo.id, target: partnerKey },
      () => keys.updateApiKey({ apiKey: partnerKey.value, patchOperations: [...disable] }),
    ],
    [
      'a user of a pool',
      poolWorld({ cognito: pools }),
      { mechanism: disableUserInfo.id, target: customer, parameters: { userPoolId } },
      () => pools.adminDisableUser({ UserPoolId: userPoolId, Username: customer.value }),
    ],
    [
      'a function URL',
      urlWorld({ lambda: urls }),
      { mechanism: requireIamInfo.id, target: theFunction },
      () => urls.updateFunctionUrlConfig({ FunctionName, AuthType: 'AWS_IAM' }),
    ],
  ];

  test.each(kinds)('%s is missing until AWS shows the change', async (_, reader, change, apply) => {
    const held = holding(change);
    expect(await idsOf(reader, held)).toEqual([]);
    await apply();
    expect(await idsOf(reader, held, held)).toEqual(reader.entriesOf(held).map(({ id }) => id));
    expect(await idsOf(reader), 'without an action').toEqual([]);
  });

  test.each(kinds)('%s that was deleted counts as changed', async (_, reader, change) => {
    const held = holding({ ...change, target: { ...change.target!, value: 'deleted00' } });
    expect(await idsOf(reader, held)).toHaveLength(1);
  });

  test('the API keys and the functions are read over all pages', async () => {
    const items = [{ id: partnerKey.value, enabled: true }];
    const gateway = paged('getApiKeys', [{ items: [], position: 'more' }, { items }]);
    const key = holding({ mechanism: disableKeyInfo.id, target: partnerKey });
    expect(await idsOf(apiKeyWorld({ gateway }), key)).toEqual([]);
    const Functions = [{ FunctionName, LoggingConfig: { LogFormat: 'Text' } }];
    const lambda = paged('listFunctions', [{ NextMarker: 'more' }, { Functions }]);
    const level = holding({ mechanism: logAtDebugInfo.id, target: theFunction });
    expect(await idsOf(logWorld({ lambda }), level)).toEqual([]);
  });
});

describe('access keys', () => {
  const KEY = leakedKey.value;
  const action = holding({
    mechanism: deactivateKeyInfo.id,
    target: leakedKey,
    parameters: { userName: 'report-export' },
  });
  const withKeys = (AccessKeyMetadata: object[]) =>
    keyWorld({ iam: paged('listAccessKeys', [{ AccessKeyMetadata }]) });

  test.each([
    ['is inactive', [{ AccessKeyId: KEY, Status: 'Inactive' }], 1],
    ['was deleted', [], 1],
    ['is active again', [{ AccessKeyId: KEY, Status: 'Active' }], 0],
  ])('counts as held when it %s: %o', async (_, keys, count) => {
    expect(await idsOf(withKeys(keys), action)).toHaveLength(count);
  });

  test('does not report the inactive keys of the account', async () => {
    const others = [{ AccessKeyId: 'AKIAOTHER', Status: 'Inactive' }];
    expect(
      await idsOf(withKeys([...others, { AccessKeyId: KEY, Status: 'Inactive' }]), action),
    ).toEqual([`access-key:${KEY}`]);
  });

  test('reads each user once, and none without an action', async () => {
    let reads = 0;
    const iam = { listAccessKeys: async () => ({ reads: reads++ }) } as never;
    await keyWorld({ iam }).read([action, action]);
    expect(reads).toBe(1);
    await keyWorld({ iam }).read([]);
    expect(reads).toBe(1);
  });
});

describe('rules of network ACLs', () => {
  const NetworkAclId = 'acl-0a1b2c3d4e5f60701';
  const rule = (RuleNumber: number, CidrBlock: string, change: NetworkAclEntry = {}) => ({
    ...{ RuleNumber, CidrBlock, RuleAction: 'deny', Protocol: '-1', Egress: false },
    ...change,
  });
  const reader = (...Entries: object[]) =>
    networkWorld({
      ec2: paged('describeNetworkAcls', [{ NetworkAcls: [{ NetworkAclId, Entries }] }]),
    });
  const action = holding({
    mechanism: denyAddressInfo.id,
    target: { ...attacker, value: '203.0.113.7' },
    parameters: { networkAclId: NetworkAclId, direction: 'ingress' },
    before: { ruleNumbers: [99, 98], theirs: [], present: false },
  });

  test('are those of the action on the same address, ACL and direction', async () => {
    const found = await idsOf(reader(rule(99, '203.0.113.7/32')));
    expect(found).toEqual(
      reader()
        .entriesOf(action)
        .map(({ id }) => id),
    );
  });

  test.each([
    ['allows', rule(99, '203.0.113.7/32', { RuleAction: 'allow' })],
    ['denies one protocol', rule(99, '203.0.113.7/32', { Protocol: '6' })],
    ['has a number of the account', rule(100, '203.0.113.7/32')],
    ['denies a range under a number that no action holds', rule(50, '203.0.113.0/24')],
    ['is the last rule of AWS', rule(32_767, '0.0.0.0/0')],
  ])('leave out a rule that %s', async (_, entry) => {
    expect(await reader(entry).read([action])).toEqual([]);
  });

  test('leave out the rule of an action after a rule that allows the address, which is then missing', async () => {
    const rules = [
      rule(50, '203.0.113.0/24', { RuleAction: 'allow', Protocol: '6' }),
      rule(99, '203.0.113.7/32'),
    ];
    expect(await idsOf(reader(...rules), action)).toEqual([]);
    const outbound = rule(50, '0.0.0.0/0', { RuleAction: 'allow', Egress: true });
    expect(await idsOf(reader(outbound, ...rules.slice(1)), action)).toHaveLength(1);
    expect(await idsOf(reader(...rules)), 'without the action').toHaveLength(1);
  });

  test('mark the rule of an action that someone made wider', async () => {
    const [wide] = await reader(rule(99, '0.0.0.0/1')).read([action]);
    expect(wide).toMatchObject({ isWide: true });
  });
});

describe('flow logs', () => {
  const destination = { logGroupName: 'ours', deliveryRoleArn: 'arn:aws:iam::1:role/x' };
  const FlowLogs = [
    { ResourceId: 'eni-0a1b2c3d', LogGroupName: 'ours' },
    { ResourceId: 'eni-0a1b2c3e', LogGroupName: 'theirs' },
    { ResourceId: 'vpc-0a1b2c3d', LogGroupName: 'ours' },
  ];
  const reader = () =>
    flowLogWorld({ ec2: paged('describeFlowLogs', [{ FlowLogs }]), destination });

  test('are those that write to the log group of the stack, and one of a network is wide', async () => {
    const entries = await reader().read([]);
    expect(entries.map(({ id, isWide = false }) => [id, isWide])).toEqual([
      ['flow-log:eni-0a1b2c3d', false],
      ['flow-log:vpc-0a1b2c3d', true],
    ]);
  });

  test('belong to the action on the same interface', () => {
    const action = holding({
      mechanism: recordFlowsInfo.id,
      parameters: { interfaceId: 'eni-0a1b2c3d' },
    });
    expect(reader().entriesOf(action)).toMatchObject([{ id: 'flow-log:eni-0a1b2c3d' }]);
  });
});
