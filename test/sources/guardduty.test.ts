// GuardDuty findings: parts of the entities, traffic, and both casings.
import { describe, expect, test } from 'vitest';
import { camelKeys } from '../../functions/sources/guardduty/casing.ts';
import { alertOf, at, partsOf, productSampleIds, sample, sampleIds } from '../intake/events.ts';

const probe = () => sample('web-port-probe');
const ssh = () => sample('ssh-brute-force');
const action = (event: ReturnType<typeof probe>) => event.detail.service.action;

/** Upper-case first letters of keys, as the API returns them. */
const pascal = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(pascal)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [
            key.charAt(0).toUpperCase() + key.slice(1),
            pascal(inner),
          ]),
        )
      : value;

describe('the parts of the entities', () => {
  test('treats the remote address as the actor, the instance as the target, and our own addresses as related', () => {
    expect(partsOf(ssh())).toEqual([
      'ip-1 203.0.113.101 actor',
      'instance-1 i-0bb2cc3dd4ee5ff60 target',
      'ip-2 10.20.1.18 related',
      'eni-1 eni-0f1e2d3c4b5a69782 related',
      'ip-3 198.51.100.21 related',
    ]);
  });

  test('names a function with the version in the finding', () => {
    const target = alertOf(sample('function-calls-out')).entities.find(
      ({ kind }) => kind === 'function',
    );
    expect(target).toMatchObject({
      value: 'shop-resize-images',
      attributes: { version: '$LATEST' },
    });
  });

  test('treats a remote IPv6 address as the actor', () => {
    expect(partsOf(sample('ipv6-probe'))[0]).toBe('ip-1 2001:db8:bad::1:7 actor');
  });

  test('treats the caller of an API, with its key and role, as the actor', () => {
    expect(partsOf(sample('bucket-read'))).toEqual([
      'ip-1 203.0.113.150 actor',
      'key-1 ASIAIOSFODNN7EXAMPLE actor',
      'role-1 analytics actor',
      'bucket-1 shop-invoices target',
      'instance-1 i-0dd4ee5ff60711822 related',
      'eni-1 eni-0f1e2d3c4b5a69784 related',
      'ip-2 198.51.100.23 related',
      'ip-3 10.20.2.5 related',
    ]);
  });

  test('treats a key in a finding about something else as related', () => {
    const event = ssh();
    event.detail.resource.accessKeyDetails = { accessKeyId: 'AKIAX', userType: 'IAMUser' };
    expect(partsOf(event)).toContain('key-1 AKIAX related');
  });

  test('names the key and the root user of the account, and no IAM user', () => {
    const event = sample('leaked-access-key');
    Object.assign(event.detail.resource.accessKeyDetails, { userType: 'Root', userName: 'Root' });
    expect(partsOf(event)).toEqual([
      'ip-1 203.0.113.140 actor',
      'key-1 AKIAIOSFODNN7EXAMPLE actor',
      'root-1 root actor',
    ]);
  });

  test('treats the remote address as related when our own host attacks it, and notes this', () => {
    const event = ssh();
    action(event).networkConnectionAction.connectionDirection = 'OUTBOUND';
    expect(partsOf(event)).toContain('ip-1 203.0.113.101 related');
    expect(alertOf(event).notes).toContain(
      'The attack comes from this account: the remote address is the victim',
    );
  });

  test.each(['UNKNOWN', 'INBOUND'])(
    'treats the remote address as the victim of a resource in the role of the actor, direction %s',
    (direction) => {
      const event = ssh();
      action(event).networkConnectionAction.connectionDirection = direction;
      event.detail.service.resourceRole = 'ACTOR';
      expect(partsOf(event)).toContain('ip-1 203.0.113.101 related');
      expect(alertOf(event).traffic.direction).toBe('outbound');
    },
  );

  test.each([
    ['203.0.113.66:4444', 'ip-1 203.0.113.66 actor'],
    ['[2001:db8::66]:4444', 'ip-1 2001:db8::66 actor'],
    ['2001:db8::66', 'ip-1 2001:db8::66 actor'],
    ['127.0.0.1:4444', 'ip-1 127.0.0.1 related'],
  ])('reads the other end of a socket from %s', (socketAddress, part) => {
    const event = ssh();
    delete event.detail.service.action;
    event.detail.type = 'Execution:Runtime/ReverseShell';
    event.detail.service.runtimeDetails = { context: { socketAddress, ianaProtocolNumber: 6 } };
    expect(partsOf(event).filter((one) => one.startsWith('ip-1'))).toEqual([part]);
    expect(alertOf(event).traffic).toMatchObject({ direction: 'outbound', protocol: 'TCP' });
  });

  test('treats the NAT64 form of our own address as related', () => {
    const event = ssh();
    const { remoteIpDetails } = action(event).networkConnectionAction;
    remoteIpDetails.ipAddressV4 = null;
    remoteIpDetails.ipAddressV6 = '64:ff9b::198.51.100.21';
    expect(partsOf(event)[0]).toBe('instance-1 i-0bb2cc3dd4ee5ff60 target');
    expect(partsOf(event).join()).not.toContain('actor');
  });

  test('reads the service block under the name that some collectors give it', () => {
    const event = ssh();
    const { service, ...detail } = event.detail;
    const renamed = { ...event, detail: { ...detail, finding: service } };
    expect(partsOf(renamed)).toEqual(partsOf(event));
    const [address] = alertOf(renamed).entities.filter(({ kind }) => kind === 'ip');
    expect(at(renamed, address!.foundAt[0]!)).toBe('203.0.113.101');
  });

  test('treats the credentials in an S3 finding without an action as the caller’s', () => {
    const event = sample('bucket-read');
    delete event.detail.service.action;
    expect(partsOf(event).filter((one) => one.endsWith('actor'))).toEqual([
      'key-1 ASIAIOSFODNN7EXAMPLE actor',
      'role-1 analytics actor',
    ]);
  });

  test('counts every address of an interface as the account’s own', () => {
    const event = ssh();
    const [eni] = event.detail.resource.instanceDetails.networkInterfaces;
    eni.privateIpAddresses = [{ privateIpAddress: '10.20.1.99' }];
    const own = alertOf(event).entities.find(({ value }) => value === '10.20.1.99');
    expect(own).toMatchObject({ part: 'related', attributes: { side: 'ours' } });
  });

  test('takes the caller of the Kubernetes API from its sources if nothing else names it', () => {
    const event = ssh();
    const sourceIPs = ['203.0.113.9', '10.0.0.1'];
    event.detail.service.action = { kubernetesApiCallAction: { verb: 'list', sourceIPs } };
    expect(partsOf(event)[0]).toBe('ip-1 203.0.113.9 actor');
  });

  test('treats the remote address as the actor when our own host calls out to it', () => {
    expect(partsOf(sample('mining'))[0]).toBe('ip-1 203.0.113.170 actor');
  });

  test('treats our own address as related, except in a sample finding', () => {
    const event = ssh();
    action(event).networkConnectionAction.remoteIpDetails.ipAddressV4 = '198.51.100.21';
    expect(partsOf(event)).toContain('ip-1 198.51.100.21 related');
    expect(alertOf(event).notes.join()).toContain("one of this account's");
    event.detail.service.additionalInfo = { sample: true };
    expect(partsOf(event)).toContain('ip-1 198.51.100.21 actor');
  });

  test('treats a resource that the call changed as a target', () => {
    const event = sample('leaked-access-key');
    action(event).awsApiCallAction.affectedResources = { 'AWS::IAM::User': 'victim' };
    expect(partsOf(event)).toContain('user-2 victim target');
    const victim = alertOf(event).entities.find(({ value }) => value === 'victim');
    expect(at(event, victim!.foundAt[0]!)).toBe('victim');
  });

  test('leaves out a value that is not an address, with a note', () => {
    const event = ssh();
    action(event).networkConnectionAction.remoteIpDetails.ipAddressV4 = '${malicious_ip}';
    expect(partsOf(event).join()).not.toContain('malicious');
    expect(alertOf(event).notes.join()).toContain('"${malicious_ip}" is not an address');
  });

  test('lists the actors, endpoints and resources of an attack sequence, each once', () => {
    expect(partsOf(sample('attack-sequence'))).toEqual([
      'ip-1 203.0.113.160 actor',
      'ip-2 203.0.113.161 actor',
      'key-1 AKIAI44QH8DHBEXAMPLE actor',
      'user-1 deploy-old actor',
      'bucket-1 shop-invoices target',
    ]);
    expect(alertOf(sample('attack-sequence')).entities[0]?.attributes.signals).toBe(
      'Exfiltration:S3/AnomalousBehavior, s3:DeleteObject, cloudtrail:DeleteTrail',
    );
  });
});

