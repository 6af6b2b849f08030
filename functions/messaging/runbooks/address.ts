// Manual steps to block an address or an address range at the firewall.
import type { Entity } from '../../domain/alert.ts';
import { placeInWords } from '../../domain/place.ts';
import { counted, shellQuoted } from '../../domain/wording.ts';
import { parseAddress } from '../../platform/ip-address.ts';
import { awsIn, type Case, noCommands, type Runbook, type RunbookTemplate } from './template.ts';

/** The steps for AWS WAF or for a network ACL. */
export const blockAddress: RunbookTemplate = (one) => {
  const parsed = parseAddress(one.target.value);
  if (!parsed) return noCommands('an IP address', one);
  // AWS WAF and network ACLs accept only CIDR ranges, even for one host.
  const range = `${parsed.address}/${parsed.bits}`;
  const { act, undo, look, check, notify } = firewallOf(one)(one, range);
  return {
    check: [...ownerQuestions(one, range), ...check],
    look: [`whois ${shellQuoted(range.split('/')[0] ?? '')}`, ...look],
    act,
    undo,
    notify: ['Support for the users of the service: some of them may share the address', ...notify],
  };
};

/** The steps for AWS WAF, which is the only firewall that can watch without blocking. */
export const watchAddress: RunbookTemplate = (one) => {
  const parsed = parseAddress(one.target.value);
  if (!parsed) return noCommands('an IP address', one);
  return inWaf('watch')(one, `${parsed.address}/${parsed.bits}`);
};

function ownerQuestions({ facts, target }: Case, range: string): string[] {
  const known = facts?.entities.find(({ ref }) => ref === target.ref)?.address;
  const services = known?.awsServices.known ? known.awsServices.value : null;
  const [address = '', prefix = ''] = range.split('/');
  const hostBits = (address.includes(':') ? 128 : 32) - Number(prefix);
  const [subject, place] =
    hostBits === 0
      ? [address, 'this address']
      : [`${range} (${sizeOf(hostBits)})`, 'addresses in this range'];
  return [
    `Run whois: who owns ${subject}, and who else uses it?`,
    ...(services === null ? [`Unknown: whether AWS uses ${place}.`] : []),
    ...(services && services.length > 0 ? [`AWS uses ${place} for ${services.join(', ')}.`] : []),
    `Check the access logs of the attacked resource: did your own users recently connect from ${place}?`,
  ];
}

const sizeOf = (hostBits: number): string =>
  hostBits > 32
    ? `2 to the power of ${hostBits} addresses`
    : `${(2 ** hostBits).toLocaleString('en')} addresses`;

type Firewall = (one: Case, range: string) => Runbook;

/** The firewall that the action would have changed. Without a mechanism, the firewall that sees the traffic. */
function firewallOf(one: Case): Firewall {
  if (one.action.mechanism === 'network.deny-address') return inNetworkAcl;
  if (one.action.mechanism === 'waf.block-address') return inWaf('block');
  const { layer } = one.alert.traffic;
  if (layer === 'web') return inWaf('block');
  if (layer === 'aws-api') return withoutFirewall;
  return layer === 'unknown' && subnetsOf(one).length === 0 ? inWaf('block') : inNetworkAcl;
}

/** Calls to AWS's API pass no firewall of the account. */
const withoutFirewall: Firewall = () => ({
  check: [
    'A firewall rule does not help: calls to AWS’s API pass none of your firewalls. Revoke the credential that the address used.',
  ],
  look: [],
  act: [],
  undo: [],
  notify: [],
});

/**
 * A set of the stack in the target's account and region. The lock token is read before the list, so that a concurrent
 * change makes the update fail.
 */
