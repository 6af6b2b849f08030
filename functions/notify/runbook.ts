// The runbook of what a person does by hand: what to look at first, the exact commands, and how they are taken back.
import type { Action } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { ActionName } from '../domain/policy.ts';
import { shell } from '../domain/shell.ts';

export type Runbook = { look: string[]; act: string[]; undo: string[] };

/** The commands for this action on this target, in its region. `<angle brackets>` mark what only a look can tell. */
export function runbookOf(
  { name, target, region, description }: Pick<Action, 'name' | 'target' | 'region' | 'description'>,
  alert: Pick<Alert, 'traffic' | 'entities'>,
): Runbook {
  const write = name && target ? (RUNBOOKS[`${name} ${target.kind}`] ?? RUNBOOKS[name]) : undefined;
  if (!write || !target)
    return { look: [], act: description?.changes ?? [], undo: description?.manualUndo ?? [] };
  const aws = (rest: string) => `aws --region ${region} ${rest}`;
  const value = target.kind === 'ip' ? asRange(target.value) : target.value;
  return write(shell(value), aws, alert);
}

/** WAF and network ACLs take ranges only: one host is the smallest. */
const asRange = (address: string): string =>
  address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`;

type Write = (
  target: string,
  aws: (rest: string) => string,
  alert: Pick<Alert, 'traffic' | 'entities'>,
) => Runbook;

const key: Write = (id, aws) => ({
  look: [
    aws(
      `iam get-access-key-last-used --access-key-id ${id}  # the user, the last service and when`,
    ),
    aws(
      `cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=${id} --max-results 50`,
    ),
  ],
  act: [aws(`iam update-access-key --user-name <user> --access-key-id ${id} --status Inactive`)],
  undo: [aws(`iam update-access-key --user-name <user> --access-key-id ${id} --status Active`)],
});

const user: Write = (name, aws) => ({
  look: [
    aws(`iam list-access-keys --user-name ${name}`),
    aws(
      `cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=${name} --max-results 50`,
    ),
  ],
  act: [
    aws(
      `iam attach-user-policy --user-name ${name} --policy-arn arn:aws:iam::aws:policy/AWSDenyAll`,
    ),
  ],
  undo: [
    aws(
      `iam detach-user-policy --user-name ${name} --policy-arn arn:aws:iam::aws:policy/AWSDenyAll`,
    ),
  ],
});

const role: Write = (name, aws) => ({
  look: [
    aws(`iam get-role --role-name ${name}  # RoleLastUsed, and who may assume it`),
    aws(
      `cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=${name} --max-results 50`,
    ),
  ],
  act: [
    aws(
      `iam attach-role-policy --role-name ${name} --policy-arn arn:aws:iam::aws:policy/AWSDenyAll`,
    ),
  ],
  undo: [
    aws(
      `iam detach-role-policy --role-name ${name} --policy-arn arn:aws:iam::aws:policy/AWSDenyAll`,
    ),
  ],
});

const inWaf: Write = (cidr, aws) => ({
  look: [
    aws('wafv2 list-ip-sets --scope REGIONAL  # the block set: its id and name'),
    aws(
      'wafv2 get-ip-set --scope REGIONAL --name <name> --id <id>  # note LockToken and Addresses',
    ),
  ],
  act: [
    aws(
      `wafv2 update-ip-set --scope REGIONAL --name <name> --id <id> --lock-token <LockToken> --addresses <Addresses> ${cidr}`,
    ),
  ],
  undo: [
    aws(
      `wafv2 update-ip-set --scope REGIONAL --name <name> --id <id> --lock-token <LockToken> --addresses <Addresses without ${cidr}>`,
    ),
  ],
});

