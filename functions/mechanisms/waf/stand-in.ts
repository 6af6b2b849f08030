// Stand-in of WAFv2 IP sets: optimistic locking, CIDR checks and limits.

import ipaddr from 'ipaddr.js';
import { CLOUDFRONT_REGION, type IpSet, type WafScope } from '../../domain/ip-set.ts';
import { connected } from '../mechanism.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure, noSleep, type StandIn } from '../stand-in.ts';
import { blockAddress, watchAddress } from './address.ts';
import { MAX_ADDRESSES, type WafApi } from './ip-set.ts';

export type WafState = Record<string, { addresses: string[]; lock: number }>;

type KnownSet = IpSet & { id: string };

const setsOf = (scope: WafScope, prefix: string): KnownSet[] =>
  (['watch', 'block'] as const).flatMap((purpose) =>
    (['ipv4', 'ipv6'] as const).map((family) => ({
      purpose,
      scope,
      family,
      id: `${prefix}${purpose}-${family}`,
      name: `countermand-${purpose}-${family}`,
    })),
  );

/** The four sets of the stack. */
export const LOCAL_IP_SETS: readonly KnownSet[] = setsOf('REGIONAL', '');
/** The sets of an edge stack. The laptop doesn't use them. */
export const EDGE_IP_SETS: readonly KnownSet[] = setsOf('CLOUDFRONT', 'edge-');
const ALL: readonly KnownSet[] = [...LOCAL_IP_SETS, ...EDGE_IP_SETS];

const invalid = (message: string) => awsFailure('WAFInvalidParameterException', 400, message);

/** @see https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateIPSet.html */
export function createWaf(file: StateFile<WafState>, region = 'eu-central-1'): WafApi {
  const checkScope = (scope: string | undefined) => {
    if (scope === 'CLOUDFRONT' && region !== CLOUDFRONT_REGION)
      throw invalid('The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT');
  };
  const setOf = ({ Id, Name, Scope }: Parameters<WafApi['getIPSet']>[0]) => {
    checkScope(Scope);
    const known = ALL.find(({ id, name, scope }) => id === Id && name === Name && scope === Scope);
    if (!known)
      throw awsFailure('WAFNonexistentItemException', 400, 'AWS WAF couldn’t find the resource');
    const state = file.read();
    return { known, state, content: state[known.id] ?? { addresses: [], lock: 0 } };
  };
  const api: WafApi = {
    listIPSets: async ({ Scope, Limit = 100 }: Parameters<WafApi['listIPSets']>[0]) => {
      checkScope(Scope);
      if (Limit < 1 || Limit > 100) throw invalid('The limit is not between 1 and 100');
      const summaries = ALL.filter(({ scope }) => scope === Scope).map(({ id, name }) => ({
        Id: id,
        Name: name,
      }));
      return { IPSets: summaries, $metadata: {} };
    },
    getIPSet: async (request: Parameters<WafApi['getIPSet']>[0]) => {
      const { known, content } = setOf(request);
      return {
        IPSet: {
          Id: known.id,
          Name: known.name,
          ARN: `arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/${known.name}/${known.id}`,
          IPAddressVersion: known.family === 'ipv4' ? 'IPV4' : 'IPV6',
          Addresses: content.addresses,
        },
        LockToken: `lock-${content.lock}`,
        $metadata: {},
      };
    },
    updateIPSet: async (request: Parameters<WafApi['updateIPSet']>[0]) => {
      const { known, state, content } = setOf(request);
      if (request.LockToken !== `lock-${content.lock}`)
        throw awsFailure('WAFOptimisticLockException', 400, 'AWS WAF couldn’t save your changes');
      const addresses = request.Addresses;
      // Required, but may be an empty list.
      if (!addresses)
        throw awsFailure('WAFInvalidParameterException', 400, 'the parameter ADDRESSES is missing');
      const wrong = addresses.find((address) => !isCidrOf(known.family, address));
      if (wrong)
        throw awsFailure(
          'WAFInvalidParameterException',
          400,
          `the parameter contains formatting that is not valid: ${wrong}`,
        );
      if (addresses.length > MAX_ADDRESSES)
        throw awsFailure('WAFLimitsExceededException', 400, 'you would exceed an AWS WAF limit');
      const unique = [...new Set(addresses)];
      file.write({ ...state, [known.id]: { addresses: unique, lock: content.lock + 1 } });
      return { NextLockToken: `lock-${content.lock + 1}`, $metadata: {} };
    },
  } as WafApi;
  return api;
}

function isCidrOf(family: IpSet['family'], text: string): boolean {
  if (!ipaddr.isValidCIDR(text)) return false;
  const [address, bits] = ipaddr.parseCIDR(text);
  // AWS WAF accepts every range except /0.
  return address.kind() === family && bits > 0;
}

export const standIn: StandIn = {
  connect({ state }) {
    const file = state<WafState>('waf', {});
    const clients = {
      waf: { REGIONAL: createWaf(file), CLOUDFRONT: createWaf(file, CLOUDFRONT_REGION) },
      sets: LOCAL_IP_SETS,
      sleep: noSleep,
      random: () => 0.5,
    };
    return [connected(watchAddress, clients), connected(blockAddress, clients)];
  },
};
