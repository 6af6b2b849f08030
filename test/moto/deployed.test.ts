// Handlers as deployed, on moto, with their roles: identities, and flow logs.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import {
  ALERT_ID,
  alertWith,
  attacker,
  customer,
  INCIDENT_ID,
  incidentWith,
  leakedKey,
  POLICY,
  partnerKey,
  suspectUser,
  theInstance,
} from '../fixtures/case.ts';
import { type Case, type Deployed, startDeployed } from './deployed-handlers.ts';

const GROUP = 'network-team/flows';
const FIELDS = 'srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags';
const SCANNER = {
  ...{ id: 'own-scan', owner: 'Platform security', why: 'The weekly scan', until: '2099-12-31' },
  roles: ['arn:aws:iam::123456789012:role/scans/scanner'],
};
/** The ARN of an instance profile with the role of the scanner. */
async function scannerProfile(): Promise<string | undefined> {
  const named = { RoleName: 'scanner', InstanceProfileName: 'hosts' };
  await iam.createRole({ ...named, Path: '/scans/', AssumeRolePolicyDocument: '{}' });
  const { InstanceProfile } = await iam.createInstanceProfile(named);
  await iam.addRoleToInstanceProfile(named);
  return InstanceProfile?.Arn;
}
/** An instance of the scanner, whose VPC has a flow log in a format of its own. */
async function recordedInstance() {
  const ec2 = deployed.made(EC2);
  const { Images = [] } = await ec2.describeImages({});
  const IamInstanceProfile = { Arn: await scannerProfile() };
  const { Instances = [] } = await ec2.runInstances({
    ...{ ImageId: Images[0]?.ImageId, MinCount: 1, MaxCount: 1, IamInstanceProfile },
  });
  const [{ InstanceId: instanceId = '', NetworkInterfaces = [] } = {}] = Instances;
  const [{ NetworkInterfaceId = '', PrivateIpAddress = '', VpcId = '' } = {}] = NetworkInterfaces;
  const made = await ec2.createFlowLogs({
    ...{ ResourceType: 'VPC', ResourceIds: [VpcId], TrafficType: 'ALL', LogGroupName: GROUP },
    DeliverLogsPermissionArn: 'arn:aws:iam::123456789012:role/flows',
    LogFormat: FIELDS.replaceAll(/[\w-]+/g, '${$&}'),
  });
  expect(made.Unsuccessful).toEqual([]);
  return { instanceId, interfaceId: NetworkInterfaceId, host: PrivateIpAddress };
}

/** What decides about permissions of look-ups, as the functions have it. */
const { webAcls, configHistory } = POLICY;
const LOOKED_UP = { webAcls, configHistory };

let deployed: Deployed;
let iam: IAM;
let cognito: CognitoIdentityProvider;
let gateway: APIGateway;
const UserName = suspectUser.value;

beforeAll(async () => {
  deployed = await startDeployed({
    policy: { ...LOOKED_UP, flowLogGroups: [GROUP], scanners: [SCANNER] },
  });
  iam = deployed.made(IAM);
  cognito = deployed.made(CognitoIdentityProvider);
  gateway = deployed.made(APIGateway);
  const { Policy } = await iam.createPolicy({
    PolicyName: 'countermand-deny-all',
    Path: '/countermand/',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    }),
  });
  await iam.createUser({ UserName });
  deployed.setEnv({ [ENV.denyAllPolicyArn]: Policy?.Arn ?? '', [ENV.flowLogGroup]: 'own-flows' });
});
afterAll(() => deployed.stop());

