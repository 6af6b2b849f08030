// GuardDuty findings: who is on which side, where the traffic was seen, and in either casing.
import { describe, expect, test } from 'vitest';
import { camelKeys } from '../../functions/sources/guardduty/casing.ts';
import { alertOf, at, partsOf, productSampleIds, sample, sampleIds } from '../intake/events.ts';

const probe = () => sample('web-port-probe');
const ssh = () => sample('ssh-brute-force');
const action = (event: ReturnType<typeof probe>) => event.detail.service.action;

/** First letters of keys in upper case, as the API writes them. */
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

describe('the sides', () => {
  test('the remote address acts, the instance suffers, our own addresses are only mentioned', () => {
    expect(partsOf(ssh())).toEqual([
      'ip-1 203.0.113.101 actor',
      'instance-1 i-0bb2cc3dd4ee5ff60 target',
      'ip-2 10.20.1.18 related',
      'eni-1 eni-0f1e2d3c4b5a69782 related',
      'ip-3 198.51.100.21 related',
    ]);
  });

  test('a function is named with the version that was seen, whose settings may be fixed', () => {
    const target = alertOf(sample('function-calls-out')).entities.find(
      ({ kind }) => kind === 'function',
    );
    expect(target).toMatchObject({
      value: 'shop-resize-images',
      attributes: { version: '$LATEST' },
    });
  });

  test('over IPv6 as over IPv4', () => {
    expect(partsOf(sample('ipv6-probe'))[0]).toBe('ip-1 2001:db8:bad::1:7 actor');
  });

  test('who calls an API acts, with the key and the name that were used', () => {
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

  test('a key in a finding about something else is only mentioned', () => {
    const event = ssh();
    event.detail.resource.accessKeyDetails = { accessKeyId: 'AKIAX', userType: 'IAMUser' };
    expect(partsOf(event)).toContain('key-1 AKIAX related');
  });

  test('root is no IAM user: its key is named and no user', () => {
    const event = sample('leaked-access-key');
    Object.assign(event.detail.resource.accessKeyDetails, { userType: 'Root', userName: 'Root' });
    expect(partsOf(event)).toEqual([
      'ip-1 203.0.113.140 actor',
      'key-1 AKIAIOSFODNN7EXAMPLE actor',
    ]);
  });

  test('where our host attacks others, the other one is the victim', () => {
    const event = ssh();
    action(event).networkConnectionAction.connectionDirection = 'OUTBOUND';
    expect(partsOf(event)).toContain('ip-1 203.0.113.101 related');
    expect(alertOf(event).notes).toContain(
      'Our own side attacks: the address is that of its victim',
    );
  });

  test('where our host calls home, the other one acts', () => {
    expect(partsOf(sample('mining'))[0]).toBe('ip-1 203.0.113.170 actor');
  });

  test('an address that is ours is not the attacker’s, except in an invented finding', () => {
    const event = ssh();
    action(event).networkConnectionAction.remoteIpDetails.ipAddressV4 = '198.51.100.21';
    expect(partsOf(event)).toContain('ip-1 198.51.100.21 related');
    expect(alertOf(event).notes.join()).toContain('is taken as ours');
    event.detail.service.additionalInfo = { sample: true };
    expect(partsOf(event)).toContain('ip-1 198.51.100.21 actor');
  });

  test('a resource that the call changed is a target', () => {
    const event = sample('leaked-access-key');
    action(event).awsApiCallAction.affectedResources = { 'AWS::IAM::User': 'victim' };
    expect(partsOf(event)).toContain('user-2 victim target');
    const victim = alertOf(event).entities.find(({ value }) => value === 'victim');
    expect(at(event, victim!.foundAt[0]!)).toBe('victim');
  });

  test('what is no address is left out, with a note', () => {
    const event = ssh();
    action(event).networkConnectionAction.remoteIpDetails.ipAddressV4 = '${malicious_ip}';
    expect(partsOf(event).join()).not.toContain('malicious');
    expect(alertOf(event).notes.join()).toContain('"${malicious_ip}" is not an address');
  });

  test('of an attack sequence: actors, endpoints and resources, each once', () => {
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

  test.each([80, 443, 8080, 8443])('to port %i is web traffic', (port) => {
    expect(trafficOf(probing(port))).toEqual({
      layer: 'web',
      direction: 'inbound',
      localPort: port,
      protocol: 'TCP',
    });
  });

  test('to any other port is network traffic', () => {
    expect(trafficOf(ssh())).toMatchObject({ layer: 'network', localPort: 22 });
  });

  test('to several ports is web traffic only if all are web ports: a web rule would not help', () => {
    expect(trafficOf(probing(443, 80)).layer).toBe('web');
    expect(trafficOf(probing(443, 22))).toMatchObject({ layer: 'network', localPort: 22 });
    expect(alertOf(probing(443, 22)).notes).toContain('Several ports were probed: 443, 22');
  });

  test('of other kinds of action', () => {
    const dns = ssh();
    dns.detail.service.action = { dnsRequestAction: { domain: 'bad.example', protocol: 'UDP' } };
    expect(trafficOf(dns)).toMatchObject({ layer: 'dns', direction: 'outbound' });
    expect(partsOf(dns)[0]).toBe('domain-1 bad.example actor');
    expect(trafficOf(sample('leaked-access-key')).layer).toBe('aws-api');
    expect(trafficOf(sample('exec-in-pod')).layer).toBe('aws-api');
    expect(trafficOf(sample('database-logins')).layer).toBe('network');
  });

  test('with a port that is none is of an unknown port', () => {
    const event = ssh();
    action(event).networkConnectionAction.localPortDetails.port = '';
    expect(trafficOf(event)).toMatchObject({ layer: 'network', localPort: null });
  });
});

describe('either casing', () => {
  test.each(productSampleIds.filter((id) => sample(id).source === 'aws.guardduty'))(
    'reads the same from %s',
    (id) => {
      const camel = sample(id);
      camel.detail = camelKeys(camel.detail);
      const upper = { ...camel, detail: pascal(camel.detail) };
      const bare = (event: unknown) => {
        const alert = alertOf(event);
        return { ...alert, entities: alert.entities.map((one) => ({ ...one, foundAt: [] })) };
      };
      expect(bare(upper)).toEqual(bare(camel));
    },
  );
});

test.each(sampleIds)('every entity of %s is where its path says', (id) => {
  const event = sample(id);
  for (const { kind, value, foundAt } of alertOf(event).entities)
    for (const path of foundAt) {
      const found = at(event, path);
      if (kind === 'alert') expect(found).toBe(event);
      // A workload carries its namespace in front; the rest stands there as it is, or inside what the path names.
      else expect(JSON.stringify(found)).toContain(value.split('/').at(-1));
    }
});
