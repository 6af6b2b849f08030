// Sides, identities and samples in the shapes that Security Hub delivers.
import { describe, expect, test } from 'vitest';
import { isPosture } from '../../functions/domain/alert.ts';
import { alertOf, at, partsOf, sample } from '../intake/events.ts';

const OURS = { ip: '198.51.100.20', port: 22 };
const THEIRS = { ip: '203.0.113.66', port: 40_000 };
const INSTANCE = {
  type: 'AWS::EC2::Instance',
  uid: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0aa1bb2cc3dd4ee5f',
};

/** An OCSF finding of GuardDuty. */
function ocsf(type: string, change: object) {
  const event = sample('security-hub-ocsf');
  const [finding] = event.detail.findings;
  event.detail.findings = [
    {
      ...finding,
      finding_info: { ...finding.finding_info, types: ['Threats', type] },
      resources: [INSTANCE],
      ...change,
    },
  ];
  return event;
}

/** An ASFF finding of GuardDuty with flat fields. */
function asff(type: string, fields: Record<string, string>, change: object = {}) {
  const event = sample('security-hub-asff');
  const [finding] = event.detail.findings;
  const ProductFields = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [`aws/guardduty/service/${name}`, value]),
  );
  event.detail.findings = [{ ...finding, Types: [type], Action: null, ProductFields, ...change }];
  return event;
}

describe('the direction of OCSF evidence', () => {
  const connection = (connection_info: object | null, more: object = {}) =>
    ocsf('UnauthorizedAccess:EC2/MaliciousIPCaller.Custom', {
      evidences: [{ src_endpoint: THEIRS, dst_endpoint: OURS, connection_info, ...more }],
    });
  test.each([
    [{ direction: 'Inbound' }, [THEIRS.ip], 'inbound'],
    [{ direction_id: 1 }, [THEIRS.ip], 'inbound'],
    [{ direction: 'Outbound' }, [OURS.ip], 'outbound'],
    [{ direction_id: 2 }, [OURS.ip], 'outbound'],
    [{ direction: 'Unknown', direction_id: 2 }, [OURS.ip], 'outbound'],
    [{ direction: 'Inbound', direction_id: 2 }, [], 'unknown'],
    [{ direction: 'Lateral', direction_id: 3 }, [], 'unknown'],
    [{ direction_id: 0 }, [], 'unknown'],
    [{ protocol_num: 6 }, [], 'unknown'],
    [null, [], 'unknown'],
  ])('%j makes %j the actor', (info, actors, direction) => {
    const alert = alertOf(connection(info));
    expect(alert.entities.filter(({ part }) => part === 'actor').map(({ value }) => value)).toEqual(
      actors,
    );
    expect(alert.traffic.direction).toBe(direction);
    // Without a direction, neither end counts as the account's own.
    const own = alert.entities.filter(({ attributes }) => attributes.side === 'ours');
    expect(own).toHaveLength(direction === 'unknown' ? 0 : 1);
  });

  test.each([
    ['the evidence', { data: { resource_role: 'ACTOR' } }, {}],
    ['the resource, by caption', {}, { resources: [{ ...INSTANCE, role: 'Actor' }] }],
    ['the resource, by ID', {}, { resources: [{ ...INSTANCE, role_id: 2 }] }],
    [
      'the fields of ASFF',
      {},
      { unmapped: { 'ProductFields.aws/guardduty/service/resourceRole': 'ACTOR' } },
    ],
  ])('is outbound if %s names our resource as the actor', (_where, inEvidence, inFinding) => {
    const event = ocsf('UnauthorizedAccess:EC2/SSHBruteForce', {
      evidences: [{ src_endpoint: OURS, dst_endpoint: THEIRS, ...inEvidence }],
      ...inFinding,
    });
    expect(alertOf(event).traffic.direction).toBe('outbound');
    expect(partsOf(event)).toContain(`ip-2 ${THEIRS.ip} related`);
  });

  test('marks the end that belongs to our instance, and blames no one', () => {
    const dst_endpoint = { ...OURS, instance_uid: 'i-0aa1bb2cc3dd4ee5f' };
    const alert = alertOf(connection(null, { dst_endpoint }));
    expect(alert.entities.filter(({ part }) => part === 'actor')).toEqual([]);
    expect(alert.entities.find(({ value }) => value === OURS.ip)?.attributes.side).toBe('ours');
  });

  test('treats the source of an API call as the caller', () => {
    const evidence = { api: { operation: 'ListUsers' }, src_endpoint: { ip: THEIRS.ip } };
    const alert = alertOf(ocsf('Recon:IAMUser/UserPermissions', { evidences: [evidence] }));
    expect(alert.traffic.layer).toBe('aws-api');
    expect(alert.entities[1]).toMatchObject({ value: THEIRS.ip, part: 'actor' });
  });

  test('treats the endpoints of an attack sequence as the attacker’s', () => {
    const evidences = [
      { src_endpoint: { uid: 'c2.example.com' } },
      { src_endpoint: { uid: THEIRS.ip } },
    ];
    expect(partsOf(ocsf('AttackSequence:EC2/CompromisedInstanceGroup', { evidences }))).toEqual([
      'domain-1 c2.example.com actor',
      `ip-1 ${THEIRS.ip} actor`,
      'instance-1 i-0aa1bb2cc3dd4ee5f target',
    ]);
  });
});

