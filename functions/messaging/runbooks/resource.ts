// Manual steps to contain a workload, function, bucket, image or trail.
import { partitionOf } from '../../domain/place.ts';
import { quoted, shellQuoted } from '../../domain/wording.ts';
import {
  awsIn,
  type Case,
  fileOf,
  noCommands,
  type Runbook,
  type RunbookTemplate,
} from './template.ts';

const TASK = /^arn:aws[\w-]*:ecs:[a-z0-9-]+:\d{12}:task\/([\w-]{1,255})\/[0-9a-f]{32}$/;
const POD = /^[a-z0-9][a-z0-9.-]{0,62}\/[a-z0-9][a-z0-9.-]{0,252}$/;
const CLUSTER = /^[A-Za-z0-9][\w-]{0,99}$/;

const EVIDENCE =
  'If its disk or memory is needed as evidence, save them first: stopping loses both.';

/** An ECS task is stopped. A Kubernetes workload is cut off the network and keeps running. */
export const isolateWorkload: RunbookTemplate = (one) => {
  const { value } = one.target;
  const [, cluster] = TASK.exec(value) ?? [];
  if (cluster) return stopTask(one, cluster);
  return POD.test(value)
    ? isolatePods(one)
    : noCommands(
        'the ARN of an ECS task, or a Kubernetes workload with its namespace. For a container on a host, isolate the host',
        one,
      );
};

function stopTask(one: Case, cluster: string): Runbook {
  const aws = awsIn(one);
  const task = `--cluster ${shellQuoted(cluster)} --task`;
  const { incidentId } = one.action;
  return {
    check: [
      EVIDENCE,
      'If the task belongs to a service, ECS starts another one from the same image. If the image is the cause, deploy a clean one first.',
      'Rotate the secrets that the task could read, and revoke the sessions of its role.',
    ],
    look: [
      aws(
        `ecs describe-tasks --cluster ${shellQuoted(cluster)} --tasks ${shellQuoted(one.target.value)} --query 'tasks[].[group,taskDefinitionArn,startedBy,containers[].image]'`,
      ),
    ],
    act: [
      aws(
        `ecs stop-task ${task} ${shellQuoted(one.target.value)} --reason 'Incident ${incidentId}'`,
      ),
    ],
    undo: [],
    notify: ['The owner of the service'],
  };
}

/** A label on the pods, and a network policy that allows nothing to pods with the label. */
function isolatePods(one: Case): Runbook {
  const cluster = one.alert.entities.find(({ kind }) => kind === 'cluster')?.value ?? '';
  if (!CLUSTER.test(cluster)) return noCommands('in a cluster that the alert names', one);
  const [namespace = '', name = ''] = one.target.value.split('/');
  const { actionId } = one.action;
  const file = fileOf(one, 'kubeconfig');
  const kubectl = `kubectl --kubeconfig ${file} --namespace ${shellQuoted(namespace)}`;
  const label = `countermand/quarantine=${actionId}`;
  const policy = JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: actionId },
    spec: {
      podSelector: { matchLabels: { 'countermand/quarantine': actionId } },
      policyTypes: ['Ingress', 'Egress'],
    },
  });
  const isPod = /^pods?$/i.test(one.target.attributes.type ?? 'pods');
  const type = /^[a-z]{1,40}$/i.exec(one.target.attributes.type ?? '')?.[0] ?? 'deployments';
  const select = isPod
    ? `PODS=${shellQuoted(`pod/${name}`)}`
    : `PODS="$(${kubectl} get pods --output name --selector "$(${kubectl} get ${shellQuoted(`${type}/${name}`)} --output go-template='{{range $k, $v := .spec.selector.matchLabels}}{{$k}}={{$v}},{{end}}' | sed 's/,$//')")"`;
  const connect = awsIn(one)(
    `eks update-kubeconfig --name ${shellQuoted(cluster)} --kubeconfig ${file}`,
  );
  return {
    check: [
      EVIDENCE,
      'The pods keep running without network. If the cluster does not enforce network policies, cordon the node and delete the pods instead.',
      'Revoke the access of its service account, and rotate the secrets that it could read.',
    ],
    look: [
      connect,
      `${kubectl} get ${shellQuoted(`${isPod ? 'pod' : type}/${name}`)} --output wide`,
    ],
    act: [
      connect,
      select,
      `printf '%s' ${shellQuoted(policy)} | ${kubectl} apply --filename -`,
      `${kubectl} label $PODS ${label}`,
    ],
    undo: [
      connect,
      `${kubectl} label pods --selector ${label} countermand/quarantine-`,
      `${kubectl} delete networkpolicy ${actionId}`,
    ],
    notify: ['The owner of the workload'],
  };
}

