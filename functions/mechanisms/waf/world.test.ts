// The entries of IP sets that the world check reads, on stand-in and moto.
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { attacker, subjectOn } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import { CLOUDFRONT_REGION, type IpSet } from '../../domain/ip-set.ts';
import { blockAddress, blockAddressInfo, watchAddressInfo } from './address.ts';
import type { WafApi } from './ip-set.ts';
import { createWaf, EDGE_IP_SETS, LOCAL_IP_SETS } from './stand-in.ts';
import { createWorld } from './world.ts';

const SETS = [...LOCAL_IP_SETS, ...EDGE_IP_SETS];
type Waf = Record<IpSet['scope'], WafApi>;

function cases(account: () => { waf: Waf; sets: readonly (IpSet & { id: string })[] }) {
  const reader = () => {
    const { waf, sets } = account();
    // As in the stack, a set for CloudFront is known by its name only.
    const known = sets.map((set) => ({ ...set, id: set.scope === 'CLOUDFRONT' ? null : set.id }));
    return createWorld({ waf, sets: known, sleep: async () => {}, random: () => 0.5 });
  };
  const write = async (
    wanted: Pick<IpSet, 'scope' | 'purpose' | 'family'>,
    addresses: string[],
  ) => {
    const { waf, sets } = account();
    const set = sets.find(
      (one) =>
        one.scope === wanted.scope &&
        one.purpose === wanted.purpose &&
        one.family === wanted.family,
    )!;
    const key = { Id: set.id, Name: set.name, Scope: set.scope };
    const { LockToken } = await waf[set.scope].getIPSet(key);
    await waf[set.scope].updateIPSet({ ...key, LockToken, Addresses: addresses });
  };
  const holding = (mechanism: string, value: string) => ({
    ...subjectOn({ ...attacker, value }),
    mechanism,
    before: null,
  });

  test('recognises the entries of an action in every set of its purpose and family', async () => {
    for (const scope of ['REGIONAL', 'CLOUDFRONT'] as const) {
      await write({ scope, purpose: 'block', family: 'ipv4' }, ['203.0.113.7/32']);
      await write({ scope, purpose: 'watch', family: 'ipv6' }, [
        '2001:0db8:0000:0000:0000:0000:0000:0007/128',
      ]);
    }
    const expected = [
      ...reader().entriesOf(holding(blockAddressInfo.id, '203.0.113.7')),
      ...reader().entriesOf(holding(watchAddressInfo.id, '2001:db8::7')),
    ];
    expect(expected).toHaveLength(4);
    const ids = (entries: readonly { id: string }[]) => entries.map(({ id }) => id).sort();
    expect(ids(await reader().read([]))).toEqual(ids(expected));
  });

  test('marks an entry that is wider than one host', async () => {
    await write({ scope: 'REGIONAL', purpose: 'block', family: 'ipv4' }, ['0.0.0.0/1']);
    const [wide] = (await reader().read([])).filter(({ isWide }) => isWide);
    expect(wide?.text).toMatch(/^0\.0\.0\.0\/1 in the IP set .*block-ipv4$/);
  });

  test('misses the entry of an action that a deployment removed, until it is applied again', async () => {
    const { waf, sets } = account();
    const block = { scope: 'REGIONAL', purpose: 'block', family: 'ipv4' } as const;
    const subject = subjectOn({ ...attacker, value: '203.0.113.7' });
    const clients = { waf, sets: sets.filter(({ scope }) => scope === 'REGIONAL') };
    const driver = blockAddress.connect({ ...clients, sleep: async () => {}, random: () => 0.5 });
    await write(block, []);
    const before = await driver.capture(subject);
    const isThere = async () => {
      const [mine] = reader().entriesOf(holding(blockAddressInfo.id, '203.0.113.7'));
      return (await reader().read([])).some(({ id }) => id === mine?.id);
    };
    await driver.apply(subject, before);
    expect(await isThere()).toBe(true);
    // CloudFormation writes the list of the template, which is empty.
    await write(block, []);
    expect(await isThere()).toBe(false);
    await driver.apply(subject, before);
    expect(await isThere()).toBe(true);
    await driver.revert(subject, before);
    expect(await isThere()).toBe(false);
  });

  test('has no entries for an action of another mechanism', () => {
    expect(reader().entriesOf(holding('network.deny-address', '203.0.113.7'))).toEqual([]);
  });
}

describe('on the stand-in', () => {
  const file = inMemory({});
  const waf = { REGIONAL: createWaf(file), CLOUDFRONT: createWaf(file, CLOUDFRONT_REGION) };
  cases(() => ({ waf, sets: SETS }));
});

describe('on moto', () => {
  let moto: Moto;
  let waf: WAFV2;
  let sets: (IpSet & { id: string })[];
  beforeAll(async () => {
    moto = await startMoto();
    waf = new WAFV2(moto.clientConfig);
    sets = await Promise.all(
      SETS.map(async (set) => {
        const { Summary } = await waf.createIPSet({
          Name: set.name,
          Scope: set.scope,
          IPAddressVersion: set.family === 'ipv4' ? 'IPV4' : 'IPV6',
          Addresses: [],
        });
        return { ...set, id: Summary?.Id ?? '' };
      }),
    );
  }, 120_000);
  afterAll(async () => {
    waf?.destroy();
    await moto?.stop();
  });
  cases(() => ({ waf: { REGIONAL: waf, CLOUDFRONT: waf }, sets }));
});