describe('details of an OCSF resource', () => {
  const instance = (details: object) => ({
    ...ocsf('Execution:Runtime/ReverseShell', {
      evidences: [{ src_endpoint: OURS, dst_endpoint: THEIRS }],
      resources: [{ ...INSTANCE, ...details }],
    }),
  });
  test.each([
    ['device', { device: { network_interfaces: [{ ip: OURS.ip, uid: 'eni-0f1e2d3c4b5a69781' }] } }],
    [
      'an object',
      {
        data: {
          network_interfaces: [
            { public_ip: OURS.ip, network_interface_id: 'eni-0f1e2d3c4b5a69781' },
          ],
        },
      },
    ],
    [
      'JSON text',
      {
        data: JSON.stringify({
          AwsEc2Instance: {
            IpV4Addresses: [OURS.ip],
            NetworkInterfaces: [{ NetworkInterfaceId: 'eni-0f1e2d3c4b5a69781' }],
          },
        }),
      },
    ],
    [
      'named JSON text',
      {
        data: `[AwsEc2Instance={"IpV4Addresses":["${OURS.ip}"],"NetworkInterfaces":[{"NetworkInterfaceId":"eni-0f1e2d3c4b5a69781"}]}, Other={"x":"y"}]`,
      },
    ],
  ])('give the addresses and interfaces of the instance, from %s', (_shape, details) => {
    const { entities } = alertOf(instance(details));
    expect(entities.find(({ value }) => value === OURS.ip)).toMatchObject({
      part: 'related',
      attributes: { side: 'ours' },
    });
    expect(entities.find(({ kind }) => kind === 'instance')?.attributes.interfaceIds).toBe(
      'eni-0f1e2d3c4b5a69781',
    );
  });

  test('take no address from the owner’s tags', () => {
    const data = { tags: { publicIp: THEIRS.ip } };
    const found = alertOf(instance({ data })).entities.find(({ value }) => value === THEIRS.ip);
    expect(found?.attributes.side).toBeUndefined();
  });

  test.each([
    [
      'uid',
      { type: 'AWS::S3::Bucket', uid: 'shop-pictures', uid_alt: 'arn:aws:s3:::shop-pictures' },
    ],
    ['ARN', { type: 'AwsS3Bucket', uid: 'arn:aws:s3:::shop-pictures' }],
    ['ARN without a partition', { type: 'AwsS3Bucket', uid: 'arn::s3:::shop-pictures' }],
    ['ARN with a prefix', { type: 'AwsS3Bucket', uid: 'arn:aws:s3:::shop-pictures/2026/*' }],
  ])('name a bucket by its %s', (_form, resource) => {
    const event = ocsf('Discovery:S3/AnomalousBehavior', { evidences: [], resources: [resource] });
    expect(partsOf(event)).toEqual(['bucket-1 shop-pictures target']);
  });
});

