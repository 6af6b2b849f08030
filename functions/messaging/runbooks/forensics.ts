// initiate_forensic_capture: copies of an instance's disks, and a lock on its end.
import { awsIn, type Book, fileOf, notOneOf } from './template.ts';

const INSTANCE = /^i-[0-9a-f]{8,17}$/;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html */
export const captureEvidence: Book = (one) => {
  const { target, action } = one;
  if (!INSTANCE.test(target.value)) return notOneOf('an instance', one);
  const aws = awsIn(one);
  const id = target.value;
  const [lock, console] = [fileOf(one, 'termination-lock'), fileOf(one, 'console-output')];
  const incident = action.incidentId;
  return {
    check: [
      'Has counsel said that evidence is needed, and who may keep it? From the first command on, who did what and when has to be noted.',
      'Is the load such that snapshots may slow it down? They are of all disks at one moment, and the machine goes on.',
      'Memory is not in a snapshot. Is somebody there who can take it before the machine is stopped or cut off?',
      'Whoever may use the key of its encrypted disks can read the snapshots: is an attacker among them?',
    ],
    look: [
      aws(
        `ec2 describe-volumes --filters Name=attachment.instance-id,Values=${id} --query 'Volumes[].[VolumeId,Size,Encrypted,KmsKeyId,Attachments[0].Device]'`,
      ),
    ],
    act: [
      `${aws(`ec2 describe-instance-attribute --instance-id ${id} --attribute disableApiTermination --output text --query DisableApiTermination.Value`)} > ${lock} && cat ${lock}  # the way back: keep this file`,
      aws(`ec2 modify-instance-attribute --instance-id ${id} --disable-api-termination`),
      aws(
        `ec2 create-snapshots --instance-specification InstanceId=${id} --description 'Evidence, incident ${incident}' --copy-tags-from-source volume --tag-specifications 'ResourceType=snapshot,Tags=[{Key=incident,Value=${incident}},{Key=evidence-of,Value=${id}}]'`,
      ),
      `${aws(`ec2 get-console-output --instance-id ${id} --output text --query Output`)} > ${console}`,
    ],
    undo: [
      `for SNAPSHOT in $(${aws(`ec2 describe-snapshots --owner-ids self --filters Name=tag:incident,Values=${incident} Name=tag:evidence-of,Values=${id} --output text --query 'Snapshots[].SnapshotId'`)}); do ${aws('ec2 delete-snapshot --snapshot-id "$SNAPSHOT"')}; done  # only when counsel says that nobody needs them as evidence`,
      `[ "$(cat ${lock})" = True ] || ${aws(`ec2 modify-instance-attribute --instance-id ${id} --no-disable-api-termination`)}`,
    ],
    tell: [
      'Counsel, before the first command',
      'Whoever runs the service on it: it may slow down, and must not be ended',
    ],
  };
};