const inWaf =
  (purpose: 'block' | 'watch'): Firewall =>
  (one, range) => {
    const aws = (command: string) => awsIn(one)(`wafv2 ${command} --scope REGIONAL`);
    const family = range.includes(':') ? 'ipv6' : 'ipv4';
    const set = '--name "$NAME" --id "$ID"';
    const get = (query: string, output: string) =>
      aws(`get-ip-set ${set} --output ${output} --query ${query}`);
    const find = [
      `read -r NAME ID <<< "$(${aws(`list-ip-sets --output text --query ${shellQuoted(`IPSets[?starts_with(Name,'countermand') && ends_with(Name,'${purpose}-${family}')].[Name,Id]`)}`)})"`,
      `: "${'$'}{ID:?this account and region have no ${purpose} list of Countermand}"`,
    ];
    const update = (query: string) => [
      ...find,
      `TOKEN="$(${get('LockToken', 'text')})"`,
      aws(
        `update-ip-set ${set} --lock-token "$TOKEN" --addresses "$(${get(shellQuoted(query), 'json')})"`,
      ),
    ];
    return {
      check: [
        `The commands change the ${purpose} list of the Countermand stack in ${placeInWords(one.action)}. It applies to every web ACL that uses the stack’s rule group.`,
        ...(purpose === 'block'
          ? [
              'If there is no such stack, block the address in a network ACL or in your own web ACL.',
            ]
          : []),
      ],
      look: [...find, get('IPSet.Addresses', 'json')],
      act: update(`[IPSet.Addresses, ['${range}']][]`),
      undo: update(`IPSet.Addresses[?@ != '${range}']`),
      notify: [],
    };
  };

/** The action's network ACL, or those of the alert's subnets: from facts, or looked up by the command itself. */
const inNetworkAcl: Firewall = (one, range) => {
  const aws = awsIn(one);
  const { direction: planned } = one.action.parameters;
  const outbound = planned ? planned === 'egress' : one.alert.traffic.direction === 'outbound';
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
      'Check that a rule number is free below the lowest one: rules are evaluated from the lowest number. A network ACL has 20 rules per direction by default.',
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
    notify: ['The owners of the other resources in these subnets'],
  };
};

const instancesOf = ({ alert }: Case): Entity[] =>
  alert.entities.filter(({ kind, part }) => kind === 'instance' && part !== 'related');

const SUBNET = /^subnet-[0-9a-f]{8,17}$/;
const subnetsOf = (one: Case): string[] =>
  instancesOf(one)
    .flatMap(({ attributes }) => attributes.subnetIds?.split(/[ ,]+/) ?? [])
    .filter((id) => SUBNET.test(id));

const ACL = /^acl-[0-9a-f]{8,17}$/;

/** The ID of the network ACL that the action would have changed; null if the action has none. */
function plannedAcl({ action: { parameters } }: Case): string | null {
  const { networkAclId } = parameters;
  return typeof networkAclId === 'string' && ACL.test(networkAclId) ? networkAclId : null;
}

function factsOf(one: Case) {
  const planned = plannedAcl(one);
  return instancesOf(one).flatMap(({ ref }) => {
    const acls = one.facts?.entities.find((known) => known.ref === ref)?.instance?.networkAcls;
    return (acls?.known ? acls.value : []).filter(
      ({ networkAclId }) => planned === null || networkAclId === planned,
    );
  });
}

/** Network ACL IDs, separated by spaces for a shell loop. */
function aclsOf(one: Case): string {
  const planned = plannedAcl(one);
  if (planned) return planned;
  const known = [...new Set(factsOf(one).map(({ networkAclId }) => networkAclId))];
  if (known.length > 0) return known.join(' ');
  const subnets = subnetsOf(one).join(',') || '<subnet of the attacked host>';
  return `$(${awsIn(one)(`ec2 describe-network-acls --filters ${shellQuoted(`Name=association.subnet-id,Values=${subnets}`)} --output text --query 'NetworkAcls[].NetworkAclId'`)})`;
}

const sharedBy = (one: Case): string[] =>
  factsOf(one).map(
    ({ networkAclId, subnets, instances, otherInterfaces }) =>
      `The rule affects everything behind ${networkAclId}: ${counted(subnets.count, 'subnet')}, ${counted(instances.count, 'instance')} and ${counted(otherInterfaces, 'other interface')}.`,
  );
