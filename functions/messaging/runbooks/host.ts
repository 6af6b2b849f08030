// Manual steps to isolate an instance, an interface or an address.
import { shellQuoted } from '../../domain/wording.ts';
import { isSingleHost, parseAddress } from '../../platform/ip-address.ts';
import {
  awsIn,
  type Case,
  fileOf,
  noCommands,
  type Runbook,
  type RunbookTemplate,
} from './template.ts';

const INSTANCE = /^i-[0-9a-f]{8,17}$/;
const INTERFACE = /^eni-[0-9a-f]{8,17}$/;

const OPEN_CONNECTIONS =
  'New connections fail at once. Open connections may continue until they end or time out.';

export const isolateInstance: RunbookTemplate = (one) => {
  const { target } = one;
  if (!INSTANCE.test(target.value)) return noCommands('an instance ID', one);
  const aws = awsIn(one);
  const id = target.value;
  const group = fileOf(one, 'scaling-group');
  const swap = swapGroups(one, `Name=attachment.instance-id,Values=${id}`);
  return {
    check: [
      'What stops for the users during the isolation? Do other instances carry its load?',
      'Do not stop or restart the instance: its memory is evidence and would be lost.',
      OPEN_CONNECTIONS,
    ],
    look: [
      aws(
        `ec2 describe-instances --instance-ids ${id} --query 'Reservations[].Instances[].[State.Name,InstanceType,LaunchTime,IamInstanceProfile.Arn,Tags]'`,
      ),
      `for TARGETS in $(${aws(`elbv2 describe-target-groups --output text --query 'TargetGroups[].TargetGroupArn'`)}); do ${aws(`elbv2 describe-target-health --target-group-arn "$TARGETS" --output text --query "TargetHealthDescriptions[].[Target.Id,TargetHealth.State]"`)} | sed "s|^|$TARGETS |"; done  # other instances with the same load`,
    ],
    act: [
      // Its Auto Scaling group would terminate it as unhealthy, and the evidence with it.
      `${aws(`autoscaling describe-auto-scaling-instances --instance-ids ${id} --output text --query 'AutoScalingInstances[].AutoScalingGroupName'`)} > ${group}`,
      `[ -z "$(cat ${group})" ] || ${aws(`autoscaling detach-instances --instance-ids ${id} --auto-scaling-group-name "$(cat ${group})" --no-should-decrement-desired-capacity`)}  # a new instance replaces it`,
      ...swap.act,
    ],
    undo: [
      ...swap.undo,
      `[ -z "$(cat ${group})" ] || ${aws(`autoscaling attach-instances --instance-ids ${id} --auto-scaling-group-name "$(cat ${group})"`)}`,
    ],
    notify: [
      'The owner of the service on the instance, before the isolation',
      'The on-call engineers of the services that call it',
    ],
  };
};

export const isolateInterface: RunbookTemplate = (one) => {
  const { target } = one;
  if (!INTERFACE.test(target.value)) return noCommands('a network interface ID', one);
  const { act, undo } = swapGroups(one, `Name=network-interface-id,Values=${target.value}`);
  return {
    check: [
      'What is the interface attached to? What stops for the users during the isolation?',
      OPEN_CONNECTIONS,
    ],
    look: [
      awsIn(one)(
        `ec2 describe-network-interfaces --network-interface-ids ${target.value} --query 'NetworkInterfaces[].[InterfaceType,Description,Attachment,Groups,TagSet]'`,
      ),
    ],
    act,
    undo,
    notify: ['The owner of the attached resource, before the isolation'],
  };
};

/** One of the account's own addresses: isolates the interface that has it. */
export const isolateAddress: RunbookTemplate = (one) => {
  const filter = filterFor(one.target.value);
  if (!filter) return noCommands('a single IP address', one);
  const { act, undo } = swapGroups(one, filter);
  return {
    check: [
      'This is one of your own addresses. Which resource has it, and who uses that resource?',
      OPEN_CONNECTIONS,
    ],
    look: [
      awsIn(one)(
        `ec2 describe-network-interfaces --filters ${shellQuoted(filter)} --query 'NetworkInterfaces[].[NetworkInterfaceId,InterfaceType,Description,Attachment,Groups,TagSet]'`,
      ),
    ],
    act,
    undo,
    notify: ['The owner of that resource, before the isolation'],
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
      `${describe(`"NetworkInterfaces[].[NetworkInterfaceId, join(',', Groups[].GroupId)]"`)} > ${file} && cat ${file}  # needed for the undo: keep this file`,
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