describe('a resource of an attack sequence', () => {
  const arn = (rest: string) => `arn:aws:ec2:eu-central-1:111122223333:${rest}`;
  test.each([
    [
      'an instance by its ID, never by a tag',
      { resourceType: 'EC2_INSTANCE', uid: arn('instance/i-0aa1bb2cc3dd4ee5f'), name: 'web-1' },
      'instance-1 i-0aa1bb2cc3dd4ee5f target',
    ],
    [
      'an instance without a name',
      { resourceType: 'EC2_INSTANCE', uid: 'i-0aa1bb2cc3dd4ee5f', name: '' },
      'instance-1 i-0aa1bb2cc3dd4ee5f target',
    ],
    [
      'a pod by its namespace and name',
      {
        resourceType: 'KUBERNETES_WORKLOAD',
        uid: 'pods/shop/web-7f',
        name: 'web-7f',
        data: { kubernetesWorkload: { namespace: 'shop', type: 'pods' } },
      },
      'workload-1 shop/web-7f target',
    ],
    [
      'a bucket by its name',
      { resourceType: 'S3_BUCKET', uid: 'arn:aws:s3:::shop-pictures', name: 'shop-pictures' },
      'bucket-1 shop-pictures target',
    ],
    [
      'a function by its name',
      {
        resourceType: 'LAMBDA_FUNCTION',
        uid: 'arn:aws:lambda:eu-central-1:111122223333:function:orders',
        name: 'tagged',
      },
      'function-1 orders target',
    ],
    [
      'a network as related',
      { resourceType: 'EC2_VPC', uid: arn('vpc/vpc-1'), name: '' },
      `resource-1 ${arn('vpc/vpc-1')} related`,
    ],
  ])('names %s', (_what, resource, part) => {
    const event = sample('attack-sequence');
    const { sequence } = event.detail.service.detection;
    Object.assign(sequence, { actors: [], endpoints: [], resources: [resource] });
    expect(partsOf(event)).toEqual([part]);
  });
});

