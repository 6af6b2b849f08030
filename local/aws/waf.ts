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
  const setOf = (id: string | undefined) => {
    const known = LOCAL_IP_SETS.find((set) => set.id === id);
    if (!known)
      throw awsFailure('WAFNonexistentItemException', 400, 'AWS WAF couldn’t find the resource');
    const state = file.read();
    return { known, state, content: state[known.id] ?? { addresses: [], lock: 0 } };
  };
  const api: WafApi = {
    getIPSet: async ({ Id }: { Id?: string }) => {
      const { known, content } = setOf(Id);
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
    updateIPSet: async (request: { Id?: string; LockToken?: string; Addresses?: string[] }) => {
      const { known, state, content } = setOf(request.Id);
      if (request.LockToken !== `lock-${content.lock}`)
        throw awsFailure('WAFOptimisticLockException', 400, 'AWS WAF couldn’t save your changes');
      const addresses = request.Addresses ?? [];
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
