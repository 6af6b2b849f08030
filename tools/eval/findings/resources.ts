// Fills in the resource block of a GuardDuty finding.
import { ACCOUNT, REGION } from './place.ts';
import type { Resources } from './spec.ts';

const listOf = (tags: Readonly<Record<string, string>> = {}) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** The resource that the finding is about. */
function resourceType(given: Resources): string {
  if (given.database) return 'RDSDBInstance';
  if (given.function) return 'Lambda';
  if (given.cluster) return given.cluster.kind === 'eks' ? 'EKSCluster' : 'ECSCluster';
  if (given.container) return 'Container';
  if (given.bucket) return given.key ? 'S3Bucket' : 'S3Object';
  return given.key ? 'AccessKey' : 'Instance';
}

const PRINCIPALS: Readonly<Record<string, string>> = {
  IAMUser: 'AIDACKCEVSQ6C2EXAMPLE',
  AssumedRole: 'AROACKCEVSQ6C2EXAMPLE',
  Root: ACCOUNT,
};

/** @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Resource.html */
export function resourceOf(given: Resources) {
  const { key, instance, bucket, cluster, database, task, container } = given;
  return {
    resourceType: resourceType(given),
    ...(key && {
      accessKeyDetails: {
        accessKeyId: key.id ?? '',
        principalId: [PRINCIPALS[key.type] ?? '', key.session].filter(Boolean).join(':'),
        userType: key.type,
        userName: key.user,
      },
    }),
    ...(instance && { instanceDetails: instanceDetails(instance) }),
    ...(bucket && { s3BucketDetails: [bucketDetails(bucket)] }),
    ...(cluster && clusterDetails(cluster, task)),
    ...((given.workload || given.kubernetesUser) && {
      kubernetesDetails: kubernetesDetails(given),
    }),
    ...(container && { containerDetails: { ...container, id: `${container.name}-4f1c` } }),
    ...(given.function && {
      lambdaDetails: {
        functionName: given.function.name,
        functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${given.function.name}`,
        functionVersion: '$LATEST',
        role: given.function.role,
      },
    }),
    ...(given.stored && storedDetails(given.stored)),
    ...(database && {
      rdsDbInstanceDetails: {
        dbInstanceIdentifier: database.id,
        engine: 'Aurora PostgreSQL',
        engineVersion: '16.4',
        dbInstanceArn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${database.id}`,
      },
      rdsDbUserDetails: { user: database.user, application: database.application },
    }),
  };
}

const instanceDetails = ({ id, tags, publicIp }: NonNullable<Resources['instance']>) => ({
  instanceId: id,
  instanceType: 'm7i.large',
  instanceState: 'running',
  launchTime: '2026-10-02T08:00:00.000Z',
  imageId: 'ami-0123456789abcdef0',
  tags: listOf(tags),
  networkInterfaces: [
    {
      networkInterfaceId: 'eni-0f1e2d3c4b5a69788',
      privateIpAddress: '10.0.1.23',
      publicIp,
      subnetId: 'subnet-0123456789abcdef0',
      vpcId: 'vpc-0123456789abcdef0',
      securityGroups: [{ groupId: 'sg-0123456789abcdef0', groupName: 'default' }],
    },
  ],
});

const bucketDetails = ({ name, public: open, objects }: NonNullable<Resources['bucket']>) => ({
  name,
  arn: `arn:aws:s3:::${name}`,
  type: 'Destination',
  publicAccess: { effectivePermission: open ? 'PUBLIC' : 'NOT_PUBLIC' },
  s3ObjectDetails: (objects ?? []).map((key) => ({
    key,
    objectArn: `arn:aws:s3:::${name}/${key}`,
    hash: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
  })),
});

function storedDetails(arn: string) {
  if (arn.includes(':image/')) return { ec2ImageDetails: { imageArn: arn } };
  return arn.includes(':snapshot/')
    ? { ebsSnapshotDetails: { snapshotArn: arn } }
    : { recoveryPointDetails: { recoveryPointArn: arn } };
}

function clusterDetails(
  { name, kind }: NonNullable<Resources['cluster']>,
  task: Resources['task'],
) {
  const arn = `arn:aws:${kind}:${REGION}:${ACCOUNT}:cluster/${name}`;
  if (kind === 'eks') return { eksClusterDetails: { name, arn, status: 'ACTIVE' } };
  const taskDetails = task && {
    arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/${name}/${task.id}`,
    definitionArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${name}:1`,
    launchType: 'FARGATE',
    containers: [{ name, image: task.image }],
  };
  return { ecsClusterDetails: { name, arn, status: 'ACTIVE', taskDetails } };
}

const kubernetesDetails = ({ kubernetesUser: user, workload }: Resources) => ({
  kubernetesUserDetails: user && { username: user.name, groups: user.groups },
  kubernetesWorkloadDetails: workload && {
    name: workload.name,
    namespace: workload.namespace,
    type: workload.type,
    containers: [
      {
        name: workload.name,
        image: workload.image,
        securityContext: { privileged: workload.privileged ?? false },
      },
    ],
    volumes: workload.hostPath ? [{ name: 'host', hostPath: { path: workload.hostPath } }] : [],
  },
});
