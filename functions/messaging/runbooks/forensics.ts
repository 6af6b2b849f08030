// Manual steps to capture evidence: disk snapshots and termination protection.
import { awsIn, fileOf, noCommands, type RunbookTemplate } from './template.ts';

const INSTANCE = /^i-[0-9a-f]{8,17}$/;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html */
export const captureEvidence: RunbookTemplate = (one) => {
  const { target, action } = one;
  if (!INSTANCE.test(target.value)) return noCommands('an instance ID', one);
  const aws = awsIn(one);
  const id = target.value;
  const [lock, console] = [fileOf(one, 'termination-lock'), fileOf(one, 'console-output')];
  const incident = action.incidentId;
  return {
    check: [
      'Ask counsel whether evidence is needed and who may keep it. From the first command on, record who did what and when.',
      'Can the service bear slower disks? All disks are copied at the same moment, and the instance keeps running.',
      'Can someone capture the memory before the instance is stopped or isolated? Snapshots do not contain it.',
      'Can the attacker use the KMS key of the encrypted disks? Everyone with that key can read the snapshots.',
    ],
    look: [
      aws(
        `ec2 describe-volumes --filters Name=attachment.instance-id,Values=${id} --query 'Volumes[].[VolumeId,Size,Encrypted,KmsKeyId,Attachments[0].Device]'`,
      ),
    ],
    act: [
      `${aws(`ec2 describe-instance-attribute --instance-id ${id} --attribute disableApiTermination --output text --query DisableApiTermination.Value`)} > ${lock} && cat ${lock}  # needed for the undo: keep this file`,
      aws(`ec2 modify-instance-attribute --instance-id ${id} --disable-api-termination`),
      aws(
        `ec2 create-snapshots --instance-specification InstanceId=${id} --description 'Evidence, incident ${incident}' --copy-tags-from-source volume --tag-specifications 'ResourceType=snapshot,Tags=[{Key=incident,Value=${incident}},{Key=evidence-of,Value=${id}}]'`,
      ),
      `${aws(`ec2 get-console-output --instance-id ${id} --output text --query Output`)} > ${console}`,
    ],
    undo: [
      `for SNAPSHOT in $(${aws(`ec2 describe-snapshots --owner-ids self --filters Name=tag:incident,Values=${incident} Name=tag:evidence-of,Values=${id} --output text --query 'Snapshots[].SnapshotId'`)}); do ${aws('ec2 delete-snapshot --snapshot-id "$SNAPSHOT"')}; done  # only after counsel releases the evidence`,
      `[ "$(cat ${lock})" = True ] || ${aws(`ec2 modify-instance-attribute --instance-id ${id} --no-disable-api-termination`)}`,
    ],
    notify: [
      'Counsel, before the first command',
      'The owner of the service on the instance: it may slow down, and must not be terminated',
    ],
  };
};
