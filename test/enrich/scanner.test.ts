// Declared scanners: what declares one, what does not, and no rule reads it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import { type Fact, known, unknown } from '../../functions/domain/facts.ts';
import type { Dns } from '../../functions/enrich/dns.ts';
import type { InstanceProfileApi } from '../../functions/enrich/host-role.ts';
import type { InstanceApi } from '../../functions/enrich/instance.ts';
import { instancesOf } from '../../functions/enrich/instances.ts';
import { scannersOf } from '../../functions/enrich/scanner.ts';
import { signsOf } from '../../functions/playbook/signs.ts';
import { CalendarFile } from '../../functions/policy/schemas/calendar.ts';
import { createDns } from '../../local/aws/dns.ts';
import { alertWith, attacker, factsAbout, factsWith, HERE, theInstance } from '../fixtures/case.ts';

const ROLE = 'arn:aws:iam::111122223333:role/security/vulnerability-scanner';
const parsed = (change: object) =>
  CalendarFile.parse({
    changeCalendars: [],
    plannedWork: [],
    scanners: [
      {
        id: 'weekly-scan',
        owner: 'Platform security',
        why: 'The weekly scan of all public addresses',
        until: '2026-11-24',
        ...change,
      },
    ],
  }).scanners;
const NETWORKS = { networks: ['198.51.100.64/28', '2001:db8:5::/48'] };
const DOMAINS = { domains: ['scan.vendor.example'] };
const ROLES = { roles: [ROLE] };

const NO_DNS: Dns = {
  namesOf: () => expect.fail('a name was looked up'),
  addressesOf: () => expect.fail('an address was looked up'),
};
type Given = {
  dns?: Dns;
  now?: string;
  owner?: Fact<string | null>;
  entities?: Entity[];
  /** The role of each instance; an error if it can't be read. */
  hostRole?: string | null | Error;
};

const lookup = (change: object, given: Given = {}) => {
  const { dns = NO_DNS, now = '2026-11-24T23:59:00.000Z', owner = known(null) } = given;
  const { entities = [], hostRole = null } = given;
  const asked: string[] = [];
  const ec2 = {
    describeInstances: async ({ InstanceIds }: { InstanceIds: string[] }) => {
      asked.push(...InstanceIds);
      const profile = { Arn: 'arn:aws:iam::111122223333:instance-profile/security/hosts' };
      return { Reservations: [{ Instances: [hostRole ? { IamInstanceProfile: profile } : {}] }] };
    },
  } as unknown as InstanceApi;
  const iam = {
    getInstanceProfile: async ({ InstanceProfileName }: { InstanceProfileName: string }) => {
      expect(InstanceProfileName).toBe('hosts');
      if (hostRole instanceof Error) throw hostRole;
      return { InstanceProfile: { Roles: [{ Arn: hostRole }] } };
    },
  } as unknown as InstanceProfileApi;
  const policy = { scanners: parsed(change) };
  const deps = { dns, policy, here: HERE, ec2, iam, now: () => new Date(now), log: () => {} };
  const reading = { ...deps, readDeadline: () => new AbortController().signal };
  const looking = { ...reading, instanceOf: instancesOf(reading) };
  return { of: scannersOf(looking, { entities }, () => owner), asked };
};
const at = async (entity: Entity, change: object, given: Given = {}) => {
  const { scanner } = await lookup(change, { entities: [entity], ...given }).of(entity);
  return scanner?.known ? (scanner.value?.by ?? null) : scanner;
};
const ip = (value: string): Entity => ({ ...attacker, value });

