// Manual steps for a root user, a database and an EKS cluster.
import { partitionOf } from '../../domain/place.ts';
import { quoted, shellQuoted } from '../../domain/wording.ts';
import { awsIn, cloudTrailEvents, fileOf, noCommands, type RunbookTemplate } from './template.ts';

/** Only the root user itself can change its keys, so each command first checks who runs it. */
export const secureRoot: RunbookTemplate = (one) => {
  const aws = awsIn(one);
  const keys = fileOf(one, 'root-keys');
  const { account } = one.action;
  const isRoot = `[ "$(${aws('sts get-caller-identity --output text --query Arn')})" = arn:${partitionOf(one.action.region)}:iam::${account}:root ]`;
  const set = (status: string) =>
    `${isRoot} && while read -r KEY; do ${aws(`iam update-access-key --access-key-id "$KEY" --status ${status}`)}; done < ${keys}`;
  return {
    check: [
      'Did the owner of the account use the root user? Call the owner, and do not write to the address of the account.',
      'If not, change the password of the root user and register a new MFA device. If the password no longer works, ask AWS Support.',
      'Run the commands as the root user, or in a session of sts assume-root from the management account.',
      'Are the alternate contacts and the e-mail address of the account unchanged?',
    ],
    look: [
      aws(
        "iam get-account-summary --query 'SummaryMap.[AccountAccessKeysPresent,AccountMFAEnabled]'",
      ),
      cloudTrailEvents(one, 'Username', 'root'),
    ],
    act: [
      `${isRoot} && ${aws("iam list-access-keys --output text --query 'AccessKeyMetadata[].[AccessKeyId]'")} > ${keys}  # needed for the undo: keep this file`,
      set('Inactive'),
    ],
    undo: [set('Active')],
    notify: ['The owner of the account, by phone', 'The owner of the organization'],
  };
};

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html */
const DATABASE = /^[A-Za-z][A-Za-z0-9-]{0,62}$/;

export const isolateDatabase: RunbookTemplate = (one) => {
  const { target } = one;
  if (!DATABASE.test(target.value)) return noCommands('the identifier of a database instance', one);
  const aws = awsIn(one);
  const id = `--db-instance-identifier ${target.value}`;
  const { user = '' } = target.attributes;
  return {
    check: [
      `Is this login expected? If not, change the password of the database user ${user ? quoted(user, 64) : 'that logged in'}, and end its sessions in the database.`,
      'Which clients use the public address? They lose the database.',
      'Is the database public at all? If PubliclyAccessible is false, restrict its security groups instead.',
    ],
    look: [
      aws(
        `rds describe-db-instances ${id} --query 'DBInstances[].[PubliclyAccessible,Endpoint.Address,VpcSecurityGroups,MasterUsername]'`,
      ),
    ],
    act: [aws(`rds modify-db-instance ${id} --no-publicly-accessible --apply-immediately`)],
    undo: [aws(`rds modify-db-instance ${id} --publicly-accessible --apply-immediately`)],
    notify: ['The owner of the database, before the isolation'],
  };
};

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html */
const CLUSTER = /^[A-Za-z0-9][\w-]{0,99}$/;

export const isolateCluster: RunbookTemplate = (one) => {
  const { target } = one;
  const isEks = !target.attributes.arn || target.attributes.arn.includes(':eks:');
  if (!isEks || !CLUSTER.test(target.value)) return noCommands('the name of an EKS cluster', one);
  const aws = awsIn(one);
  const name = `--name ${shellQuoted(target.value)}`;
  const access = (isPublic: boolean) =>
    aws(
      `eks update-cluster-config ${name} --resources-vpc-config endpointPublicAccess=${isPublic},endpointPrivateAccess=true`,
    );
  return {
    check: [
      'Who reaches the Kubernetes API from outside the VPC? They lose it. Nodes and pods keep it.',
      'Does a role binding name system:anonymous or system:unauthenticated? Remove it.',
      'Which secrets could the caller read? Rotate them.',
    ],
    look: [
      aws(`eks describe-cluster ${name} --query cluster.resourcesVpcConfig`),
      "kubectl get clusterrolebindings,rolebindings --all-namespaces -o wide | grep -E 'system:(anonymous|unauthenticated)'",
    ],
    act: [access(false)],
    undo: [access(true)],
    notify: ['The owner of the cluster, before the isolation'],
  };
};