const CASES: Record<string, Case> = {
  user: {
    name: 'disable_user_account_temporarily',
    mechanism: 'user.deny-all',
    made: async () => ({
      target: suspectUser,
      seen: async () => (await iam.listAttachedUserPolicies({ UserName })).AttachedPolicies,
    }),
  },
  'access-key': {
    name: 'revoke_api_key',
    mechanism: 'access-key.inactive',
    async made() {
      const { AccessKey } = await iam.createAccessKey({ UserName });
      return {
        target: { ...leakedKey, value: AccessKey?.AccessKeyId ?? '' },
        parameters: { userName: UserName },
        seen: async () => (await iam.listAccessKeys({ UserName })).AccessKeyMetadata,
      };
    },
  },
  'user-pool': {
    name: 'disable_user_account_temporarily',
    mechanism: 'user-pool.disable-user',
    async made() {
      const { UserPool } = await cognito.createUserPool({ PoolName: 'customers' });
      const UserPoolId = UserPool?.Id ?? '';
      const Username = customer.value;
      await cognito.adminCreateUser({ UserPoolId, Username });
      return {
        target: customer,
        parameters: { userPoolId: UserPoolId },
        async seen() {
          // The time of the last change is not undone.
          const { $metadata, UserLastModifiedDate, ...user } = await cognito.adminGetUser({
            UserPoolId,
            Username,
          });
          return user;
        },
      };
    },
  },
  'api-key': {
    name: 'revoke_api_key',
    mechanism: 'api-key.disabled',
    async made() {
      const { id: apiKey = '' } = await gateway.createApiKey({
        ...{ name: 'partner', enabled: true },
        tags: { countermand: 'allowed' },
      });
      return {
        target: { ...partnerKey, value: apiKey },
        async seen() {
          const { $metadata, lastUpdatedDate, ...key } = await gateway.getApiKey({
            apiKey,
            includeValue: true,
          });
          return key;
        },
      };
    },
  },
};

test.each(Object.entries(CASES))(
  'the executor of %s cuts off access, its reverser restores the original state, and neither lacks or has too many rights',
  (scope, one) => deployed.proves(scope, one),
);

test('reads traffic and role of an instance, and calls nothing that the role of enrich may not call', async () => {
  const logs = deployed.made(CloudWatchLogs);
  await logs.createLogGroup({ logGroupName: GROUP });
  const { instanceId, interfaceId, host } = await recordedInstance();
  const write = async (logStreamName: string, messages: string[]) => {
    await logs.createLogStream({ logGroupName: GROUP, logStreamName });
    const logEvents = messages.map((message) => ({ timestamp: Date.now() - 60_000, message }));
    await logs.putLogEvents({ logGroupName: GROUP, logStreamName, logEvents });
  };
  const start = Math.floor(Date.now() / 1000) - 120;
  const times = `${start} ${start + 59}`;
  await write(`${interfaceId}-all`, [
    `${attacker.value} ${host} 40000 22 6 18 3600 ${times} ACCEPT 2`,
    `${host} ${attacker.value} 22 40000 6 16 4100 ${times} ACCEPT 18`,
    `${attacker.value} ${host} 40001 23 6 3 180 ${times} REJECT 2`,
  ]);
  await write('eni-0123456789abcdef0-all', [
    `${attacker.value} 10.0.0.9 40000 22 6 18 3600 ${times} ACCEPT 2`,
  ]);
  const place = { account: POLICY.account, region: deployed.moto.clientConfig.region };
  const at = new Date().toISOString();
  const alert = alertWith({
    ...{ firstSeenAt: at, lastSeenAt: at },
    entities: [attacker, { ...theInstance, value: instanceId }].map((one) => ({ ...one, place })),
  });
  const { records } = deployed.store;
  await records.createIncident(incidentWith(alert));
  await records.putAlert(INCIDENT_ID, alert, {});
  const { handler } = await import('../../functions/enrich/handler.ts');
  const input = { incidentId: INCIDENT_ID, alertId: ALERT_ID };
  expect(await deployed.refusedTo('enrich', () => handler(input))).toEqual([]);
  const facts = await records.findFacts(INCIDENT_ID, ALERT_ID);
  const onInstance = facts?.entities.find(({ ref }) => ref === theInstance.ref);
  expect(onInstance?.scanner).toMatchObject({ known: true, value: { id: 'own-scan' } });
  expect(onInstance?.flows).toMatchObject({
    known: true,
    value: {
      // The flow log is newer than the time that was looked up.
      ...{ isComplete: false, records: 3, unreadable: 0 },
      peers: [{ ref: 'ip-1', begunBy: 'address', accepted: 1, rejected: 1, proven: 1 }],
    },
  });
  expect(facts?.citable?.find(({ source }) => source === 'flow-logs')?.text).toContain(
    'flow about ip-1: from ip-1 to instance-1, accepted=at least 1, rejected=at least 1',
  );
});