describe('a role and its session', () => {
  const ROLE = { user_name: 'deploy', user_type: 'AssumedRole', principal_id: 'AROAX:ana' };
  const key = (change: object) =>
    ocsf('Persistence:IAMUser/AnomalousBehavior', {
      evidences: [],
      resources: [{ type: 'AWS::IAM::AccessKey', uid: 'ASIAIOSFODNN7EXAMPLE', ...change }],
    });
  const inAsff = (AwsIamAccessKey: object) =>
    asff(
      'TTPs/Persistence:IAMUser-AnomalousBehavior',
      { 'action/actionType': 'AWS_API_CALL' },
      {
        Resources: [
          {
            Type: 'AwsIamAccessKey',
            Id: 'AWS::IAM::AccessKey:ASIAIOSFODNN7EXAMPLE',
            Details: { AwsIamAccessKey },
          },
        ],
      },
    );
  test.each([
    ['OCSF data', key({ data: ROLE })],
    ['OCSF data as text', key({ data: JSON.stringify({ AwsIamAccessKey: ROLE }) })],
    [
      'an OCSF actor',
      ocsf('Persistence:IAMUser/AnomalousBehavior', {
        resources: [],
        evidences: [
          {
            actor: {
              user: { credential_uid: 'ASIAIOSFODNN7EXAMPLE', type: 'AssumedRole' },
              session: { uid: 'ana', issuer: 'arn:aws:iam::111122223333:role/team/deploy' },
            },
          },
        ],
      }),
    ],
    [
      'the ARN of an OCSF actor',
      ocsf('Persistence:IAMUser/AnomalousBehavior', {
        resources: [],
        evidences: [
          {
            actor: {
              user: {
                credential_uid: 'ASIAIOSFODNN7EXAMPLE',
                uid: 'arn:aws:sts::111122223333:assumed-role/deploy/ana',
              },
            },
          },
        ],
      }),
    ],
    [
      'ASFF',
      inAsff({ PrincipalId: 'AROAX:ana', PrincipalName: 'deploy', PrincipalType: 'AssumedRole' }),
    ],
    [
      'the session context of ASFF',
      inAsff({
        PrincipalId: 'AROAX:ana',
        SessionContext: { SessionIssuer: { Type: 'Role', UserName: 'deploy' } },
      }),
    ],
  ])('are read from %s', (_source, event) => {
    expect(partsOf(event).filter((one) => !one.startsWith('ip'))).toEqual([
      'key-1 ASIAIOSFODNN7EXAMPLE actor',
      'role-1 deploy actor',
    ]);
    const role = alertOf(event).entities.find(({ kind }) => kind === 'iam-role');
    expect(role?.attributes.session).toBe('ana');
  });

  test('name the instance whose credentials they are', () => {
    const event = inAsff({
      PrincipalId: 'AROAX:i-0aa1bb2cc3dd4ee5f',
      PrincipalName: 'shop-web',
      PrincipalType: 'AssumedRole',
    });
    expect(partsOf(event)).toContain('instance-1 i-0aa1bb2cc3dd4ee5f related');
  });

  test('are not read from a user of the operating system', () => {
    const evidences = [{ actor: { user: { name: 'root', uid: '0' } } }];
    const event = ocsf('Execution:Runtime/ReverseShell', { evidences });
    expect(partsOf(event)).toEqual(['instance-1 i-0aa1bb2cc3dd4ee5f target']);
  });
});

describe('GuardDuty’s fields in an ASFF finding', () => {
  test('give the same entities as the finding itself', () => {
    const event = asff('TTPs/UnauthorizedAccess:EC2-SSHBruteForce', {
      'action/actionType': 'NETWORK_CONNECTION',
      'action/networkConnectionAction/connectionDirection': 'INBOUND',
      'action/networkConnectionAction/localPortDetails/port': '22',
      'action/networkConnectionAction/localIpDetails/ipAddressV4': '10.20.1.18',
      'action/networkConnectionAction/remoteIpDetails/ipAddressV4': THEIRS.ip,
      'action/networkConnectionAction/remoteIpDetails/country/countryName': 'Netherlands',
      'evidence/threatIntelligenceDetails.0_/threatListName': 'Example List',
      count: '7',
    });
    const alert = alertOf(event);
    expect(partsOf(event)).toEqual([
      `ip-1 ${THEIRS.ip} actor`,
      'instance-1 i-0abcdef0123456789 target',
      'ip-2 10.20.1.18 related',
    ]);
    expect(alert).toMatchObject({
      count: 7,
      traffic: { layer: 'network', direction: 'inbound', localPort: 22 },
    });
    expect(alert.entities[0]?.attributes.threatLists).toBe('Example List');
    expect(alert.entities[1]?.attributes.country).toBe('Netherlands');
    expect(at(event, alert.entities[1]!.foundAt[0]!)).toBe(THEIRS.ip);
  });

  test('make our resource the attacker if they say so', () => {
    const event = asff('TTPs/UnauthorizedAccess:EC2-SSHBruteForce', {
      resourceRole: 'ACTOR',
      'action/networkConnectionAction/connectionDirection': 'UNKNOWN',
      'action/networkConnectionAction/remoteIpDetails/ipAddressV4': THEIRS.ip,
    });
    expect(partsOf(event)).toContain(`ip-1 ${THEIRS.ip} related`);
  });

  test('name the workload beside its cluster, and the Kubernetes user', () => {
    const details = 'kubernetesDetails/kubernetesWorkloadDetails';
    const Other = {
      [`${details}/name`]: 'web-7f',
      [`${details}/namespace`]: 'shop',
      'kubernetesDetails/kubernetesUserDetails/username': 'system:anonymous',
    };
    const Id = 'arn:aws:eks:eu-central-1:111122223333:cluster/shop';
    const event = asff(
      'TTPs/Discovery:Kubernetes-SuccessfulAnonymousAccess',
      {},
      { Resources: [{ Type: 'AwsEksCluster', Id, Details: { Other } }] },
    );
    expect(partsOf(event)).toEqual(['cluster-1 shop target', 'workload-1 shop/web-7f target']);
    expect(alertOf(event).entities[0]?.attributes.kubernetesUser).toBe('system:anonymous');
  });

  test('list the actors and endpoints of an attack sequence', () => {
    const Detection = {
      Sequence: {
        Actors: [
          { Id: 'a', User: { CredentialUid: 'ASIAX', Name: 'deploy', Type: 'AssumedRole' } },
        ],
        Endpoints: [{ Id: 'e', Ip: THEIRS.ip }],
        Signals: [{ Name: 'iam:CreateUser' }],
      },
    };
    const event = asff('TTPs/AttackSequence:IAM-CompromisedCredentials', {}, { Detection });
    expect(partsOf(event).slice(0, 3)).toEqual([
      `ip-1 ${THEIRS.ip} actor`,
      'key-1 ASIAX actor',
      'role-1 deploy actor',
    ]);
    expect(alertOf(event).entities[0]?.attributes.signals).toBe('iam:CreateUser');
  });
});

