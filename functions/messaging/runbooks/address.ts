// Refusing an address or a range: block_cidr_range, and what a person does where block_ip_at_firewall may not run.

import type { Entity } from '../../domain/alert.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { parseAddress } from '../../platform/ip-address.ts';
import { awsIn, type Book, type Case, notOneOf, type Runbook } from './template.ts';

/** The firewall that sees this traffic: a rule for the web does not stop what was not seen there. */
export const refuseAddress: Book = (one) => {
  const parsed = parseAddress(one.target.value);
  if (!parsed) return notOneOf('an address', one);
  // WAF and network ACLs take ranges only: one host is the smallest.
  const range = `${parsed.address}/${parsed.bits}`;
  const { act, undo, look, check, tell } = firewallOf(one)(one, range);
  return {
    check: [...whoElse(one, range), ...check],
    look: [`whois ${shellQuoted(range.split('/')[0] ?? '')}`, ...look],
    act,
    undo,
    tell: ['Whoever supports the users of the service: some of them may be behind it', ...tell],
  };
};

function whoElse({ facts, target }: Case, range: string): string[] {
  const known = facts?.entities.find(({ ref }) => ref === target.ref)?.address;
  const services = known?.awsServices.known ? known.awsServices.value : null;
  return [
    `${range} holds ${sizeOf(range)}. Whose is it, and who else is behind it? The first command says it.`,
    ...(services === null ? ['Whether AWS uses addresses of it is unknown.'] : []),
    ...(services && services.length > 0 ? [`AWS uses it for ${services.join(', ')}.`] : []),
    'Who of our own users came from there in the last days? The access logs of what was attacked say it.',
  ];
}

function sizeOf(range: string): string {
  const [address = '', prefix = ''] = range.split('/');
  const bits = (address.includes(':') ? 128 : 32) - Number(prefix);
  if (bits === 0) return 'one address';
  return bits > 32
    ? `2 to the power of ${bits} addresses`
    : `${(2 ** bits).toLocaleString('en')} addresses`;
}

type Firewall = (one: Case, range: string) => Runbook;

function firewallOf(one: Case): Firewall {
  const { layer } = one.alert.traffic;
  if (layer === 'web') return inWaf;
  if (layer === 'aws-api') return nowhere;
  return layer === 'unknown' && subnetsOf(one).length === 0 ? inWaf : inNetworkAcl;
}

/** No firewall of ours stands between a caller and AWS's own API. */
const nowhere: Firewall = () => ({
  check: [
    'The address was seen calling AWS’s API: no firewall of ours sees that. What stops it is to take the credential away that it used.',
  ],
  look: [],
  act: [],
  undo: [],
  tell: [],
});

/** The block set of this stack. The lock token is read before the list: the update is refused when somebody was faster. */
const inWaf: Firewall = (one, range) => {
  const aws = (command: string) => awsIn(one)(`wafv2 ${command} --scope REGIONAL`);
  const family = range.includes(':') ? 'ipv6' : 'ipv4';
  const set = '--name "$NAME" --id "$ID"';
  const get = (query: string, output: string) =>
    aws(`get-ip-set ${set} --output ${output} --query ${query}`);
  const find = [
    `read -r NAME ID <<< "$(${aws(`list-ip-sets --output text --query ${shellQuoted(`IPSets[?starts_with(Name,'countermand') && ends_with(Name,'block-${family}')].[Name,Id]`)}`)})"`,
  ];
  const update = (query: string) => [
    ...find,
    `TOKEN="$(${get('LockToken', 'text')})"`,
    aws(
      `update-ip-set ${set} --lock-token "$TOKEN" --addresses "$(${get(shellQuoted(query), 'json')})"`,
    ),
  ];
  return {
    check: ['AWS WAF refuses it wherever a web ACL refers to this stack’s rule group.'],
    look: [...find, get('IPSet.Addresses', 'json')],
    act: update(`[IPSet.Addresses, ['${range}']][]`),
    undo: update(`IPSet.Addresses[?@ != '${range}']`),
    tell: [],
  };
};

/** The network ACLs of the subnets that the alert is about: from facts, or looked up by the command itself. */
const inNetworkAcl: Firewall = (one, range) => {
  const aws = awsIn(one);
  const outbound = one.alert.traffic.direction === 'outbound';
  const direction = outbound ? '--egress' : '--ingress';
  const [block, field] = range.includes(':')
    ? ['--ipv6-cidr-block', 'Ipv6CidrBlock']
    : ['--cidr-block', 'CidrBlock'];
  const numbers = (more = '') =>
    `NetworkAcls[0].Entries[?Egress==\`${outbound}\`${more}].RuleNumber`;
  const describe = `ec2 describe-network-acls --network-acl-ids "$ACL" --output text --query`;
  const forEach = (commands: string[]) =>
    `for ACL in ${aclsOf(one)}; do ${commands.join('; ')}; done`;
  return {
    check: [
      ...sharedBy(one),
      'A network ACL takes 20 rules a direction unless raised. The lowest number counts first; where that is 1, no room is left before it.',
    ],
    look: [
      forEach([
        aws(
          `ec2 describe-network-acls --network-acl-ids "$ACL" --query 'NetworkAcls[0].[NetworkAclId,Associations[].SubnetId,Entries]'`,
        ),
      ]),
    ],
    act: [
      forEach([
        `FIRST="$(${aws(`${describe} ${shellQuoted(`min(${numbers()})`)}`)})"`,
        aws(
          `ec2 create-network-acl-entry --network-acl-id "$ACL" ${direction} --rule-number $((FIRST - 1)) --protocol -1 --rule-action deny ${block} ${range}`,
        ),
      ]),
    ],
    undo: [
      forEach([
        `NUMBER="$(${aws(`${describe} ${shellQuoted(`${numbers(` && RuleAction=='deny' && ${field}=='${range}'`)} | [0]`)}`)})"`,
        aws(
          `ec2 delete-network-acl-entry --network-acl-id "$ACL" ${direction} --rule-number "$NUMBER"`,
        ),
      ]),
    ],
    tell: ['Whoever runs what else is in these subnets'],
  };
};

const instancesOf = ({ alert }: Case): Entity[] =>
  alert.entities.filter(({ kind, part }) => kind === 'instance' && part !== 'related');

const SUBNET = /^subnet-[0-9a-f]{8,17}$/;
const subnetsOf = (one: Case): string[] =>
  instancesOf(one)
    .flatMap(({ attributes }) => attributes.subnetIds?.split(/[ ,]+/) ?? [])
    .filter((id) => SUBNET.test(id));

const factsOf = (one: Case) =>
  instancesOf(one).flatMap(({ ref }) => {
    const acls = one.facts?.entities.find((known) => known.ref === ref)?.instance?.networkAcls;
    return acls?.known ? acls.value : [];
  });

/** A list for a loop of the shell. */
function aclsOf(one: Case): string {
  const known = [...new Set(factsOf(one).map(({ networkAclId }) => networkAclId))];
  if (known.length > 0) return known.join(' ');
  const subnets = subnetsOf(one).join(',') || '<subnet of the attacked host>';
  return `$(${awsIn(one)(`ec2 describe-network-acls --filters ${shellQuoted(`Name=association.subnet-id,Values=${subnets}`)} --output text --query 'NetworkAcls[].NetworkAclId'`)})`;
}

const sharedBy = (one: Case): string[] =>
  factsOf(one).map(
    ({ networkAclId, subnets, instances, otherInterfaces }) =>
      `${networkAclId} guards ${subnets.count} subnets with ${instances.count} instances and ${otherInterfaces} other interfaces: the rule touches all of them.`,
  );
