// Describes a deny rule in a network ACL and everything behind the ACL.

import type { Description } from '../../domain/action.ts';
import type { Facts, NetworkAclFacts } from '../../domain/facts.ts';
import { counted, shellQuoted } from '../../domain/wording.ts';
import { earlierIncidents, undoneAfter } from '../affected.ts';
import { hostOf, keyOf } from '../host-address.ts';
import type { Subject } from '../mechanism.ts';
import type { RuleList } from './acl.ts';
import { MAX_RULES } from './rules.ts';

export function describe(subject: Subject, place: RuleList, facts: Facts | null): Description {
  const entry = keyOf(subject.target.value);
  const inbound = place.direction === 'ingress';
  const forwards = (facts?.entities ?? []).some(
    ({ instance }) => instance?.forwards.known && instance.forwards.value,
  );
  const acl = facts?.entities
    .flatMap(({ instance }) => (instance?.networkAcls.known ? instance.networkAcls.value : []))
    .find(({ networkAclId }) => networkAclId === place.networkAclId);
  return {
    headline: `Block ${inbound ? 'traffic from' : 'traffic to'} ${hostOf(entry)} in network ACL ${place.networkAclId}`,
    changes: [
      `Add one ${inbound ? 'inbound' : 'outbound'} rule to ${acl ? called(acl) : place.networkAclId}: deny ${entry}, all protocols, before the allow rules`,
    ],
    affected: [
      ...(acl ? quotaWarning(acl, place, entry) : []),
      ...(acl ? behind(acl) : ['Unknown: the subnets and instances behind this network ACL']),
      ...(forwards ? [NAT] : []),
      `${inbound ? 'Everyone who reaches them directly from' : 'Every service that they reach directly at'} ${hostOf(entry)}`,
      ...earlierIncidents(subject, facts, 'address'),
      ...(acl ? inDetail(acl) : []),
    ],
    undo: undoneAfter('Removes exactly the added rule', subject),
    manualUndo: manualUndo(subject, place),
  };
}

const NAT =
  'An instance of this alert forwards traffic, for example as a NAT instance: machines behind it are cut off too';

const called = ({ networkAclId, isDefault, vpcId }: NetworkAclFacts): string =>
  isDefault ? `${networkAclId} (the default network ACL of ${vpcId})` : networkAclId;

/** A shared ACL affects more than the instance of the alert: the approver must see it. */
function behind({ isDefault, subnets, instances, otherInterfaces }: NetworkAclFacts): string[] {
  const shared = subnets.count > 1 || instances.count > 1 || otherInterfaces > 0;
  const parts = [
    counted(subnets.count, 'subnet'),
    counted(instances.count, 'instance'),
    ...(otherInterfaces > 0 ? [counted(otherInterfaces, 'other interface')] : []),
  ];
  return [
    `${shared ? 'Shared: ' : ''}${parts.join(', ')}${isDefault ? ', and every future subnet without its own network ACL' : ''}`,
  ];
}

/** Traffic through a load balancer carries the load balancer's address, so the rule does not stop it. */
const inDetail = ({ subnets, instances, otherInterfaces }: NetworkAclFacts): string[] => [
  `Subnets: ${listed(subnets)}`,
  `Instances: ${listed(instances)}`,
  'Not affected: traffic through a load balancer or a proxy, because it carries another address',
  ...(otherInterfaces > 0
    ? ['Other interfaces belong to load balancers, gateways, databases or functions']
    : []),
];

const SHOWN = 12;

function listed({ ids, count }: NetworkAclFacts['subnets']): string {
  const shown = ids.slice(0, SHOWN);
  const left = count - shown.length;
  return `${shown.join(', ') || 'none'}${left > 0 ? ` and ${left} more` : ''}`;
}

/** With fewer free rules than this, the approver is warned. */
const FEW_FREE_RULES = 5;

/** A warning where the ACL is full or almost full: a full ACL accepts no rule. */
function quotaWarning(
  { rules }: NetworkAclFacts,
  { direction }: RuleList,
  entry: string,
): string[] {
  const family = entry.includes(':') ? 'ipv6' : 'ipv4';
  const used = rules[direction][family];
  const words = `${used} of ${MAX_RULES} ${direction === 'ingress' ? 'inbound' : 'outbound'} rules for ${family === 'ipv4' ? 'IPv4' : 'IPv6'} are in use`;
  if (used >= MAX_RULES)
    return [
      `The network ACL is full: ${words}. EC2 refuses the rule unless someone removes another one first`,
    ];
  return MAX_RULES - used < FEW_FREE_RULES ? [`The network ACL is almost full: ${words}`] : [];
}

/** Two lines for a shell, ready to paste. */
function manualUndo({ target, region }: Subject, { networkAclId, direction }: RuleList): string[] {
  const entry = keyOf(target.value);
  const cidr = entry.includes(':') ? 'Ipv6CidrBlock' : 'CidrBlock';
  const ours = [
    `${cidr}==\`"${entry}"\``,
    'RuleAction==`"deny"`',
    'Protocol==`"-1"`',
    `Egress==\`${direction === 'egress'}\``,
  ].join(' && ');
  const ec2 = (verb: string) => `aws ec2 ${verb} --region ${shellQuoted(region)}`;
  return [
    `NUMBER="$(${ec2('describe-network-acls')} --network-acl-ids ${networkAclId} --output text --query 'NetworkAcls[0].Entries[?${ours}].RuleNumber | [0]')"`,
    `${ec2('delete-network-acl-entry')} --network-acl-id ${networkAclId} --${direction} --rule-number "$NUMBER"`,
  ];
}