const inNetworkAcl: Write = (cidr, aws, { entities }) => {
  const subnets = entities.flatMap(({ attributes }) => attributes.subnetIds?.split(/[ ,]+/) ?? []);
  const block = `--${cidr.includes(':') ? 'ipv6-' : ''}cidr-block ${cidr}`;
  return {
    look: [
      aws(
        `ec2 describe-network-acls --filters Name=association.subnet-id,Values=${subnets.map(shell).join(',') || '<subnet>'}  # its id, and a free rule number below the first allow`,
      ),
    ],
    act: [
      aws(
        `ec2 create-network-acl-entry --network-acl-id <acl> --ingress --rule-number <number> --protocol -1 --rule-action deny ${block}`,
      ),
    ],
    undo: [
      aws('ec2 delete-network-acl-entry --network-acl-id <acl> --ingress --rule-number <number>'),
    ],
  };
};

/** A rule of the web firewall does not stop what was not seen on the web. */
const range: Write = (cidr, aws, alert) => {
  const { look, ...rest } = (alert.traffic.layer === 'web' ? inWaf : inNetworkAcl)(
    cidr,
    aws,
    alert,
  );
  return { look: [`whois ${cidr}  # whose it is, and who else is behind it`, ...look], ...rest };
};

const instance: Write = (id, aws) => ({
  look: [
    aws(
      `ec2 describe-instances --instance-ids ${id} --query 'Reservations[].Instances[].[Tags,VpcId,SecurityGroups]'  # note the groups: they are the way back`,
    ),
    aws(
      `elbv2 describe-target-health --target-group-arn <group>  # whether others can carry its load`,
    ),
  ],
  act: [
    aws(
      'ec2 create-security-group --group-name quarantine --description "no traffic" --vpc-id <vpc>',
    ),
    aws('ec2 revoke-security-group-egress --group-id <quarantine> --protocol all --cidr 0.0.0.0/0'),
    aws(`ec2 modify-instance-attribute --instance-id ${id} --groups <quarantine>`),
  ],
  undo: [aws(`ec2 modify-instance-attribute --instance-id ${id} --groups <groups noted above>`)],
});

const networkInterface: Write = (id, aws) => ({
  look: [
    aws(
      `ec2 describe-network-interfaces --network-interface-ids ${id}  # note the groups: they are the way back`,
    ),
  ],
  act: [
    aws(
      `ec2 modify-network-interface-attribute --network-interface-id ${id} --groups <quarantine>`,
    ),
  ],
  undo: [
    aws(
      `ec2 modify-network-interface-attribute --network-interface-id ${id} --groups <groups noted above>`,
    ),
  ],
});

const forensics: Write = (id, aws) => ({
  look: [
    aws(
      `ec2 describe-instances --instance-ids ${id} --query 'Reservations[].Instances[].BlockDeviceMappings'`,
    ),
  ],
  act: [
    aws(
      `ec2 create-snapshots --instance-specification InstanceId=${id} --description "forensic copy" --copy-tags-from-source volume`,
    ),
    aws(`ec2 modify-instance-attribute --instance-id ${id} --disable-api-termination`),
  ],
  undo: [
    aws('ec2 delete-snapshot --snapshot-id <snapshot>  # only when nobody needs it as evidence'),
    aws(`ec2 modify-instance-attribute --instance-id ${id} --no-disable-api-termination`),
  ],
});

const breach: Write = () => ({
  look: ['Which data, whose, and since when? Which laws and contracts apply, and by what hour?'],
  act: ['Call the person who signs such notices, and legal counsel. Nothing is sent by a command.'],
  undo: ['There is none: a notice cannot be taken back.'],
});

const RUNBOOKS: Readonly<Partial<Record<ActionName | `${ActionName} ${string}`, Write>>> = {
  'isolate_production_host instance': instance,
  'isolate_production_host network-interface': networkInterface,
  'revoke_service_account_credential access-key': key,
  'revoke_service_account_credential iam-user': user,
  'revoke_service_account_credential iam-role': role,
  'revoke_api_key access-key': key,
  'disable_user_account_temporarily iam-user': user,
  block_cidr_range: range,
  block_ip_at_firewall: range,
  initiate_forensic_capture: forensics,
  send_breach_notification: breach,
};