const FUNCTION = /^[A-Za-z0-9_-]{1,64}$/;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export const stopFunction: RunbookTemplate = (one) => {
  const { value } = one.target;
  if (!FUNCTION.test(value)) return noCommands('the name of a Lambda function', one);
  const aws = awsIn(one);
  const name = `--function-name ${value}`;
  const file = fileOf(one, 'concurrency');
  const set = (concurrency: string) =>
    aws(`lambda put-function-concurrency ${name} --reserved-concurrent-executions ${concurrency}`);
  const read = aws(
    `lambda get-function-concurrency ${name} --output text --query ReservedConcurrentExecutions`,
  );
  return {
    check: [
      'Every invocation fails while the concurrency is 0. Which processes depend on the function?',
      'Who changed the code last? An alias may still point to a malicious version.',
      'Revoke the sessions of its role, and rotate the secrets in its environment.',
    ],
    look: [
      aws(
        `lambda get-function-configuration ${name} --query '[Role,LastModified,CodeSha256,Version,Layers]'`,
      ),
      read,
    ],
    act: [`${read} > ${file} && cat ${file}  # needed for the undo: keep this file`, set('0')],
    undo: [
      `if [ "$(cat ${file})" = None ]; then ${aws(`lambda delete-function-concurrency ${name}`)}; else ${set(`"$(cat ${file})"`)}; fi`,
    ],
    notify: ['The owner of the function'],
  };
};

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export const secureBucket: RunbookTemplate = (one) => {
  const { value } = one.target;
  if (!BUCKET.test(value)) return noCommands('the name of a bucket', one);
  const aws = awsIn(one);
  const bucket = `--bucket ${value}`;
  const file = fileOf(one, 'public-access.json');
  const objects = one.alert.entities.filter(({ value: arn }) =>
    arn.startsWith(`arn:${partitionOf(one.action.region)}:s3:::${value}/`),
  );
  const block =
    'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true';
  return {
    check: [
      ...objects
        .slice(0, 3)
        .map(
          ({ value: arn }) =>
            `${quoted(arn, 300)} is malicious. Deny s3:GetObject on objects whose tag GuardDutyMalwareScanStatus is THREATS_FOUND, or delete that version.`,
        ),
      'If the bucket is public on purpose, for example for a website, its users lose access.',
      'If server access logs, versioning or replication were switched off, switch them on again.',
    ],
    look: [
      aws(`s3api get-bucket-policy-status ${bucket}`),
      aws(`s3api get-public-access-block ${bucket}`),
      aws(`s3api get-bucket-versioning ${bucket}`),
      aws(`s3api get-bucket-logging ${bucket}`),
    ],
    act: [
      `${aws(`s3api get-public-access-block ${bucket} --output json --query PublicAccessBlockConfiguration`)} > ${file} 2>&1; cat ${file}  # needed for the undo: keep this file`,
      aws(`s3api put-public-access-block ${bucket} --public-access-block-configuration ${block}`),
    ],
    undo: [
      `if grep -q NoSuchPublicAccessBlockConfiguration ${file}; then ${aws(`s3api delete-public-access-block ${bucket}`)}; else ${aws(`s3api put-public-access-block ${bucket} --public-access-block-configuration "$(cat ${file})"`)}; fi`,
    ],
    notify: ['The owner of the bucket'],
  };
};

const TRAIL = /^arn:aws[\w-]*:cloudtrail:[a-z0-9-]+:\d{12}:trail\/[\w.-]{3,128}$/;
const IMAGE = /(?:^|\/)(ami-[0-9a-f]{8,17})$/;

/** A trail logs again; an image starts no host. Other resources have no switch: the runbook says what to do. */
export const secureResource: RunbookTemplate = (one) => {
  const { value } = one.target;
  const aws = awsIn(one);
  const [, image] = IMAGE.exec(value) ?? [];
  if (TRAIL.test(value)) {
    const name = `--name ${shellQuoted(value)}`;
    return {
      check: [
        'If the trail was deleted and not only stopped, create it again with the same bucket.',
        'What happened while it was off? The event history of CloudTrail lists management events of the last 90 days, even without a trail.',
      ],
      look: [
        aws(`cloudtrail get-trail-status ${name}`),
        aws(`cloudtrail get-event-selectors --trail-name ${shellQuoted(value)}`),
      ],
      act: [aws(`cloudtrail start-logging ${name}`)],
      undo: [aws(`cloudtrail stop-logging ${name}`)],
      notify: ['The owner of the trail'],
    };
  }
  if (image) {
    const id = `--image-id ${image}`;
    return {
      check: ['Which hosts and launch templates use the image? Each may run the malware.'],
      look: [
        aws(
          `ec2 describe-images --image-ids ${image} --query 'Images[].[Name,State,Public,CreationDate]'`,
        ),
        aws(
          `ec2 describe-instances --filters Name=image-id,Values=${image} --query 'Reservations[].Instances[].InstanceId'`,
        ),
      ],
      act: [aws(`ec2 disable-image ${id}`)],
      undo: [aws(`ec2 enable-image ${id}`)],
      notify: ['The owner of the image'],
    };
  }
  return {
    check: [
      'Restore nothing from it, and share it with no one.',
      'Save the evidence, then delete it.',
    ],
    look: [],
    act: [],
    undo: [],
    notify: ['The owner of the resource'],
  };
};
