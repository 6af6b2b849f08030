// isolate_production_host: an instance, or one network interface, gets a security group that lets nothing through.

import { shellQuoted } from '../../domain/wording.ts';
import { isSingleHost, parseAddress } from '../../platform/ip-address.ts';
import { awsIn, type Book, type Case, fileOf, notOneOf, type Runbook } from './template.ts';

const INSTANCE = /^i-[0-9a-f]{8,17}$/;
const INTERFACE = /^eni-[0-9a-f]{8,17}$/;

export const isolateInstance: Book = (one) => {
  const { target } = one;
  if (!INSTANCE.test(target.value)) return notOneOf('an instance', one);
  const aws = awsIn(one);
  const id = target.value;
  const group = fileOf(one, 'scaling-group');
  const swap = swapGroups(one, `Name=attachment.instance-id,Values=${id}`);
  return {
    check: [
      'What stops for its users while it is cut off, and does something else carry its load?',
      'Do not stop or restart it: what is in its memory is evidence, and is lost then.',
      'Connections that are open now may outlive the change of groups, until they end or idle out; new ones get nowhere at once.',
    ],
    look: [
      aws(
        `ec2 describe-instances --instance-ids ${id} --query 'Reservations[].Instances[].[State.Name,InstanceType,LaunchTime,IamInstanceProfile.Arn,Tags]'`,
      ),
      `for TARGETS in $(${aws(`elbv2 describe-target-groups --output text --query 'TargetGroups[].TargetGroupArn'`)}); do ${aws(`elbv2 describe-target-health --target-group-arn "$TARGETS" --output text --query "TargetHealthDescriptions[].[Target.Id,TargetHealth.State]"`)} | sed "s|^|$TARGETS |"; done  # who else carries its load`,
    ],
    act: [
      // Its group would end it as unhealthy, with all that is on it.
      `${aws(`autoscaling describe-auto-scaling-instances --instance-ids ${id} --output text --query 'AutoScalingInstances[].AutoScalingGroupName'`)} > ${group}`,
      `[ -z "$(cat ${group})" ] || ${aws(`autoscaling detach-instances --instance-ids ${id} --auto-scaling-group-name "$(cat ${group})" --no-should-decrement-desired-capacity`)}  # a new one takes its place`,
      ...swap.act,
    ],
    undo: [
      ...swap.undo,
      `[ -z "$(cat ${group})" ] || ${aws(`autoscaling attach-instances --instance-ids ${id} --auto-scaling-group-name "$(cat ${group})"`)}`,
    ],
    tell: [
      'Whoever runs the service on it, before it is cut off',
      'Whoever is on call for what calls it',
    ],
  };
};

export const isolateInterface: Book = (one) => {
  const { target } = one;
  if (!INTERFACE.test(target.value)) return notOneOf('a network interface', one);
  const { act, undo } = swapGroups(one, `Name=network-interface-id,Values=${target.value}`);
  return {
    check: [
      'What is it attached to, and what stops for its users while it is cut off?',
      'Connections that are open now may outlive the change of groups, until they end or idle out; new ones get nowhere at once.',
    ],
    look: [
      awsIn(one)(
        `ec2 describe-network-interfaces --network-interface-ids ${target.value} --query 'NetworkInterfaces[].[InterfaceType,Description,Attachment,Groups,TagSet]'`,
      ),
    ],
    act,
    undo,
    tell: ['Whoever runs what it is attached to, before it is cut off'],
  };
};

/** An address of our own: whatever interface has it. */
export const isolateAddress: Book = (one) => {
  const filter = filterFor(one.target.value);
  if (!filter) return notOneOf('one address', one);
  const { act, undo } = swapGroups(one, filter);
  return {
    check: [
      'It is one of our own addresses: cutting it off stops whatever has it. What is that, and who uses it?',
      'Connections that are open now may outlive the change of groups, until they end or idle out; new ones get nowhere at once.',
    ],
    look: [
      awsIn(one)(
        `ec2 describe-network-interfaces --filters ${shellQuoted(filter)} --query 'NetworkInterfaces[].[NetworkInterfaceId,InterfaceType,Description,Attachment,Groups,TagSet]'`,
      ),
    ],
    act,
    undo,
    tell: ['Whoever runs what has the address, before it is cut off'],
  };
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
function filterFor(value: string): string | null {
  const parsed = parseAddress(value);
  if (!parsed || !isSingleHost(parsed)) return null;
  const { address } = parsed;
  if (address.kind() === 'ipv6') return `Name=ipv6-addresses.ipv6-address,Values=${address}`;
  const name =
    address.range() === 'private' ? 'addresses.private-ip-address' : 'association.public-ip';
  return `Name=${name},Values=${address}`;
}

/**
 * The groups of each interface are written to a file before they are replaced: the way back.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
function swapGroups(one: Case, filter: string): Pick<Runbook, 'act' | 'undo'> {
  const aws = awsIn(one);
  const { actionId, incidentId } = one.action;
  const [file, name] = [fileOf(one, 'interfaces'), `quarantine-${actionId}`];
  const describe = (query: string) =>
    aws(
      `ec2 describe-network-interfaces --filters ${shellQuoted(filter)} --output text --query ${query}`,
    );
  const setGroups = (groups: string) =>
    aws(
      `ec2 modify-network-interface-attribute --network-interface-id "$INTERFACE" --groups ${groups}`,
    );
  return {
    act: [
      `${describe(`"NetworkInterfaces[].[NetworkInterfaceId, join(',', Groups[].GroupId)]"`)} > ${file} && cat ${file}  # the way back: keep this file`,
      `QUARANTINE="$(${aws(`ec2 create-security-group --group-name ${name} --description 'No traffic: incident ${incidentId}' --vpc-id "$(${describe(`'NetworkInterfaces[0].VpcId'`)})" --output text --query GroupId`)})"`,
      aws(
        `ec2 revoke-security-group-egress --group-id "$QUARANTINE" --security-group-rule-ids $(${aws(`ec2 describe-security-group-rules --filters Name=group-id,Values="$QUARANTINE" --output text --query 'SecurityGroupRules[?IsEgress].SecurityGroupRuleId'`)})`,
      ),
      `while read -r INTERFACE BEFORE; do ${setGroups('"$QUARANTINE"')}; done < ${file}`,
    ],
    undo: [
      `while read -r INTERFACE BEFORE; do ${setGroups('$(echo "$BEFORE" | tr , " ")')}; done < ${file}`,
      aws(
        `ec2 delete-security-group --group-id "$(${aws(`ec2 describe-security-groups --filters Name=group-name,Values=${name} --output text --query 'SecurityGroups[0].GroupId'`)})"`,
      ),
    ],
  };
}