describe('the traffic', () => {
  const trafficOf = (event: unknown) => alertOf(event).traffic;
  const probing = (...ports: number[]) => {
    const event = probe();
    const details = action(event).portProbeAction.portProbeDetails;
    action(event).portProbeAction.portProbeDetails = ports.map((port) => ({
      ...details[0],
      localPortDetails: { port },
    }));
    return event;
  };

  test.each([80, 443, 8080, 8443])('reads traffic to port %i as web traffic', (port) => {
    expect(trafficOf(probing(port))).toEqual({
      layer: 'web',
      direction: 'inbound',
      localPort: port,
      protocol: 'TCP',
    });
  });

  test('reads traffic to another port as network traffic', () => {
    expect(trafficOf(ssh())).toMatchObject({ layer: 'network', localPort: 22 });
  });

  test('reads traffic to several ports as web traffic only when all are web ports', () => {
    expect(trafficOf(probing(443, 80)).layer).toBe('web');
    expect(trafficOf(probing(443, 22))).toMatchObject({ layer: 'network', localPort: 22 });
    expect(alertOf(probing(443, 22)).notes).toContain('Several ports were probed: 443, 22');
  });

  test('reads the traffic of DNS requests, API calls and database logins', () => {
    const dns = ssh();
    dns.detail.service.action = { dnsRequestAction: { domain: 'bad.example', protocol: 'UDP' } };
    expect(trafficOf(dns)).toMatchObject({ layer: 'dns', direction: 'outbound' });
    expect(partsOf(dns)[0]).toBe('domain-1 bad.example actor');
    expect(trafficOf(sample('leaked-access-key')).layer).toBe('aws-api');
    expect(trafficOf(sample('exec-in-pod')).layer).toBe('aws-api');
    expect(trafficOf(sample('database-logins')).layer).toBe('network');
  });

  test.each([
    ['RDS_LOGIN_ATTEMPT', 'network', 'inbound'],
    ['AWS_API_CALL', 'aws-api', 'inbound'],
    ['DNS_REQUEST', 'dns', 'outbound'],
    ['NETWORK_CONNECTION', 'network', 'unknown'],
    ['constructor', 'unknown', 'unknown'],
  ])('follows from the type of an action without details: %s', (actionType, layer, direction) => {
    const event = probe();
    event.detail.service.action = { actionType };
    expect(trafficOf(event)).toMatchObject({ layer, direction });
  });

  test('leaves the port unknown when it is not a number', () => {
    const event = ssh();
    action(event).networkConnectionAction.localPortDetails.port = '';
    expect(trafficOf(event)).toMatchObject({ layer: 'network', localPort: null });
  });
});

describe('either casing', () => {
  test.each(productSampleIds.filter((id) => sample(id).source === 'aws.guardduty'))(
    'reads %s in the same way in either casing',
    (id) => {
      const camel = sample(id);
      camel.detail = camelKeys(camel.detail);
      const upper = { ...camel, detail: pascal(camel.detail) };
      const bare = (event: unknown) => {
        const alert = alertOf(event);
        return {
          ...alert,
          entities: alert.entities.map((one) => ({ ...one, foundAt: [] })),
          evidence: alert.evidence?.map((one) => ({ ...one, foundAt: '' })),
        };
      };
      expect(bare(upper)).toEqual(bare(camel));
    },
  );
});

test.each(sampleIds)('finds every entity of %s at its path', (id) => {
  const event = sample(id);
  for (const { kind, value, foundAt } of alertOf(event).entities)
    for (const path of foundAt) {
      const found = at(event, path);
      if (kind === 'alert') expect(found).toBe(event);
      // A workload has its namespace as a prefix. Any other value is at the path or inside it.
      else expect(JSON.stringify(found)).toContain(value.split('/').at(-1));
    }
});
