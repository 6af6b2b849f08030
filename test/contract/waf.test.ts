// The contract of both address mechanisms, on the stand-in and on moto's WAFv2.
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, describe } from 'vitest';
import { blockAddress, watchAddress } from '../../functions/execute/waf/address.ts';
import type { IpSet, WafApi, WafClients } from '../../functions/execute/waf/ip-set.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { createWaf, LOCAL_IP_SETS } from '../../local/aws/waf.ts';
import { attacker, subjectOn } from '../fixtures/case.ts';
import { type Moto, startMoto } from '../moto/moto-server.ts';
import { contract, type Ground } from './mechanism-contract.ts';

const subjectAt = (value: string) => subjectOn({ ...attacker, value });

/** An account with these sets. Others work by their own hands: get, change, update. */
function groundOn(waf: WafApi, sets: readonly IpSet[]): Ground<WafClients> {
  const read = ({ id: Id, name: Name, scope: Scope }: IpSet) => waf.getIPSet({ Id, Name, Scope });
  const edit = async (edited: (addresses: string[], set: IpSet) => string[]) => {
    for (const set of sets) {
      const { id: Id, name: Name, scope: Scope } = set;
      const { IPSet, LockToken } = await read(set);
      const Addresses = edited(IPSet?.Addresses ?? [], set);
      await waf.updateIPSet({ Id, Name, Scope, LockToken, Addresses });
    }
  };
  return {
    clients: (wrap) => ({ waf: wrap(waf), sets, sleep: async () => {}, random: () => 0.5 }),
    snapshot: () => Promise.all(sets.map(async (set) => (await read(set)).IPSet)),
    othersAdd: () =>
      edit((addresses, { family }) => [
        ...addresses,
        family === 'ipv4' ? '198.51.100.0/24' : '2001:db8:1::/48',
      ]),
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

for (const { mechanism, value } of cases)
  contract(`${mechanism.id} of ${value} on the stand-in`, {
    mechanism,
    subject: subjectAt(value),
    setup: async () => groundOn(createWaf(inMemory({})), LOCAL_IP_SETS),
    conflict: 'WAFOptimisticLockException',
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

  /** Sets of one id each time: what is compared may not differ by it. */
  async function emptied(): Promise<Ground<WafClients>> {
    const { IPSets = [] } = await waf.listIPSets({ Scope: 'REGIONAL' });
    const sets: IpSet[] = [];
    for (const { purpose, scope, family, name } of LOCAL_IP_SETS) {
      const found = IPSets.find((set) => set.Name === name);
      if (found)
        await waf.updateIPSet({
          Id: found.Id,
          Name: name,
          Scope: scope,
          LockToken: found.LockToken,
          Addresses: [],
        });
      const made = found
        ? null
        : await waf.createIPSet({
            Name: name,
            Scope: scope,
            IPAddressVersion: family === 'ipv4' ? 'IPV4' : 'IPV6',
            Addresses: [],
            Description: 'written by somebody who wants it kept',
          });
      sets.push({ purpose, scope, family, name, id: found?.Id ?? made?.Summary?.Id ?? '' });
    }
    return groundOn(waf, sets);
  }

  for (const { mechanism, value } of cases.slice(0, 2))
    contract(`${mechanism.id} of ${value} on moto`, {
      mechanism,
      subject: subjectAt(value),
      setup: emptied,
      conflict: 'WAFOptimisticLockException',
    });
});