describe('a sample of GuardDuty', () => {
  const fields = (name: string, value: string) =>
    asff('TTPs/Recon:EC2-PortProbeUnprotectedPort', { [name]: value });
  const inOcsf = (change: object) => ocsf('Recon:EC2/PortProbeUnprotectedPort', change);
  const title = '[SAMPLE] Port 443 is being probed';
  test.each([
    ['an ASFF field', fields('additionalInfo/sample', 'true')],
    ['JSON in an ASFF field', fields('additionalInfo/value', '{"sample":true}')],
    ['JSON in an old ASFF field', fields('additionalInfo', '{"sample":true}')],
    ['the title in ASFF', asff('TTPs/Recon:EC2-PortProbeUnprotectedPort', {}, { Title: title })],
    ['an unmapped field in OCSF', inOcsf({ unmapped: { Sample: 'true' } })],
    [
      'an unmapped field of GuardDuty in OCSF',
      inOcsf({
        unmapped: { 'ProductFields.aws/guardduty/service/additionalInfo/sample': 'true' },
      }),
    ],
    ['the evidence in OCSF', inOcsf({ evidences: [{ data: { sample: true } }] })],
    ['JSON in the evidence', inOcsf({ evidences: [{ data: '{"sample":true}' }] })],
    [
      'the title in OCSF',
      inOcsf({
        finding_info: { uid: 'u', title, types: ['Recon:EC2/PortProbeUnprotectedPort'] },
      }),
    ],
  ])('is recognised by %s', (_mark, event) => {
    expect(alertOf(event).sample).toBe(true);
  });

  test('is not recognised by the title of another product', () => {
    const ProductArn = 'arn:aws:securityhub:eu-central-1::product/example/scanner';
    const event = asff('TTPs/Discovery', {}, { Title: title, ProductArn, ProductName: 'Scanner' });
    expect(alertOf(event).sample).toBe(false);
  });
});

describe('posture', () => {
  const attack = 'UnauthorizedAccess:EC2/SSHBruteForce';
  const product = (name: string) => `arn:aws:securityhub:eu-central-1::product/aws/${name}`;
  test.each([
    ['securityhub', true],
    ['inspector', true],
    ['macie', true],
    ['access-analyzer', true],
    ['guardduty', false],
    ['detective', false],
  ])('depends on the product %s and not on the type: %s', (name, posture) => {
    const ProductArn = product(name);
    expect(isPosture(alertOf(asff(attack, {}, { ProductArn })))).toBe(posture);
    const metadata = { product: { uid: ProductArn.replace('product', 'productv2') } };
    expect(isPosture(alertOf(ocsf(attack, { metadata })))).toBe(posture);
  });

  test.each([
    [2006, true],
    [2001, false],
  ])('depends on the OCSF class %i: %s', (class_uid, posture) => {
    const metadata = { product: { name: 'Example Scanner' } };
    expect(isPosture(alertOf(ocsf(attack, { class_uid, metadata })))).toBe(posture);
  });

  test('follows from the compliance block of another product', () => {
    const metadata = { product: { name: 'Example Scanner' } };
    const compliance = { status_id: 3 };
    expect(isPosture(alertOf(ocsf(attack, { compliance, metadata })))).toBe(true);
  });
});

test.each([
  [4001, 'an activity'],
  [3002, 'an activity'],
  [6003, 'an activity'],
  [2005, 'an incident that groups findings'],
])('rejects an OCSF event of class %i, and says that it is %s', (class_uid, what) => {
  const event = ocsf('X:EC2/Y', { class_uid });
  expect(() => alertOf(event)).toThrow(`class ${class_uid} is ${what}, not a finding`);
});
