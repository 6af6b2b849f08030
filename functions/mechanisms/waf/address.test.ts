// Description and effects of watching and blocking an address in WAF.
import { describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  POLICY,
  subjectOn,
} from '../../../test/fixtures/case.ts';
import { callsOf } from '../../../test/shell.ts';
import type { ActionName } from '../../domain/action-catalog.ts';
import { known, unknown } from '../../domain/facts.ts';
import type { IpSet } from '../../domain/ip-set.ts';
import { effectsOf } from '../registry.ts';
import { awsFailure } from '../stand-in.ts';
import { blockAddress, blockAddressInfo, watchAddressInfo } from './address.ts';
import type { WafApi } from './ip-set.ts';
import { createWaf, EDGE_IP_SETS, type WafState } from './stand-in.ts';

const subject = subjectOn(attacker);

test('describes what changes, who is affected and when it ends', () => {
  const described = blockAddress.describe(subject, factsWith());
  expect(described.headline).toBe('Block web requests from 203.0.113.7');
  expect(described.changes.join()).toContain('Add 203.0.113.7/32 to the block list');
  expect(described.affected).toEqual([
    expect.stringContaining('several people may share it'),
    'Unknown: its recent web requests (policy names no web ACL)',
  ]);
  expect(described.undo).toContain('after 1 h, unless');
});

test('quotes the latest web request from the address', () => {
  const seenOnWeb = known({
    requests: 12,
    lastAt: '2026-11-24T02:58:00.000Z',
    example: 'GET /.env?go=https://evil.example',
    sampled: 400,
    population: 5000,
    from: '2026-11-24T00:00:00.000Z',
    to: '2026-11-24T03:00:00.000Z',
  });
  const facts = factsAbout('ip-1', { address: { ...factsAbout('ip-1').address!, seenOnWeb } });
  expect(blockAddress.describe(subject, factsWith(facts)).affected[1]).toBe(
    'At least 12 web requests from this address between 00:00 UTC and 03:00 UTC, last at 02:58 UTC: “GET /.env?go=https[:]//evil.example”',
  );
});

test('reports a history that could not be read as unknown', () => {
  const facts = factsAbout('ip-1');
  facts.history.earlierIncidents = unknown('the table did not answer');
  expect(blockAddress.describe(subject, factsWith(facts)).affected.join()).toContain(
    'Unknown: earlier incidents with this address (the table did not answer)',
  );
  expect(blockAddress.describe(subject, null).affected.join()).toContain('Unknown: ');
});

test.each([
  ['web', true],
  ['unknown', true],
  ['network', false],
  ['dns', false],
  ['aws-api', false],
] as const)('returns a web rule for traffic of layer %s: %s', (layer, answered) => {
  const alert = alertWith({
    traffic: { layer, direction: 'inbound', localPort: null, protocol: null },
  });
  const answers = (name: ActionName) =>
    effectsOf(name, alert, attacker, factsWith(), POLICY).map(({ mechanism }) => mechanism);
  expect(answers('block_ip_at_firewall')).toEqual(answered ? [blockAddressInfo] : []);
  expect(answers('add_ip_to_watchlist')).toEqual([watchAddressInfo]);
});

describe('the undo commands, run by a shell,', () => {
  const run = (commands: readonly string[]) =>
    callsOf(commands, {
      // A missing CloudFront set is skipped.
      'list-ip-sets --region us-east-1': '',
      'list-ip-sets': 'countermand-block-ipv4\tid-1',
      LockToken: 'token-1',
      'IPSet.Addresses': '[]',
    });
  const verbs = (calls: readonly string[][]) => calls.map(([, verb]) => verb);
  const ONE_SET = ['list-ip-sets', 'get-ip-set', 'get-ip-set', 'update-ip-set'];

  test.each(['203.0.113.7', '2001:db8::7'])(
    'returns undo commands that need no editing for %s',
    (value) => {
      const { manualUndo } = blockAddress.describe(
        { ...subject, target: { ...attacker, value } },
        null,
      );
      const calls = run(manualUndo);
      expect(verbs(calls)).toEqual([...ONE_SET, 'list-ip-sets']);
      expect(calls[2]?.join(' '), 'the list is read after the lock token').toContain(
        `@ != '${value}/`,
      );
      expect(calls[3]?.join(' ')).toBe(
        'wafv2 update-ip-set --region eu-central-1 --scope REGIONAL --name countermand-block-ipv4 --id id-1 --lock-token token-1 --addresses []',
      );
    },
  );

  test('returns undo commands for exactly the sets that the address was added to', () => {
    const calls = run(
      blockAddress.manualUndo?.(subject, {
        sets: [
          { scope: 'REGIONAL', name: 'acme-block-ipv4', present: false },
          { scope: 'CLOUDFRONT', name: 'acme-block-ipv4', present: true },
        ],
      }) ?? [],
    );
    expect(verbs(calls)).toEqual(ONE_SET);
    expect(calls[0]?.join(' ')).toContain("IPSets[?Name=='acme-block-ipv4']");
  });
});

