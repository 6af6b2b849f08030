// The contract of the address mechanisms, on stand-in and moto.
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { attacker, subjectOn } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import { NotFound, TargetGone } from '../../domain/errors.ts';
import type { WafScope } from '../../domain/ip-set.ts';
import { awsFailure } from '../stand-in.ts';
import { blockAddress, watchAddress } from './address.ts';
import type { WafApi, WafClients } from './ip-set.ts';
import { createWaf, EDGE_IP_SETS, LOCAL_IP_SETS } from './stand-in.ts';

type Waf = Record<WafScope, WafApi>;
type KnownSet = (typeof LOCAL_IP_SETS)[number];
const subjectAt = (value: string) => subjectOn({ ...attacker, value });

/** An account with these sets. The other writer changes them manually: get, edit, update. */
function groundOn(waf: Waf, sets: readonly KnownSet[]): Ground<WafClients> {
  const read = ({ id: Id, name: Name, scope: Scope }: KnownSet) =>
    waf[Scope].getIPSet({ Id, Name, Scope });
  const edit = async (edited: (addresses: string[], set: KnownSet) => string[]) => {
    for (const set of sets) {
      const { id: Id, name: Name, scope: Scope } = set;
      const { IPSet, LockToken } = await read(set);
      const Addresses = edited(IPSet?.Addresses ?? [], set);
      await waf[Scope].updateIPSet({ Id, Name, Scope, LockToken, Addresses });
    }
  };
  return {
    clients: (wrap) => ({
      waf: { REGIONAL: wrap(waf.REGIONAL), CLOUDFRONT: wrap(waf.CLOUDFRONT) },
      // Like the stack's configuration: a set of another stack is identified by its name.
      sets: sets.map((set) => ({ ...set, id: set.scope === 'CLOUDFRONT' ? null : set.id })),
      sleep: async () => {},
      random: () => 0.5,
    }),
    snapshot: () => Promise.all(sets.map(async (set) => (await read(set)).IPSet)),
    othersAdd: () =>
      edit((addresses, { family }) => [
        ...addresses,
        family === 'ipv4' ? '198.51.100.0/24' : '2001:db8:1::/48',
      ]),
    deleteTarget: null,
    othersUndo: ({ target }) =>
      edit((addresses) => addresses.filter((one) => !one.startsWith(`${target.value}/`))),
  };
}

const cases = [
  { mechanism: blockAddress, value: '203.0.113.7' },
  { mechanism: blockAddress, value: '2001:db8::7' },
  { mechanism: watchAddress, value: '203.0.113.7' },
  { mechanism: watchAddress, value: '2001:db8::7' },
];
const places = [
  { where: 'in a region', sets: LOCAL_IP_SETS },
  { where: 'at CloudFront', sets: EDGE_IP_SETS },
  { where: 'at both', sets: [...LOCAL_IP_SETS, ...EDGE_IP_SETS] },
];

const standIn = (): Waf => {
  const file = inMemory({});
  return { REGIONAL: createWaf(file), CLOUDFRONT: createWaf(file, 'us-east-1') };
};

for (const { where, sets } of places)
  for (const { mechanism, value } of cases)
    contract(`${mechanism.id} of ${value} ${where}, on the stand-in`, {
      mechanism,
      subject: subjectAt(value),
      setup: async () => groundOn(standIn(), sets),
      conflict: 'WAFOptimisticLockException',
    });

test('reports a deleted IP set as a missing effect, and fails to revert', async () => {
  const subject = subjectAt('203.0.113.7');
  const ground = groundOn(standIn(), LOCAL_IP_SETS);
  const before = await blockAddress.connect(ground.clients((client) => client)).capture(subject);
  const refusing = <T extends object>(client: T) =>
    new Proxy(client, {
      get: () => () => Promise.reject(awsFailure('WAFNonexistentItemException', 400, 'no set')),
    });
  const driver = blockAddress.connect(ground.clients(refusing));
  expect(await driver.verify(subject, before)).toEqual({
    holds: false,
    found: 'countermand-block-ipv4 of this stack no longer exists',
  });
  const undone = driver.revert(subject, before);
  await expect(undone).rejects.toThrow(NotFound);
  await expect(undone).rejects.not.toThrow(TargetGone);
});

test('rejects the scope CLOUDFRONT outside us-east-1, like AWS WAF', async () => {
  const elsewhere = createWaf(inMemory({}));
  await expect(elsewhere.listIPSets({ Scope: 'CLOUDFRONT' })).rejects.toMatchObject({
    name: 'WAFInvalidParameterException',
  });
});

describe('on moto', () => {
  let moto: Moto;
  let waf: WAFV2;
  beforeAll(async () => {
    moto = await startMoto();
    waf = new WAFV2(moto.clientConfig);
  });
  afterAll(async () => {
    waf?.destroy();
    await moto?.stop();
  });

  /** Reuses the sets, so that snapshots don't differ by ID. */
  async function emptied(wanted: readonly KnownSet[]): Promise<Ground<WafClients>> {
    const sets: KnownSet[] = [];
    for (const set of wanted) {
      const { scope: Scope, family, name: Name } = set;
      const { IPSets = [] } = await waf.listIPSets({ Scope });
      const found = IPSets.find((one) => one.Name === Name);
      if (found)
        await waf.updateIPSet({
          Id: found.Id,
          Name,
          Scope,
          LockToken: found.LockToken,
          Addresses: [],
        });
      const made = found
        ? null
        : await waf.createIPSet({
            Name,
            Scope,
            IPAddressVersion: family === 'ipv4' ? 'IPV4' : 'IPV6',
            Addresses: [],
            Description: 'a description to keep',
          });
      sets.push({ ...set, id: found?.Id ?? made?.Summary?.Id ?? '' });
    }
    return groundOn({ REGIONAL: waf, CLOUDFRONT: waf }, sets);
  }

  for (const { where, sets } of places.slice(0, 2))
    for (const { mechanism, value } of cases.slice(0, 2))
      contract(`${mechanism.id} of ${value} ${where}, on moto`, {
        mechanism,
        subject: subjectAt(value),
        setup: () => emptied(sets),
        conflict: 'WAFOptimisticLockException',
      });
});
