// One IP set: concurrent changes, limits and spellings of addresses.
import { describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { InvalidInput, NotFound, QuotaExceeded, Throttled } from '../../domain/errors.ts';
import type { IpSet } from '../../domain/ip-set.ts';
import { entryFor } from '../host-address.ts';
import { awsFailure } from '../stand-in.ts';
import { createIpSetAccess, MAX_ADDRESSES, type WafApi } from './ip-set.ts';
import { createWaf, LOCAL_IP_SETS, type WafState } from './stand-in.ts';

const find = (id: string): IpSet & { id: string } => {
  const set = LOCAL_IP_SETS.find((one) => one.id === id);
  if (!set) throw new Error(`no set ${id}`);
  return set;
};
const ipv4 = find('block-ipv4');
const ipv6 = find('block-ipv6');
const host = (n: number) => `10.0.${Math.floor(n / 256)}.${n % 256}/32`;

function account(addresses: string[] = [], set = ipv4) {
  const file = inMemory<WafState>({ [set.id]: { addresses, lock: 1 } });
  const waf = createWaf(file);
  const waits: number[] = [];
  /** One process: each Lambda function has its own queue. */
  const process = (api: WafApi = waf) =>
    createIpSetAccess({
      waf: { REGIONAL: api, CLOUDFRONT: api },
      sets: LOCAL_IP_SETS,
      sleep: async (milliseconds) => void waits.push(milliseconds),
      random: () => 0.5,
    });
  return { waf, waits, process, list: () => file.read()[set.id]?.addresses ?? [] };
}

/** The first `times` calls of `updateIPSet` fail with this error. */
const failing = (waf: WafApi, times: number, error: () => Error): WafApi => {
  let left = times;
  return {
    ...waf,
    updateIPSet: ((request: Parameters<WafApi['updateIPSet']>[0]) =>
      left-- > 0 ? Promise.reject(error()) : waf.updateIPSet(request)) as WafApi['updateIPSet'],
  };
};

describe('concurrent changes', () => {
  test('adds 200 entries and removes 200 in one process', async () => {
    const old = Array.from({ length: 200 }, (_, i) => host(i));
    const fresh = Array.from({ length: 200 }, (_, i) => host(1_000 + i));
    const { process, list } = account([...old, '198.51.100.0/24']);
    const access = process();
    await Promise.all([
      ...old.map((entry) => access.remove(ipv4, entry)),
      ...fresh.map((entry) => access.add(ipv4, entry)),
    ]);
    expect(list().sort()).toEqual([...fresh, '198.51.100.0/24'].sort());
  });

  test('loses no entry of separate processes, which read again after a conflict', async () => {
    const { process, list } = account(['198.51.100.0/24']);
    const wanted = Array.from({ length: 8 }, (_, i) => host(i));
    await Promise.all(wanted.map((entry) => process().add(ipv4, entry)));
    expect(list().sort()).toEqual([...wanted, '198.51.100.0/24'].sort());
  });

  test('keeps entries that others add between the read and the write', async () => {
    const { waf, process, list } = account(['198.51.100.0/24']);
    let reads = 0;
    const interrupted: WafApi = {
      ...waf,
      getIPSet: (async (request: Parameters<WafApi['getIPSet']>[0]) => {
        const seen = await waf.getIPSet(request);
        reads++;
        if (reads <= 5)
          await waf.updateIPSet({
            Id: ipv4.id,
            Name: ipv4.name,
            Scope: 'REGIONAL',
            LockToken: seen.LockToken,
            Addresses: [...(seen.IPSet?.Addresses ?? []), host(100 + reads)],
          });
        return seen;
      }) as WafApi['getIPSet'],
    };
    await process(interrupted).add(ipv4, host(1));
    const theirs = [101, 102, 103, 104, 105].map(host);
    expect(list()).toEqual(['198.51.100.0/24', ...theirs, host(1)]);
    reads = 0;
    await process(interrupted).remove(ipv4, host(1));
    expect(list()).toEqual(['198.51.100.0/24', ...theirs]);
  });

  test('contains every entry that one of 200 processes reported as added', async () => {
    const { process, list } = account();
    const wanted = Array.from({ length: 200 }, (_, i) => host(i));
    const done = new Set<string>();
    for (let round = 0; done.size < wanted.length; round++) {
      expect(round, 'rounds of the state machine').toBeLessThan(60);
      const open = wanted.filter((entry) => !done.has(entry));
      const results = await Promise.allSettled(open.map((entry) => process().add(ipv4, entry)));
      results.forEach(({ status }, i) => {
        if (status === 'fulfilled') done.add(open[i] ?? '');
      });
      expect(list()).toEqual(expect.arrayContaining([...done]));
    }
    expect(list().sort()).toEqual(wanted.sort());
  });
});

describe('waiting', () => {
  test('waits more than the one second between changes that WAF requires', async () => {
    const { process, waits } = account();
    const access = process();
    await Promise.all([access.add(ipv4, host(1)), access.add(ipv4, host(2))]);
    expect(waits.length).toBeGreaterThan(0);
    expect(Math.min(...waits)).toBeGreaterThan(1_000);
  });

  test('waits longer after each throttled attempt and then succeeds', async () => {
    const { waf, process, waits, list } = account();
    const slow = () => awsFailure('ThrottlingException', 400, 'Rate exceeded');
    await process(failing(waf, 3, slow)).add(ipv4, host(1));
    expect(list()).toEqual([host(1)]);
    const [first = 0, second = 0, third = 0] = waits;
    expect(first).toBeGreaterThan(1_000);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });

  test('throws Throttled when every attempt is throttled', async () => {
    const { waf, process, waits } = account();
    const slow = () => awsFailure('ThrottlingException', 400, 'Rate exceeded');
    const adding = process(failing(waf, Number.POSITIVE_INFINITY, slow)).add(ipv4, host(1));
    await expect(adding).rejects.toBeInstanceOf(Throttled);
    expect(waits.length).toBeLessThan(20);
  });

  test('continues with the next change after a failure', async () => {
    const { waf, process, list } = account();
    const refused = () => awsFailure('AccessDeniedException', 400, 'no');
    const access = process(failing(waf, 1, refused));
    const results = await Promise.allSettled([
      access.add(ipv4, host(1)),
      access.add(ipv4, host(2)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(list()).toEqual([host(2)]);
  });
});

describe('limits and spellings', () => {
  test('throws QuotaExceeded for a full set before calling WAF', async () => {
    const full = Array.from({ length: MAX_ADDRESSES }, (_, i) => host(i));
    const { waf, process, list } = account(full);
    const never = () => new Error('WAF was asked');
    const access = process(failing(waf, 1, never));
    await expect(access.add(ipv4, '203.0.113.7/32')).rejects.toBeInstanceOf(QuotaExceeded);
    expect(list()).toHaveLength(MAX_ADDRESSES);
  });

  test('fills a set to its limit and removes an entry from a full set', async () => {
    const almost = Array.from({ length: MAX_ADDRESSES - 1 }, (_, i) => host(i));
    const { process, list } = account(almost);
    await process().add(ipv4, '203.0.113.7/32');
    expect(list()).toHaveLength(MAX_ADDRESSES);
    await process().remove(ipv4, '203.0.113.7/32');
    expect(list()).toEqual(almost);
  });

  test('removes the last entry and leaves an empty set', async () => {
    const { process, list } = account(['203.0.113.7/32']);
    await process().remove(ipv4, '203.0.113.7/32');
    expect(list()).toEqual([]);
  });

  test.each([
    '2001:0db8:0000:0000:0000:0000:0000:0007/128',
    '2001:db8:0:0:0:0:0:7/128',
    '2001:DB8::7/128',
  ])('recognises %s as the entry 2001:db8::7/128', async (stored) => {
    const { process, list } = account([stored, '2001:0db8::/32'], ipv6);
    expect(await process().has(ipv6, '2001:db8::7/128')).toBe(true);
    await process().add(ipv6, '2001:db8::7/128');
    expect(list()).toEqual([stored, '2001:0db8::/32']);
    await process().remove(ipv6, '2001:db8::7/128');
    expect(list()).toEqual(['2001:0db8::/32']);
  });

  test.each([
    ['203.0.113.7', '203.0.113.7/32', 'ipv4'],
    ['203.0.113.7/32', '203.0.113.7/32', 'ipv4'],
    ['2001:0DB8:0:0:0:0:0:7', '2001:db8::7/128', 'ipv6'],
    ['::ffff:203.0.113.7', '203.0.113.7/32', 'ipv4'],
    ['::ffff:203.0.113.7/128', '203.0.113.7/32', 'ipv4'],
  ])('converts %s to the entry %s', (value, entry, family) => {
    expect(entryFor(value)).toEqual({ entry, family });
  });

  test.each([
    '203.0.113.0/24',
    '2001:db8::/64',
    'example.com',
    '203.0.113.7/32/32',
    '',
    '0/0',
    '0x7f.1',
  ])('rejects %j, which is not a single host', (value) => {
    expect(() => entryFor(value)).toThrow(InvalidInput);
  });

  test('throws NotFound for a deleted set', async () => {
    const { process } = account();
    await expect(process().remove({ ...ipv4, id: 'deleted-set' }, host(1))).rejects.toBeInstanceOf(
      NotFound,
    );
  });
});