describe('by network', () => {
  test.each([
    ['198.51.100.64', '198.51.100.64/28'],
    ['::ffff:198.51.100.70', '198.51.100.64/28'],
    ['198.51.100.72/30', '198.51.100.64/28'],
    ['2001:db8:5:1::9', '2001:db8:5::/48'],
  ])('finds the scanner at %s until the end of its last day', async (address, value) => {
    expect(await at(ip(address), NETWORKS)).toEqual({ kind: 'network', value });
    expect(await at(ip(address), NETWORKS, { now: '2026-11-25T00:00:00.000Z' })).toBeUndefined();
  });

  test.each([
    ['beside the network', '198.51.100.80'],
    ['only partly within it', '198.51.100.0/24'],
    ['named as the scanner', 'weekly-scan'],
    ['with a text after it', '198.51.100.64 (Platform security)'],
    ['as the name of a host', '198.51.100.64.scanner.example.com'],
  ])('finds no scanner at an address %s', async (_, address) => {
    expect(await at(ip(address), NETWORKS)).toBeNull();
  });

  test('asks DNS nothing about an address in a declared network', async () => {
    expect(await at(ip('198.51.100.64'), { ...NETWORKS, ...DOMAINS })).toMatchObject({
      kind: 'network',
    });
  });
});

describe('by role', () => {
  const role = (value: string): Entity => ({ ...attacker, ref: 'role-1', kind: 'iam-role', value });

  test('finds the scanner at its role, and not at another role', async () => {
    expect(await at(role('vulnerability-scanner'), ROLES)).toEqual({ kind: 'role', value: ROLE });
    expect(await at(role('vulnerability-scanner-2'), ROLES)).toBeNull();
    expect(await at(role('security'), ROLES)).toBeNull();
  });

  test('leaves a role of the same name in another account unknown', async () => {
    const place = { ...HERE, account: '999900001111' };
    expect(await at({ ...role('vulnerability-scanner'), place }, ROLES)).toEqual(
      unknown('it is in account 999900001111, to which Countermand has no access'),
    );
  });

  test('finds the scanner at an instance with the role, and at an address that the instance has', async () => {
    const found = { kind: 'role', value: ROLE };
    const owner = known(`instance ${theInstance.value}`);
    expect(await at(theInstance, ROLES, { hostRole: ROLE })).toEqual(found);
    expect(await at(ip('203.0.113.7'), ROLES, { hostRole: ROLE, owner })).toEqual(found);
    // The name alone is not enough: IAM gives the whole ARN.
    const other = 'arn:aws:iam::111122223333:role/vulnerability-scanner';
    expect(await at(theInstance, ROLES, { hostRole: other })).toBeNull();
    expect(await at(theInstance, ROLES)).toBeNull();
  });

  test('finds no scanner at an address that no instance of the account has', async () => {
    const hostRole = ROLE;
    expect(await at(ip('203.0.113.7'), ROLES, { hostRole })).toBeNull();
    const owner = known('nat gateway eni-0f1e2d3c4b5a69788');
    expect(await at(ip('203.0.113.7'), ROLES, { hostRole, owner })).toBeNull();
  });

  test('leaves the scanner unknown if the role of the instance or the owner of the address cannot be read', async () => {
    const hostRole = Object.assign(new Error('not allowed'), { name: 'AccessDenied' });
    expect(await at(theInstance, ROLES, { hostRole })).toEqual(
      unknown(`The role of ${theInstance.value} could not be read: AccessDenied: not allowed`),
    );
    expect(await at(ip('203.0.113.7'), ROLES, { owner: unknown('no answer') })).toEqual(
      unknown('no answer'),
    );
  });

  test('reads each instance once, and at most five of them', async () => {
    const { of, asked } = lookup(ROLES, { hostRole: ROLE });
    const instances = [1, 2, 3, 4, 5, 1, 6].map((n) => ({
      ...theInstance,
      value: `i-0000000${n}`,
    }));
    const found = await Promise.all(instances.map(of));
    expect(asked).toEqual(instances.slice(0, 5).map(({ value }) => value));
    expect(found.at(-1)?.scanner).toEqual(
      unknown('only the roles of the first 5 instances are read'),
    );
  });

  test('reads no instance if policy declares no role', async () => {
    const { of, asked } = lookup(NETWORKS);
    expect(await of(theInstance)).toEqual({});
    expect(await of(role('vulnerability-scanner'))).toEqual({});
    expect(asked).toEqual([]);
  });
});

