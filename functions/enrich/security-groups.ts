// Reads which ports of an instance its security groups open to everyone.
import type { EC2, IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Alert } from '../domain/alert.ts';
import type { Fact, Inbound } from '../domain/facts.ts';
import { unknown } from '../domain/facts.ts';
import { parseAddress } from '../platform/ip-address.ts';
import { isWithin } from './intervals.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

export type SecurityGroupApi = Pick<EC2, 'describeSecurityGroups'>;
export type Attacked = Pick<Alert['traffic'], 'localPort' | 'protocol' | 'direction'> & {
  /** The addresses that act in the alert. */
  attackers: readonly string[];
};

/** EC2 accepts as many values in a filter, and answers as many groups without pages. */
const MAX_GROUPS = 200;
const MAX_LISTED = 20;

/** An instance in state `terminated` has no groups. */
export async function inboundOf(
  { ec2, ...deps }: ReadDeps & { ec2: SecurityGroupApi },
  groupIds: readonly string[],
  attacked: Attacked,
): Promise<Fact<Inbound>> {
  if (groupIds.length === 0) return unknown('EC2 names no security group of it');
  return readFact(deps, 'The security groups', async (abortSignal) => {
    const Values = groupIds.slice(0, MAX_GROUPS);
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups(
      { Filters: [{ Name: 'group-id', Values }] },
      { abortSignal },
    );
    const found = new Set(SecurityGroups.map(({ GroupId }) => GroupId));
    if (groupIds.some((id) => !found.has(id))) throw new Error('EC2 did not return all of them');
    return inboundIn(SecurityGroups, attacked);
  });
}

function inboundIn(
  groups: readonly SecurityGroup[],
  { localPort, protocol, direction, attackers }: Attacked,
): Inbound {
  const rules = groups.flatMap(({ IpPermissions = [] }) => IpPermissions);
  const open = rules.filter(isFromAnywhere);
  const covers = (rule: IpPermission) => isOn(rule, localPort ?? -1, protocol);
  const isUnclear = rules.some(
    (rule) => covers(rule) && ((rule.PrefixListIds ?? []).length > 0 || letsIn(rule, attackers)),
  );
  return {
    fromAnywhere: openToAnyone(rules).slice(0, MAX_LISTED),
    attackedPort:
      localPort === null || direction === 'outbound'
        ? null
        : { port: localPort, isOpen: open.some(covers) || (isUnclear ? null : false) },
  };
}

/** What anyone may reach, in words. */
export const openToAnyone = (rules: readonly IpPermission[]): string[] => [
  ...new Set(rules.filter(isFromAnywhere).map(inWords)),
];

const rangesOf = ({ IpRanges = [], Ipv6Ranges = [] }: IpPermission): string[] =>
  [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].flatMap(
    (range) => range ?? [],
  );

/** Whether a rule for fewer than everyone includes an attacker, or a part of an attacking range. */
const letsIn = (rule: IpPermission, attackers: readonly string[]): boolean =>
  rangesOf(rule).some((range) =>
    attackers.some((one) => isWithin(range, one) || isWithin(one, range)),
  );

/** Ranges wider than any private one (10.0.0.0/8, fc00::/7). Two halves of the internet count as well. */
const isFromAnywhere = (rule: IpPermission): boolean =>
  rangesOf(rule).some((range) => {
    const parsed = parseAddress(range);
    return parsed !== null && parsed.bits < (parsed.address.kind() === 'ipv4' ? 8 : 7);
  });

/** EC2 answers these names, and numbers for all other protocols. */
const WITH_PORTS = ['tcp', 'udp'];
const ALL = '-1';

function isOn(
  { IpProtocol = ALL, FromPort = 0, ToPort = 65_535 }: IpPermission,
  port: number,
  protocol: string | null,
): boolean {
  if (IpProtocol === ALL) return true;
  const wanted = protocol?.toLowerCase() ?? '';
  const isProtocol = WITH_PORTS.includes(wanted)
    ? IpProtocol === wanted
    : WITH_PORTS.includes(IpProtocol);
  return isProtocol && FromPort <= port && port <= ToPort;
}

function inWords({ IpProtocol = ALL, FromPort, ToPort }: IpPermission): string {
  if (IpProtocol === ALL) return 'everything';
  if (!WITH_PORTS.includes(IpProtocol)) return `protocol ${IpProtocol}`.slice(0, 30);
  if (FromPort === undefined || FromPort === 0) return `${IpProtocol} 0-${ToPort ?? 65_535}`;
  return `${IpProtocol} ${FromPort}${ToPort === FromPort ? '' : `-${ToPort}`}`;
}
