// Findings over 4 regions and 3 accounts, with the true place of each entity.
import type { Entity } from '../../functions/domain/alert.ts';
import type { Place } from '../../functions/domain/place.ts';
import { isIdentity } from '../../functions/domain/service-account.ts';
import { NOW } from '../fixtures/case.ts';

export const ACCOUNTS = ['111122223333', '444455556666', '999988887777'];
const REGIONS = ['eu-central-1', 'us-east-1', 'us-west-2', 'ap-south-1'];
export const HOME = 'us-east-1';
export const STACKS: readonly Place[] = ACCOUNTS.flatMap((account) =>
  REGIONS.map((region) => ({ account, region })),
);

/** Numerical Recipes' generator: the same findings in every run. */
export function pickFrom(seed: number) {
  let state = seed;
  return <T>(...options: readonly [T, ...T[]]): T => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return options[Math.floor((state / 2 ** 32) * options.length)] ?? options[0];
  };
}
type Choice = ReturnType<typeof pickFrom>;
const placeFrom = (pick: Choice): Place => ({
  account: pick(...(ACCOUNTS as [string])),
  region: pick(...(REGIONS as [string])),
});

/** A finding, and where its resource and its caller really are. Every name exists in every account and region. */
export type Case = { event: object; resource: Place; caller: Place };

const attackerOf = (index: number) => `203.0.113.${1 + (index % 250)}`;
const INSTANCE = {
  instanceId: 'i-0aa1bb2cc3dd4ee5f',
  networkInterfaces: [{ networkInterfaceId: 'eni-0f1e2d3c4b5a69781', subnetId: 'subnet-0a1b2c3d' }],
};
const USER = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  userName: 'report-export',
  userType: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
};

function guardDuty(pick: Choice, index: number): Case {
  const finding = placeFrom(pick);
  const caller = { ...finding, account: pick(finding.account, ...(ACCOUNTS as [string])) };
  const named = pick(finding, finding, placeFrom(pick));
  const isFunction = pick(true, false, false);
  const call = {
    awsApiCallAction: {
      remoteIpDetails: { ipAddressV4: attackerOf(index) },
      ...(caller.account !== finding.account && {
        remoteAccountDetails: { accountId: caller.account, affiliated: pick(true, false) },
      }),
    },
  };
  const probe = {
    portProbeAction: {
      portProbeDetails: [
        {
          localPortDetails: { port: pick(443, 22) },
          remoteIpDetails: { ipAddressV4: attackerOf(index) },
        },
      ],
    },
  };
  const [type, resource, action] = isFunction
    ? [
        'Backdoor:Lambda/C&CActivity.B',
        {
          lambdaDetails: {
            functionName: 'shop-resize-images',
            functionArn: `arn:aws:lambda:${named.region}:${named.account}:function:shop-resize-images`,
          },
        },
        {},
      ]
    : pick<[string, object, object]>(
        ['Recon:EC2/PortProbeUnprotectedPort', { instanceDetails: INSTANCE }, probe],
        [
          'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
          { resourceType: 'AccessKey', accessKeyDetails: USER },
          call,
        ],
        [
          'UnauthorizedAccess:S3/MaliciousIPCaller.Custom',
          { accessKeyDetails: USER, s3BucketDetails: [{ name: 'shop', arn: 'arn:aws:s3:::shop' }] },
          call,
        ],
        ['Trojan:EC2/DropPoint', { instanceDetails: INSTANCE }, {}],
      );
  const envelope = placeFrom(pick);
  return {
    event: {
      source: 'aws.guardduty',
      'detail-type': 'GuardDuty Finding',
      ...envelope,
      time: NOW.toISOString(),
      detail: {
        id: `f-${index}`,
        type,
        severity: pick(2, 5, 8),
        accountId: finding.account,
        region: finding.region,
        resource,
        service: { action },
      },
    },
    resource: isFunction ? named : finding,
    caller: 'awsApiCallAction' in action ? caller : finding,
  };
}

function asff(pick: Choice, index: number): Case {
  const finding = placeFrom(pick);
  const resource = { ...finding, region: pick(finding.region, ...(REGIONS as [string])) };
  return {
    event: {
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      ...placeFrom(pick),
      time: NOW.toISOString(),
      detail: {
        findings: [
          {
            Id: `f-${index}`,
            ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/guardduty',
            AwsAccountId: finding.account,
            Region: finding.region,
            Types: ['TTPs/Recon:EC2-PortProbeUnprotectedPort'],
            Severity: { Label: pick('LOW', 'HIGH') },
            Network: {
              Direction: 'IN',
              SourceIpV4: attackerOf(index),
              DestinationPort: pick(443, 22),
            },
            Resources: [
              {
                Type: 'AwsEc2Instance',
                Id: `arn:aws:ec2:${resource.region}:${resource.account}:instance/i-0aa1bb2cc3dd4ee5f`,
                Region: resource.region,
              },
            ],
          },
        ],
      },
    },
    resource,
    caller: finding,
  };
}

export const caseOf = (pick: Choice, index: number): Case =>
  pick(guardDuty, guardDuty, guardDuty, asff)(pick, index);

type Target = Pick<Entity, 'kind'>;

/** Where an entity really is, from the generator and not from the parser. */
const truePlace = ({ resource, caller }: Case, { kind }: Target): Place =>
  isIdentity({ kind }) ? caller : resource;

/** The only stack that may act on it. */
export const stackFor = (one: Case, target: Target): Place => {
  const place = truePlace(one, target);
  return isIdentity(target) ? { ...place, region: HOME } : place;
};

export const samePlace = (a: Place, b: Place) => a.account === b.account && a.region === b.region;
