// The place of each entity (P11): its own, else that of the finding.

import { describe, expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import { ownPlaceOf } from '../../functions/sources/entity-place.ts';
import { alertOf, sample } from '../intake/events.ts';

const OURS = { account: '111122223333', region: 'eu-central-1' };
const MEMBER = '444455556666';

const places = (event: unknown) =>
  Object.fromEntries(alertOf(event).entities.map(({ ref, place }: Entity) => [ref, place]));
const guardDuty = (name: string, change: (detail: ReturnType<typeof sample>) => void) => {
  const event = sample(name);
  change(event.detail);
  return event;
};
/** An envelope around one Security Hub finding. */
const securityHub = (type: string, finding: object) => ({
  source: 'aws.securityhub',
  'detail-type': type,
  account: OURS.account,
  region: OURS.region,
  time: '2026-11-24T03:00:00Z',
  detail: { findings: [finding] },
});
const asff = (change: object) =>
  securityHub('Security Hub Findings - Imported', {
    Id: 'arn:aws:guardduty:eu-central-1:111122223333:detector/d/finding/f',
    ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/guardduty',
    AwsAccountId: OURS.account,
    Region: OURS.region,
    Types: ['TTPs/Discovery/Recon:S3-MaliciousIPCaller'],
    Severity: { Label: 'HIGH' },
    Resources: [],
    ...change,
  });
const key = (change: object = {}) => ({
  Type: 'AwsIamAccessKey',
  Id: 'AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE',
  Region: OURS.region,
  Details: {
    AwsIamAccessKey: {
      PrincipalName: 'report-export',
      PrincipalType: 'IAMUser',
      UserName: 'report-export',
      AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      ...change,
    },
  },
});

describe('an entity without a place of its own', () => {
  test('has the place of the finding, whatever account and region delivered it', () => {
    const event = guardDuty('leaked-access-key', (detail) => {
      detail.accountId = MEMBER;
      detail.region = 'us-east-1';
    });
    const there = { account: MEMBER, region: 'us-east-1' };
    const { 'key-1': leaked, 'user-1': user, 'ip-1': address, 'alert-1': alert } = places(event);
    expect([leaked, user, address, alert]).toEqual([there, there, there, there]);
  });

  test('has an unknown account and region if neither the finding nor the envelope names one', () => {
    const { detail } = guardDuty('web-port-probe', (finding) => {
      delete finding.accountId;
      delete finding.region;
      delete finding.arn;
    });
    const alert = alertOf(detail);
    expect(alert.entities.find(({ kind }) => kind === 'ip')?.place).toEqual({
      account: 'unknown',
      region: 'unknown',
    });
    expect(alert.notes).toContain('The finding names no region');
  });

  test('takes the region from the ARN of the finding before that of the envelope', () => {
    const event = guardDuty('web-port-probe', (detail) => {
      delete detail.region;
      detail.arn = 'arn:aws:guardduty:us-west-2:111122223333:detector/d/finding/f';
    });
    expect(places(event)['instance-1']).toEqual({ ...OURS, region: 'us-west-2' });
  });
});

describe('an entity with a place of its own', () => {
  test('is where its ARN says, and the attacker was seen there', () => {
    const event = guardDuty('function-calls-out', (detail) => {
      const { lambdaDetails } = detail.resource;
      lambdaDetails.functionArn = `arn:aws:lambda:us-east-1:${MEMBER}:function:${lambdaDetails.functionName}`;
    });
    const there = { account: MEMBER, region: 'us-east-1' };
    const { 'function-1': named, 'ip-1': address, 'alert-1': alert } = places(event);
    expect([named, address, alert]).toEqual([there, there, OURS]);
  });

  test('is in the account of its IAM ARN, and was seen in the region of the finding', () => {
    const event = asff({
      Resources: [
        { Type: 'AwsIamUser', Id: `arn:aws:iam::${MEMBER}:user/team/ana`, Region: 'us-east-1' },
      ],
    });
    expect(places(event)['user-1']).toEqual({ account: MEMBER, region: OURS.region });
  });

  test('is in the region of its resource in ASFF', () => {
    const event = asff({
      Resources: [{ Type: 'AwsEc2Instance', Id: 'i-0aa1bb2cc3dd4ee5f', Region: 'ap-south-1' }],
    });
    expect(places(event)['instance-1']).toEqual({ ...OURS, region: 'ap-south-1' });
  });

  test('is in the owner’s account and the region of its resource in OCSF', () => {
    const event = securityHub('Findings Imported V2', {
      class_uid: 2004,
      severity_id: 4,
      finding_info: { uid: 'f-1', title: 'A function', types: ['Backdoor:Lambda/C&CActivity.B'] },
      cloud: { account: { uid: OURS.account }, region: OURS.region },
      resources: [
        {
          uid: 'shop',
          type: 'AWS::Lambda::Function',
          region: 'us-east-1',
          owner: { account: { uid: MEMBER } },
        },
      ],
    });
    expect(places(event)['function-1']).toEqual({ account: MEMBER, region: 'us-east-1' });
  });

  test('is two entities if two regions have a function of the same name', () => {
    const at = (region: string) => ({
      Type: 'AwsLambdaFunction',
      Id: `arn:aws:lambda:${region}:111122223333:function:shop`,
      Region: region,
    });
    const { 'function-1': first, 'function-2': second } = places(
      asff({ Resources: [at(OURS.region), at('us-east-1'), at(OURS.region)] }),
    );
    expect([first?.region, second?.region]).toEqual([OURS.region, 'us-east-1']);
  });

  test('is in the region of its Cognito user pool', () => {
    const event = sample('account-takeover');
    event.detail.entities = [
      {
        kind: 'cognito-user',
        value: 'customer-4711',
        part: 'actor',
        attributes: { userPoolId: 'us-east-1_EXAMPLE12' },
      },
    ];
    expect(places(event)['cognito-user-1']).toEqual({ ...OURS, region: 'us-east-1' });
  });

  test('makes the place of an address unknown if the targets are in several other regions', () => {
    const at = (region: string) => ({ Type: 'AwsEc2Instance', Id: `i-${region}`, Region: region });
    const event = asff({
      Types: ['TTPs/Discovery/Recon:EC2-PortProbeUnprotectedPort'],
      Network: { Direction: 'IN', SourceIpV4: '203.0.113.9' },
      Resources: [at('us-east-1'), at('us-west-2')].map((one) => ({
        ...one,
        Id: `arn:aws:ec2:${one.Region}:111122223333:instance/i-0aa1bb2cc3dd4ee5f`,
      })),
    });
    expect(places(event)['ip-1']).toEqual({ account: 'unknown', region: 'unknown' });
  });

  test('has an unknown account if the sender of a generic alert names a resource of another account', () => {
    const event = sample('account-takeover');
    event.account = MEMBER;
    event.detail.entities = [
      {
        kind: 'function',
        value: 'shop-resize-images',
        part: 'target',
        attributes: { arn: 'arn:aws:lambda:eu-central-1:111122223333:function:shop-resize-images' },
      },
    ];
    expect(places(event)['function-1']).toEqual({ account: 'unknown', region: OURS.region });
  });
});

const ARN_OF_A_FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:shop';

test('has an unknown region if its ARN is of another region than the event says', () => {
  const { region } = ownPlaceOf({
    kind: 'function',
    value: ARN_OF_A_FUNCTION,
    attributes: {},
    place: { region: 'us-east-1' },
  });
  expect(region).toBe('unknown');
});

test.each([
  ['an ARN in capitals', 'ARN:AWS:LAMBDA:US-EAST-1:444455556666:FUNCTION:SHOP', {}],
  ['an ARN with too short an account', 'arn:aws:lambda:eu-central-1:4444555566:function:shop', {}],
  ['an owner with too short an account', '', { account: '4444555566' }],
  ['an owner who is not the account of the ARN', ARN_OF_A_FUNCTION, { account: MEMBER }],
])('has an unknown account if the event gives %s', (_, arn, place) => {
  const own = ownPlaceOf({ kind: 'function', value: 'shop', attributes: { arn }, place });
  expect(own.account).toBe('unknown');
});

describe('a caller of another account', () => {
  const called = (change: object, userType = 'IAMUser') =>
    guardDuty('bucket-read', ({ resource, service }) => {
      Object.assign(resource.accessKeyDetails, { userType, userName: 'report-export' });
      Object.assign(service.action.awsApiCallAction, change);
    });

  test('is in the account that GuardDuty names, and the bucket stays in ours', () => {
    const event = called({ remoteAccountDetails: { accountId: MEMBER, affiliated: false } });
    const { 'user-1': user, 'key-1': used, 'bucket-1': bucket, 'ip-1': address } = places(event);
    const theirs = { ...OURS, account: MEMBER };
    expect([user, used, bucket, address]).toEqual([theirs, theirs, OURS, OURS]);
  });

  test.each(['principalId', 'userName'])('is in the account of the ARN in %s', (field) => {
    const event = guardDuty('bucket-read', ({ resource }) => {
      const userType = 'IAMUser';
      const arn = `arn:aws:iam::${MEMBER}:user/report-export`;
      Object.assign(resource.accessKeyDetails, { userType, [field]: arn });
    });
    const { 'user-1': user, 'key-1': used } = places(event);
    expect([user?.account, used?.account]).toEqual([MEMBER, MEMBER]);
  });

  test('is in an unknown account if the ARN and the event disagree', () => {
    const event = called({ remoteAccountDetails: { accountId: MEMBER, affiliated: false } });
    event.detail.resource.accessKeyDetails.principalId = `arn:aws:iam::${OURS.account}:user/report-export`;
    expect(places(event)['user-1']?.account).toBe('unknown');
  });

  test('says whether the account belongs to the organization', () => {
    const { entities } = alertOf(
      called({ remoteAccountDetails: { accountId: MEMBER, affiliated: false } }),
    );
    expect(entities.find(({ kind }) => kind === 'iam-user')?.attributes.affiliated).toBe('false');
  });

  test.each([
    ['its type is a remote account', called({ callerType: 'Remote Account' })],
    ['its account is not a number', called({ remoteAccountDetails: { accountId: 'x' } })],
    ['its user is another account', called({}, 'AWSAccount')],
  ])('is in an unknown account if %s', (_, event) => {
    expect(places(event)['key-1']?.account).toBe('unknown');
  });

  test('is recognised in GuardDuty’s fields of a Security Hub finding', () => {
    const name = 'aws/guardduty/service/action/awsApiCallAction/remoteAccountDetails/accountId';
    const { 'user-1': user, 'key-1': used } = places(
      asff({ Resources: [key()], ProductFields: { [name]: MEMBER } }),
    );
    expect([user?.account, used?.account]).toEqual([MEMBER, MEMBER]);
  });

  test('is in the account that ASFF names for the key', () => {
    expect(places(asff({ Resources: [key({ AccountId: MEMBER })] }))['key-1']?.account).toBe(
      MEMBER,
    );
  });

  test('is in the account that OCSF names for the user', () => {
    const event = securityHub('Findings Imported V2', {
      class_uid: 2004,
      severity_id: 4,
      finding_info: { uid: 'f-1', title: 'A call', types: ['Recon:IAMUser/MaliciousIPCaller'] },
      cloud: { account: { uid: OURS.account }, region: OURS.region },
      evidences: [
        {
          api: { operation: 'GetObject' },
          src_endpoint: { ip: '203.0.113.9' },
          actor: {
            user: {
              name: 'report-export',
              type: 'IAMUser',
              credential_uid: 'AKIAIOSFODNN7EXAMPLE',
              account: { uid: MEMBER },
            },
          },
        },
      ],
    });
    const { 'user-1': user, 'key-1': used, 'ip-1': address } = places(event);
    expect([user?.account, used?.account, address]).toEqual([MEMBER, MEMBER, OURS]);
  });

  test('is in the account that an attack sequence names for the actor', () => {
    const event = guardDuty('attack-sequence', (detail) => {
      for (const { user } of detail.service.detection.sequence.actors)
        if (user) user.account = { uid: MEMBER };
    });
    expect(places(event)['user-1']?.account).toBe(MEMBER);
  });
});

describe('a generic alert', () => {
  const named = (kind: string, attributes: object) => {
    const event = sample('account-takeover');
    event.detail.entities = [{ kind, value: 'report-export', part: 'actor', attributes }];
    const [one] = Object.entries(places(event)).filter(([ref]) => ref !== 'alert-1');
    return one?.[1];
  };

  test.each([
    ['account', { account: MEMBER }],
    ['accountId', { accountId: MEMBER }],
    ['the ARN of the user', { userArn: `arn:aws:iam::${MEMBER}:user/report-export` }],
    ['an ARN as the user name', { userName: `arn:aws:iam::${MEMBER}:user/report-export` }],
    ['an account that is not a number', { account: 'production' }],
  ])('has an unknown account for an entity that names another one in %s', (_, attributes) => {
    expect(named('iam-user', attributes)?.account).toBe('unknown');
  });

  test('keeps the account for an entity that names the same one', () => {
    expect(named('iam-user', { account: OURS.account })).toEqual(OURS);
  });

  test('has the region that an attribute of the entity names', () => {
    expect(named('function', { region: 'us-east-1' })).toEqual({ ...OURS, region: 'us-east-1' });
  });
});

describe('the account of a finding', () => {
  test('is unknown if the finding’s own one can’t be read, even if the envelope names one', () => {
    const event = sample('exposed-key');
    event.detail.affectedAccount = '4444-5555-6666';
    expect(places(event)['key-1']?.account).toBe('unknown');
  });

  test('is that of its ARN before that of the envelope, which may be an administrator’s', () => {
    const event = sample('package-vulnerability');
    delete event.detail.awsAccountId;
    event.detail.findingArn = `arn:aws:inspector2:eu-central-1:${MEMBER}:finding/0f1e2d3c`;
    expect(places(event)['instance-1']?.account).toBe(MEMBER);
  });
});

describe('a resource of OCSF', () => {
  const finding = (change: object) =>
    securityHub('Findings Imported V2', {
      class_uid: 2004,
      severity_id: 4,
      finding_info: { uid: 'f-1', title: 'A host', types: ['Backdoor:EC2/C&CActivity.B'] },
      cloud: { account: { uid: OURS.account }, region: OURS.region },
      ...change,
    });
  const INSTANCE = { uid: 'i-0aa1bb2cc3dd4ee5f', type: 'AWS::EC2::Instance' };

  test('is in the region of its availability zone', () => {
    const event = finding({ resources: [{ ...INSTANCE, zone: 'us-east-1a' }] });
    expect(places(event)['instance-1']).toEqual({ ...OURS, region: 'us-east-1' });
  });

  test('is in the account of its owner as OCSF 1.0 names it', () => {
    const event = finding({ resources: [{ ...INSTANCE, owner: { account_uid: MEMBER } }] });
    expect(places(event)['instance-1']?.account).toBe(MEMBER);
  });

  test('is in the account of the cloud if that is only an ID', () => {
    const cloud = { account: MEMBER, region: OURS.region };
    expect(places(finding({ cloud, resources: [INSTANCE] }))['instance-1']?.account).toBe(MEMBER);
  });
});

describe('a part of a resource elsewhere', () => {
  const ENI = 'eni-0f1e2d3c4b5a69781';
  const there = { account: MEMBER, region: 'us-east-1' };
  const CLUSTER = `arn:aws:eks:us-east-1:${MEMBER}:cluster/prod`;

  test('an interface is where its instance is, in ASFF', () => {
    const event = asff({
      Resources: [
        {
          Type: 'AwsEc2Instance',
          Id: `arn:aws:ec2:us-east-1:${MEMBER}:instance/i-0aa1bb2cc3dd4ee5f`,
          Details: { AwsEc2Instance: { NetworkInterfaces: [{ NetworkInterfaceId: ENI }] } },
        },
      ],
    });
    expect(places(event)['eni-1']).toEqual(there);
  });

  test('an interface is where its instance is, in OCSF', () => {
    const event = securityHub('Findings Imported V2', {
      class_uid: 2004,
      severity_id: 4,
      finding_info: { uid: 'f-1', title: 'A host', types: ['Backdoor:EC2/C&CActivity.B'] },
      cloud: { account: { uid: OURS.account }, region: OURS.region },
      resources: [
        {
          uid: 'i-0aa1bb2cc3dd4ee5f',
          type: 'AWS::EC2::Instance',
          region: 'us-east-1',
          owner: { account: { uid: MEMBER } },
          data: { NetworkInterfaces: [{ NetworkInterfaceId: ENI }] },
        },
      ],
    });
    expect(places(event)['eni-1']).toEqual(there);
  });

  test('a workload is where its cluster is, in GuardDuty and in ASFF', () => {
    const workload = { name: 'web', namespace: 'shop', type: 'pods' };
    const event = guardDuty('web-port-probe', (detail) => {
      detail.type = 'Execution:Kubernetes/ExecInKubeSystemPod';
      detail.resource = {
        resourceType: 'EKSCluster',
        eksClusterDetails: { name: 'prod', arn: CLUSTER },
        kubernetesDetails: { kubernetesWorkloadDetails: workload },
      };
    });
    const fields = Object.entries(workload).map(([name, value]) => [
      `kubernetesDetails/kubernetesWorkloadDetails/${name}`,
      value,
    ]);
    const Details = { Other: Object.fromEntries(fields) };
    const imported = asff({ Resources: [{ Type: 'AwsEksCluster', Id: CLUSTER, Details }] });
    expect([event, imported].map((one) => places(one)['workload-1'])).toEqual([there, there]);
  });
});