describe('by domain', () => {
  const zones = (names: string[], addresses: Record<string, string[]>) =>
    createDns({ names: { '203.0.113.7': names }, addresses });
  const NAME = 'probe-1.scan.vendor.example';

  test('finds the scanner if a name lies in the domain and the domain lists the address', async () => {
    const dns = zones(['Probe-1.Scan.Vendor.Example.'], { [NAME]: ['203.0.113.9', '203.0.113.7'] });
    expect(await at(attacker, DOMAINS, { dns })).toEqual({
      kind: 'domain',
      value: 'scan.vendor.example',
    });
  });

  test.each([
    ['another address', NAME, ['203.0.113.70']],
    ['no address', NAME, []],
    ['an address that only begins like it', NAME, ['203.0.113.7.example']],
  ])('finds no scanner if the domain lists %s', async (_, name, addresses) => {
    const dns = zones([name], { [name]: addresses });
    expect(await at(attacker, DOMAINS, { dns })).toBeNull();
  });

  test.each(['scan.vendor.example.evil.example', 'evil-scan.vendor.example', 'vendor.example'])(
    'never asks the servers of %s, which lies in no declared domain',
    async (name) => {
      const addressesOf = () => expect.fail('an address was looked up');
      const dns = { namesOf: async () => [name], addressesOf };
      expect(await at(attacker, DOMAINS, { dns })).toBeNull();
    },
  );

  test('becomes a scanner only if the declared domain lists the address, for any names and answers', async () => {
    const label = fc.stringMatching(/^[a-z\d-]{1,8}$/);
    const suffix = fc.constantFrom(
      ...['.scan.vendor.example', '.scan.vendor.example.', '.SCAN.vendor.example'],
      ...['.vendor.example', '.evil.example', 'scan.vendor.example', '\\.scan.vendor.example', ''],
    );
    const name = fc.oneof(
      fc.tuple(label, suffix).map((both) => both.join('')),
      fc.string({ unit: 'binary', maxLength: 300 }),
    );
    const address = fc.constantFrom(
      ...[
        '203.0.113.7',
        '203.0.113.70',
        '::ffff:203.0.113.7',
        '203.0.113.7/24',
        '',
        '203.0.113.07',
      ],
    );
    const answers = fc.dictionary(name, fc.array(address, { maxLength: 3 }), { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(answers, fc.array(name, { maxLength: 3 }), async (listed, others) => {
        const asked: string[] = [];
        const dns: Dns = {
          namesOf: async () => [...Object.keys(listed), ...others],
          addressesOf: async (one) => {
            asked.push(one);
            return Object.entries(listed).find(([key]) => sameName(key, one))?.[1] ?? [];
          },
        };
        const { scanner, reverseDns } = await lookup(DOMAINS, {
          ...{ dns, entities: [attacker] },
        }).of(attacker);
        expect(asked.every((one) => /^(?:[a-z\d-]+\.)*scan\.vendor\.example$/.test(one))).toBe(
          true,
        );
        const lists = asked.some((one) =>
          Object.entries(listed).some(
            ([key, all]) =>
              sameName(key, one) && all.some((a) => /^(?:::ffff:)?203\.0\.113\.7$/.test(a)),
          ),
        );
        if (scanner?.known && scanner.value) expect(lists).toBe(true);
        expect(reverseDns?.known && reverseDns.value.names.every((one) => one.length <= 253)).toBe(
          true,
        );
      }),
    );
  });
  const sameName = (a: string, b: string) => a.toLowerCase().replace(/\.$/, '') === b;
});

test.each(['network', 'domain', 'role'] as const)(
  'an entity with a scanner declared by its %s gives the playbook the same signs',
  (kind) => {
    const [{ id, owner, why, until }] = parsed(ROLES) as [ReturnType<typeof parsed>[number]];
    const scanner = known({ id, owner, why, until, by: { kind, value: 'any' } });
    const reverseDns = known({ names: ['a.example'], count: 1, claim: null });
    const declaring = factsWith(factsAbout('ip-1', { scanner, reverseDns }));
    expect(signsOf(alertWith(), declaring)).toEqual(signsOf(alertWith(), factsWith()));
  },
);