describe('CloudFront', () => {
  const at = (scope: IpSet['scope'], id: string | null): IpSet => ({
    purpose: 'block',
    scope,
    family: 'ipv4',
    name: 'countermand-block-ipv4',
    id,
  });
  const region = at('REGIONAL', 'block-ipv4');
  const edge = at('CLOUDFRONT', null);
  function account() {
    const file = inMemory<WafState>({});
    const waf = { REGIONAL: createWaf(file), CLOUDFRONT: createWaf(file, 'us-east-1') };
    const join = (...sets: IpSet[]) =>
      blockAddress.connect({ waf, sets, sleep: async () => {}, random: () => 0.5 });
    const list = (id: string) => file.read()[id]?.addresses ?? [];
    return { waf, join, region: () => list('block-ipv4'), edge: () => list('edge-block-ipv4') };
  }

  test('adds the address at CloudFront as well, and removes it on revert', async () => {
    const { join, ...lists } = account();
    const driver = join(region, edge);
    const before = await driver.capture(subject);
    await driver.apply(subject, before);
    expect([lists.region(), lists.edge()]).toEqual([['203.0.113.7/32'], ['203.0.113.7/32']]);
    expect((await driver.verify(subject, before)).found).toContain('at CloudFront');
    await driver.revert(subject, before);
    expect([lists.region(), lists.edge()]).toEqual([[], []]);
  });

  test('keeps entries of others at CloudFront on revert when CloudFront was added after the block', async () => {
    const { waf, join, edge: list } = account();
    const before = await join(region).capture(subject);
    await join(region).apply(subject, before);
    const { id: Id, name: Name } = EDGE_IP_SETS[2]!;
    await waf.CLOUDFRONT.updateIPSet({
      Id,
      Name,
      Scope: 'CLOUDFRONT',
      LockToken: 'lock-0',
      Addresses: ['203.0.113.7/32'],
    });
    await join(region, edge).revert(subject, before);
    expect(list()).toEqual(['203.0.113.7/32']);
  });

  test('throws NotFound on revert when CloudFront was removed from the stack during a block', async () => {
    const { join, edge: list } = account();
    const before = await join(region, edge).capture(subject);
    await join(region, edge).apply(subject, before);
    await expect(join(region).revert(subject, before)).rejects.toThrow(
      'countermand-block-ipv4 of scope CLOUDFRONT is no longer configured',
    );
    expect(list()).toEqual(['203.0.113.7/32']);
  });

  test('finds sets by name after they were created again', async () => {
    const { waf, join, edge: list } = account();
    let generation = 1;
    /** The same sets with IDs that change when the edge stack is deployed again. */
    const known = <T extends { Id: string | undefined }>(request: T): T => {
      const [id = '', made] = request.Id?.split('#') ?? [];
      if (made !== String(generation)) throw awsFailure('WAFNonexistentItemException', 400, 'gone');
      return { ...request, Id: id };
    };
    const real = waf.CLOUDFRONT;
    waf.CLOUDFRONT = {
      listIPSets: async (request: Parameters<WafApi['listIPSets']>[0]) => {
        const { IPSets = [], ...page } = await real.listIPSets(request);
        return {
          ...page,
          IPSets: IPSets.map((one) => ({ ...one, Id: `${one.Id}#${generation}` })),
        };
      },
      getIPSet: async (request: Parameters<WafApi['getIPSet']>[0]) => real.getIPSet(known(request)),
      updateIPSet: async (request: Parameters<WafApi['updateIPSet']>[0]) =>
        real.updateIPSet(known(request)),
    } as unknown as WafApi;
    const driver = join(edge);
    const before = await driver.capture(subject);
    generation = 2;
    await driver.apply(subject, before);
    expect(list()).toEqual(['203.0.113.7/32']);
    generation = 3;
    await driver.revert(subject, before);
    expect(list()).toEqual([]);
  });

  test('throws an error with the name of a missing set', async () => {
    const { join } = account();
    await expect(join({ ...edge, name: 'acme-block-ipv4' }).capture(subject)).rejects.toThrow(
      'IP set acme-block-ipv4 of scope CLOUDFRONT not found',
    );
  });
});
