// What an approver is told about a deny rule in a network ACL: what changes, and everything that stands behind the ACL.

import type { Description } from '../../domain/action.ts';
import type { Facts, NetworkAclFacts } from '../../domain/facts.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { earlierIncidents, undoneAfter } from '../affected.ts';
import { keyOf } from '../host-address.ts';
import type { Subject } from '../mechanism.ts';
import type { Place } from './acl.ts';
import { MAX_RULES } from './rules.ts';

export function describe(subject: Subject, place: Place, facts: Facts | null): Description {
  const entry = keyOf(subject.target.value);
  const inbound = place.direction === 'ingress';
  const forwards = (facts?.entities ?? []).some(
    ({ instance }) => instance?.forwards.known && instance.forwards.value,
  );
  const acl = facts?.entities
    .flatMap(({ instance }) => (instance?.networkAcls.known ? instance.networkAcls.value : []))
    .find(({ networkAclId }) => networkAclId === place.networkAclId);
  return {
    headline: `Block ${inbound ? 'traffic from' : 'traffic to'} ${entry} in ${place.networkAclId}`,
    changes: [
      `${acl ? called(acl) : place.networkAclId} gets one ${inbound ? 'inbound' : 'outbound'} rule ahead of what allows it: deny ${entry}, all protocols`,
      ...(acl ? roomIn(acl, place, entry) : []),
    ],
    affected: [
      ...(acl ? behind(acl) : ['Which subnets and instances stand behind it is unknown']),
      ...(forwards ? [`An instance of this alert ${NAT}`] : []),
      `${inbound ? 'Whoever reaches them directly from' : 'What they reach directly at'} ${entry}`,
      ...earlierIncidents(subject, facts, 'address'),
      ...(acl ? inDetail(acl) : []),
    ],
    undo: undoneAfter('Our rule alone is removed', subject),
    manualUndo: manualUndo(subject, place),
  };
}

const NAT =
  'passes on traffic of others, as a NAT instance or a router does: what stands behind it is cut off as well';

const called = ({ networkAclId, isDefault, vpcId }: NetworkAclFacts): string =>
  isDefault ? `${networkAclId}, the default network ACL of ${vpcId},` : networkAclId;

/** Where something is shared, whom else it touches is what an approver has to know. */
function behind({ isDefault, subnets, instances, otherInterfaces }: NetworkAclFacts): string[] {
  const shared = subnets.count > 1 || instances.count > 1 || otherInterfaces > 0;
  const parts = [
    counted(subnets.count, 'subnet'),
    counted(instances.count, 'instance'),
    ...(otherInterfaces > 0 ? [counted(otherInterfaces, 'other interface')] : []),
  ];
  return [
    `${shared ? 'Shared: ' : ''}${parts.join(', ')}${isDefault ? ', and every subnet to come that has none of its own' : ''}`,
  ];
}

/** A load balancer has its own address towards what is behind it, also for whom this address belongs to. */
const inDetail = ({ subnets, instances, otherInterfaces }: NetworkAclFacts): string[] => [
  `Subnets: ${listed(subnets)}`,
  `Instances: ${listed(instances)}`,
  'What comes through a load balancer or a proxy carries another address and goes on',
  ...(otherInterfaces > 0
    ? ['Other interfaces belong to load balancers, gateways, databases or functions']
    : []),
];

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

const SHOWN = 12;

function listed({ ids, count }: NetworkAclFacts['subnets']): string {
  const shown = ids.slice(0, SHOWN);
  const left = count - shown.length;
  return `${shown.join(', ') || 'none'}${left > 0 ? ` and ${left} more` : ''}`;
}

/** With fewer places left than this, somebody should know. */
const FEW = 5;

/** A full ACL takes no rule; better to be told before saying yes. */
function roomIn({ rules }: NetworkAclFacts, { direction }: Place, entry: string): string[] {
  const family = entry.includes(':') ? 'ipv6' : 'ipv4';
  const used = rules[direction][family];
  const words = `${used} of ${MAX_RULES} ${direction === 'ingress' ? 'inbound' : 'outbound'} rules for ${family === 'ipv4' ? 'IPv4' : 'IPv6'} are in use`;
  if (used >= MAX_RULES)
    return [`It is full: ${words}. The rule will be refused unless somebody makes room first`];
  return MAX_RULES - used < FEW ? [`It is almost full: ${words}`] : [];
}

/** Two lines for a shell, with nothing to fill in. */
function manualUndo({ target, region }: Subject, { networkAclId, direction }: Place): string[] {
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
