// Reads the deny rules of all network ACLs for the world check.
import type { EC2, NetworkAclEntry } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { aws } from '../../platform/aws-errors.ts';
import { isSingleHost, parseAddress } from '../../platform/ip-address.ts';
import { entryFor, keyOf } from '../host-address.ts';
import { every, type Permissions } from '../permissions.ts';
import type { Entry, Holding, WorldReader, Written } from '../world.ts';
import { denyAddressInfo, ruleListOf } from './deny-address.ts';
import { type Direction, effective, FIRST_OF_AWS, inDirection } from './rules.ts';

export type NetworkWorldApi = Pick<EC2, 'describeNetworkAcls'>;

export const worldPermissions: Permissions = (stack) => [
  {
    sid: 'ReadNetworkAcls',
    actions: ['ec2:DescribeNetworkAcls'],
    resources: [every('*', 'ec2:DescribeNetworkAcls supports no resource ARNs')],
    conditions: { StringEquals: { 'ec2:Region': stack.region } },
  },
];

/** Our rule has the first of these numbers that was free. */
const Captured = z.object({ ruleNumbers: z.array(z.int()) });

const listOf = (networkAclId: string, direction: Direction): string =>
  `${networkAclId}:${direction}`;

/** A template with a rule under our number replaces ours, and deletes it with its own. */
export const written: Written = {
  eventNames: ['ReplaceNetworkAclEntry', 'DeleteNetworkAclEntry'],
  regionOf: () => null,
  isWriteOf: ({ networkAclId, egress }, list) =>
    list === listOf(String(networkAclId), egress === true ? 'egress' : 'ingress'),
};

export function createWorld({ ec2 }: { ec2: NetworkWorldApi }): WorldReader {
  const isOurs = ({ mechanism }: Holding) => mechanism === denyAddressInfo.id;
  return {
    scope: 'network',
    written,
    entriesOf(holding) {
      if (!isOurs(holding)) return [];
      const { networkAclId, direction } = ruleListOf(holding);
      const entry = entryIn(networkAclId, direction, keyOf(holding.target.value));
      return [{ ...entry, text: `${entry.text}, before every rule that allows it` }];
    },
    async read(holdings) {
      const ours = holdings.filter(isOurs);
      const numbers = new Set(ours.flatMap(numberOf));
      const held = new Set(ours.map(idOf));
      const entries: Entry[] = [];
      let NextToken: string | undefined;
      do {
        const page = await aws('reading the network ACLs', {}, () =>
          ec2.describeNetworkAcls(NextToken ? { NextToken } : {}),
        );
        for (const { NetworkAclId = '', Entries = [] } of page.NetworkAcls ?? [])
          for (const rule of Entries)
            entries.push(
              ...entriesFrom(NetworkAclId, rule, numbers).filter(
                ({ id }) => !held.has(id) || isEffective(rule, Entries),
              ),
            );
        NextToken = page.NextToken;
      } while (NextToken);
      return entries;
    },
  };
}

const placeOf = (networkAclId: string, direction: Direction, ruleNumber: number) =>
  `${networkAclId}:${direction}:${ruleNumber}`;

function numberOf(holding: Holding): string[] {
  const { networkAclId, direction } = ruleListOf(holding);
  const [first] = Captured.safeParse(holding.before).data?.ruleNumbers ?? [];
  return first === undefined ? [] : [placeOf(networkAclId, direction, first)];
}

const idOf = (holding: Holding): string => {
  const { networkAclId, direction } = ruleListOf(holding);
  return entryIn(networkAclId, direction, keyOf(holding.target.value)).id;
};

/** A deny rule of one host blocks nothing after a rule that allows the host. It then counts as missing. */
function isEffective(rule: NetworkAclEntry, all: readonly NetworkAclEntry[]): boolean {
  const rules = inDirection(all, rule.Egress ? 'egress' : 'ingress');
  return effective(rules, entryFor(rule.Ipv6CidrBlock ?? rule.CidrBlock ?? '')).includes(rule);
}

/**
 * A rule looks like ours if it denies one host everything before the rules of AWS. Wider rules are usually the
 * account's own, unless they have the number of our rule.
 */
function entriesFrom(
  networkAclId: string,
  { RuleNumber = 0, RuleAction, Protocol, Egress, CidrBlock, Ipv6CidrBlock }: NetworkAclEntry,
  numbers: ReadonlySet<string>,
): Entry[] {
  const parsed = parseAddress(Ipv6CidrBlock ?? CidrBlock ?? '');
  if (RuleAction !== 'deny' || Protocol !== '-1' || !parsed) return [];
  const direction = Egress ? 'egress' : 'ingress';
  const entry = entryIn(networkAclId, direction, `${parsed.address}/${parsed.bits}`);
  if (isSingleHost(parsed)) return RuleNumber < FIRST_OF_AWS ? [entry] : [];
  return numbers.has(placeOf(networkAclId, direction, RuleNumber))
    ? [{ ...entry, isWide: true }]
    : [];
}

const entryIn = (networkAclId: string, direction: Direction, cidr: string): Entry => ({
  id: `network:${networkAclId}:${direction}:${cidr}`,
  list: listOf(networkAclId, direction),
  text: `a rule that denies ${cidr} in the ${direction === 'ingress' ? 'inbound' : 'outbound'} rules of ${networkAclId}`,
});
