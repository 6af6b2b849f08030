// The stand-in of WAFv2 IP sets: optimistic lock, CIDR checks and the size limit as AWS documents them.
import ipaddr from 'ipaddr.js';
import { type IpSet, MAX_ADDRESSES, type WafApi } from '../../functions/execute/waf/ip-set.ts';
import { awsFailure } from './failure.ts';
import type { StateFile } from './state-file.ts';

export type WafState = Record<string, { addresses: string[]; lock: number }>;

/** The four sets that the stack has, too. */
export const LOCAL_IP_SETS: readonly IpSet[] = (['watch', 'block'] as const).flatMap((purpose) =>
  (['ipv4', 'ipv6'] as const).map((family) => ({
    purpose,
    scope: 'REGIONAL' as const,
    family,
    id: `${purpose}-${family}`,
    name: `countermand-${purpose}-${family}`,
  })),
);

/** @see https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateIPSet.html */
export function createWaf(file: StateFile<WafState>): WafApi {
  const setOf = ({ Id, Name, Scope }: Parameters<WafApi['getIPSet']>[0]) => {
    const known = LOCAL_IP_SETS.find(
      ({ id, name, scope }) => id === Id && name === Name && scope === Scope,
    );
    if (!known)
      throw awsFailure('WAFNonexistentItemException', 400, 'AWS WAF couldn’t find the resource');
    const state = file.read();
    return { known, state, content: state[known.id] ?? { addresses: [], lock: 0 } };
  };
  const api: WafApi = {
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
      // Required, and an empty list is one.
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
  // AWS WAF takes every range but /0.
  return address.kind() === family && bits > 0;
}
