// Security Hub findings in ASFF and OCSF, and generic alerts.
import { describe, expect, test } from 'vitest';
import { isPosture } from '../../functions/domain/alert.ts';
import { alertOf, partsOf, sample } from '../intake/events.ts';

const asff = () => sample('security-hub-asff');
const ocsf = () => sample('security-hub-ocsf');
const inAsff = (change: object) => {
  const event = asff();
  Object.assign(event.detail.findings[0], change);
  return event;
};
const inOcsf = (change: object) => {
  const event = ocsf();
  Object.assign(event.detail.findings[0], change);
  return event;
};

describe('an ASFF finding', () => {
  test('reads the type, parts and traffic of a GuardDuty finding in ASFF', () => {
    expect(alertOf(asff())).toMatchObject({
      source: 'securityhub-asff',
      type: 'Recon:EC2/PortProbeUnprotectedPort',
      severity: { label: 'medium' },
      count: 4,
      traffic: { layer: 'web', direction: 'inbound', localPort: 443 },
    });
    expect(partsOf(asff())).toEqual([
      'ip-1 203.0.113.210 actor',
      'instance-1 i-0abcdef0123456789 target',
    ]);
  });

  test.each([
    ['TTPs/Discovery/Recon:IAMUser-UserPermissions', 'Recon:IAMUser/UserPermissions'],
    ['TTPs/UnauthorizedAccess:EC2.SSHBruteForce', 'UnauthorizedAccess:EC2/SSHBruteForce'],
    ['Trojan:Runtime/DGADomainRequest.C!DNS', 'Trojan:Runtime/DGADomainRequest.C!DNS'],
  ])('reads the ASFF type %s as %s', (written, type) => {
    expect(alertOf(inAsff({ Types: ['Unusual Behaviors', written] })).type).toBe(type);
  });

  test('names further ASFF types in a note', () => {
    expect(alertOf(inAsff({ Types: ['A/B', 'C/D'] })).notes).toContain('Other types: C/D');
  });

  test('reads an ASFF finding without Action from its flattened fields', () => {
    const fields = (action: object) =>
      alertOf(
        inAsff({
          Action: null,
          ProductFields: Object.fromEntries(
            Object.entries(action).map(([name, value]) => [`aws/guardduty/service/${name}`, value]),
          ),
        }),
      );
    const call = fields({
      'action/actionType': 'AWS_API_CALL',
      'action/awsApiCallAction/remoteIpDetails/ipAddressV4': '203.0.113.9',
    });
    expect(call.traffic.layer).toBe('aws-api');
    expect(call.entities[1]).toMatchObject({ value: '203.0.113.9', part: 'actor' });
    expect(
      fields({
        'action/actionType': 'NETWORK_CONNECTION',
        'action/networkConnectionAction/connectionDirection': 'INBOUND',
        'action/networkConnectionAction/localPortDetails/port': '22',
      }).traffic,
    ).toMatchObject({ layer: 'network', direction: 'inbound', localPort: 22 });
  });

  test.each([
    ['IN', 'SourceIpV4', 'DestinationPort', 443],
    ['OUT', 'DestinationIpV4', 'SourcePort', 40_000],
  ])(
    'treats the remote end of ASFF network traffic %s as the actor',
    (Direction, remote, local, port) => {
      const Network = {
        Direction,
        SourceIpV4: '198.51.100.1',
        DestinationIpV4: '198.51.100.2',
        [local]: port,
      };
      const alert = alertOf(inAsff({ Action: null, ProductFields: null, Network }));
      const actors = alert.entities.filter(({ kind, part }) => kind === 'ip' && part === 'actor');
      expect(actors).toMatchObject([{ value: Reflect.get(Network, remote) }]);
      expect(alert.traffic.localPort).toBe(port);
    },
  );

  test('names no actor in an ASFF finding about the configuration of a user', () => {
    const event = inAsff({
      Types: ['Software and Configuration Checks/AWS Security Best Practices'],
      Action: null,
      ProductFields: null,
      Resources: [{ Type: 'AwsIamUser', Id: 'arn:aws:iam::111122223333:user/ana' }],
    });
    expect(partsOf(event)).toEqual(['user-1 ana target']);
  });

  test('reads an ASFF finding with the name of an object property for a type of action', () => {
    const ProductFields = { 'aws/guardduty/service/action/actionType': 'constructor' };
    const alert = alertOf(inAsff({ Action: null, Network: null, ProductFields }));
    expect(alert.traffic.layer).toBe('unknown');
  });

  test('names no target in an ASFF finding about the entire account', () => {
    const Resources = [{ Type: 'AwsAccount', Id: 'AWS::::Account:111122223333' }];
    expect(partsOf(inAsff({ Action: null, ProductFields: null, Resources }))).toEqual([]);
  });

  test.each([
    ['a compliance status', { Compliance: { Status: 'FAILED' } }],
    ['vulnerabilities', { Vulnerabilities: [{ Id: 'CVE-2026-0001' }] }],
  ])('reads an ASFF finding of any type with %s as posture', (_structure, found) => {
    for (const type of ['Software and Configuration Checks/CVE', 'Effects/Data Exposure'])
      expect(isPosture(alertOf(inAsff({ Types: [type], ...found }))), type).toBe(true);
  });

  test('does not take the first type of an ASFF finding for posture', () => {
    const Types = ['Software and Configuration Checks', 'TTPs/Initial Access'];
    expect(isPosture(alertOf(inAsff({ Types })))).toBe(false);
  });

  test('does not read activity that GuardDuty reports as posture', () => {
    expect(isPosture(alertOf(inAsff({ Compliance: { Status: 'FAILED' } })))).toBe(false);
  });

  test.each([
    [{ RecordState: 'ARCHIVED' }],
    [{ Workflow: { Status: 'SUPPRESSED' } }],
    [{ Workflow: { Status: 'RESOLVED' } }],
  ])('reads a closed ASFF finding as archived: %j', (change) => {
    expect(alertOf(inAsff(change)).archived).toBe(true);
    expect(alertOf(asff()).archived).toBe(false);
  });

  test('recognises a sample of GuardDuty by the field that Security Hub carries', () => {
    const fields = (sample: string) => ({
      ProductFields: { 'aws/guardduty/service/additionalInfo/sample': sample },
    });
    expect(alertOf(inAsff(fields('true'))).sample).toBe(true);
    expect(alertOf(inAsff(fields('false'))).sample).toBe(false);
  });

  test.each([
    [{ Compliance: { Status: 'PASSED' } }, 'passed'],
    [{ Compliance: { Status: 'FAILED' } }, 'active'],
    [{ Compliance: { Status: 'PASSED' }, Workflow: { Status: 'SUPPRESSED' } }, 'suppressed'],
    [{ Compliance: { Status: 'NOT_AVAILABLE' }, RecordState: 'ARCHIVED' }, 'archived'],
    [{ Workflow: { Status: 'RESOLVED' } }, 'resolved'],
    [{ Workflow: { Status: 'NOTIFIED' } }, 'active'],
  ])('reads the state of an ASFF finding: %j is %s', (change, state) => {
    expect(alertOf(inAsff(change)).state).toBe(state);
  });

  test.each([
    [{ Normalized: 90 }, 'critical'],
    [{ Product: 5 }, 'medium'],
    [null, 'medium'],
  ])('reads the severity of an ASFF finding without a label from %j', (Severity, label) => {
    expect(alertOf(inAsff({ Severity })).severity.label).toBe(label);
  });

  test('rejects an ASFF finding without a type or a generator, and names the field', () => {
    expect(() => alertOf(inAsff({ Types: [], GeneratorId: null }))).toThrow(/\.Types: expected/);
  });
});

describe('an OCSF finding', () => {
  test.each([
    [2002, true],
    [2003, true],
    [2004, false],
  ])('reads class %i as posture: %s', (class_uid, posture) => {
    const { finding_info } = ocsf().detail.findings[0];
    const types = ['Software and Configuration Checks'];
    const event = inOcsf({ class_uid, finding_info: { ...finding_info, types } });
    expect(isPosture(alertOf(event))).toBe(posture);
  });

  test('treats the remote end as the actor and our own address as related in an OCSF finding', () => {
    expect(partsOf(ocsf())).toEqual([
      'ip-1 203.0.113.220 actor',
      'instance-1 i-0123456789abcdef1 target',
      'ip-2 10.20.1.40 related',
    ]);
    expect(alertOf(ocsf())).toMatchObject({
      type: 'UnauthorizedAccess:EC2/TorClient',
      severity: { label: 'high' },
      traffic: { layer: 'network', direction: 'outbound', localPort: 40_112 },
    });
  });

  test('reads the older form of an OCSF finding in the same way', () => {
    const event = ocsf();
    const [finding] = event.detail.findings;
    const { finding_info, resources, ...rest } = finding;
    event.detail.findings = [{ ...rest, finding: finding_info, resource: resources[0] }];
    expect(partsOf(event)).toEqual(partsOf(ocsf()));
  });

  test.each([
    [{ status: 'New', status_id: 1 }, 'active'],
    [{ status_id: 3 }, 'suppressed'],
    [{ status_id: 4 }, 'resolved'],
    [{ status_id: 5 }, 'archived'],
    [{ activity_id: 3 }, 'resolved'],
    [{ activity_id: 2 }, 'active'],
    [{ compliance: { status: 'Pass' } }, 'passed'],
    [{ compliance: { status_id: 1 } }, 'passed'],
    [{ compliance: { status: 'Fail', status_id: 3 } }, 'active'],
  ])('reads the state of an OCSF finding by caption or ID: %j is %s', (change, state) => {
    expect(alertOf(inOcsf(change)).state).toBe(state);
  });

  test.each([[{ status: 'Suppressed' }], [{ state: 'Resolved' }], [{ activity_name: 'Close' }]])(
    'reads a closed OCSF finding as archived: %j',
    (change) => {
      expect(alertOf(inOcsf(change)).archived).toBe(true);
      expect(alertOf(ocsf()).archived).toBe(false);
    },
  );

  test('rejects an OCSF event without a finding, and names the field', () => {
    expect(() => alertOf(inOcsf({ finding_info: null }))).toThrow(/finding_info: expected/);
  });
});

describe('a generic alert', () => {
  const generic = (detail: object = {}) => ({
    'detail-type': 'Countermand Alert',
    source: 'acme.waf-logs',
    account: '111122223333',
    region: 'eu-central-1',
    detail: {
      id: 'login-flood-42',
      type: 'Acme/LoginFlood',
      title: 'A flood of logins',
      severity: 'high',
      seenAt: '2026-11-24T03:00:00Z',
      entities: [{ kind: 'ip', value: '203.0.113.9', part: 'actor', attributes: { path: '/in' } }],
      ...detail,
    },
  });

  test('reads a generic alert, with the account and region of its envelope', () => {
    expect(alertOf(generic())).toMatchObject({
      source: 'generic',
      account: '111122223333',
      region: 'eu-central-1',
      severity: { label: 'high' },
      entities: [
        { ref: 'alert-1' },
        { ref: 'ip-1', foundAt: ['$.detail.entities[0].value'], attributes: { path: '/in' } },
      ],
    });
  });

  test('rejects a generic alert and names every invalid field', () => {
    const event = generic({ severity: 'bad', entities: [{ kind: 'planet' }], extra: 1 });
    expect(() => alertOf(event)).toThrow(/severity[\s\S]*entities\[0\]\.kind/);
  });
});
