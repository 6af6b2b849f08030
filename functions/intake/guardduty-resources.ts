// The resource part of a GuardDuty finding: what suffered, and whose credentials were used.
import { z } from 'zod';
import type { Entity } from '../domain/alert.ts';
import type { Collector } from './entities.ts';
import { list, opt, text } from './read.ts';

const Tags = list(z.looseObject({ key: text, value: text }));
const Named = z.looseObject({ name: text, arn: text });

export const Resource = z.looseObject({
  resourceType: text,
  accessKeyDetails: opt(
    z.looseObject({ accessKeyId: text, principalId: text, userName: text, userType: text }),
  ),
  instanceDetails: opt(
    z.looseObject({
      instanceId: text,
      tags: Tags,
      iamInstanceProfile: opt(z.looseObject({ arn: text })),
      networkInterfaces: list(
        z.looseObject({
          networkInterfaceId: text,
          privateIpAddress: text,
          publicIp: text,
          ipv6Addresses: list(z.string()),
          subnetId: text,
          vpcId: text,
        }),
      ),
    }),
  ),
  s3BucketDetails: list(Named),
  eksClusterDetails: opt(Named),
  ecsClusterDetails: opt(
    z.looseObject({ name: text, arn: text, taskDetails: opt(z.looseObject({ arn: text })) }),
  ),
  kubernetesDetails: opt(
    z.looseObject({
      kubernetesUserDetails: opt(z.looseObject({ username: text })),
      kubernetesWorkloadDetails: opt(z.looseObject({ name: text, namespace: text, type: text })),
    }),
  ),
  containerDetails: opt(z.looseObject({ id: text, name: text, image: text })),
  rdsDbInstanceDetails: opt(
    z.looseObject({ dbInstanceIdentifier: text, dbInstanceArn: text, engine: text }),
  ),
  rdsDbUserDetails: opt(z.looseObject({ user: text })),
  lambdaDetails: opt(z.looseObject({ functionName: text, functionArn: text })),
});
type Resource = z.infer<typeof Resource>;
type At = (...steps: (string | number)[]) => string;

export function addResources(collector: Collector, resource: Resource, at: At): void {
  const inResource: At = (...steps) => at('resource', ...steps);
  addCredential(collector, resource, inResource);
  addInstance(collector, resource, inResource);
  addContainers(collector, resource, inResource);
  for (const { one, index } of resource.s3BucketDetails)
    collector.add({
      kind: 'bucket',
      value: one.name,
      part: 'target',
      path: inResource('s3BucketDetails', index, 'name'),
      attributes: { arn: one.arn },
    });
  const database = resource.rdsDbInstanceDetails;
  collector.add({
    kind: 'database',
    value: database?.dbInstanceIdentifier,
    part: 'target',
    path: inResource('rdsDbInstanceDetails', 'dbInstanceIdentifier'),
    attributes: {
      arn: database?.dbInstanceArn,
      engine: database?.engine,
      user: resource.rdsDbUserDetails?.user,
    },
  });
  collector.add({
    kind: 'function',
    value: resource.lambdaDetails?.functionName,
    part: 'target',
    path: inResource('lambdaDetails', 'functionName'),
    attributes: { arn: resource.lambdaDetails?.functionArn },
  });
}

/** Where the finding is about the credential itself, its holder is who acted. */
function addCredential(
  collector: Collector,
  { accessKeyDetails: key, resourceType }: Resource,
  at: At,
): void {
  if (!key) return;
  const part: Entity['part'] = resourceType === 'AccessKey' ? 'actor' : 'related';
  const attributes = {
    userType: key.userType,
    userName: key.userName,
    principalId: key.principalId,
  };
  collector.add({
    kind: 'access-key',
    value: key.accessKeyId,
    part,
    path: at('accessKeyDetails', 'accessKeyId'),
    attributes,
  });
  const kind = holderKind(key.userType);
  if (kind)
    collector.add({
      kind,
      value: key.userName,
      part,
      path: at('accessKeyDetails', 'userName'),
      attributes,
    });
}

/** What `userName` names. @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_AccessKeyDetails.html */
export function holderKind(userType: string | null | undefined): 'iam-user' | 'iam-role' | null {
  if (userType === 'IAMUser' || userType === 'Root') return 'iam-user';
  return userType === 'AssumedRole' || userType === 'Role' ? 'iam-role' : null;
}

function addInstance(collector: Collector, { instanceDetails }: Resource, at: At): void {
  if (!instanceDetails) return;
  const interfaces = instanceDetails.networkInterfaces;
  const joined = (pick: (one: (typeof interfaces)[number]['one']) => string | null | undefined) =>
    [...new Set(interfaces.map(({ one }) => pick(one)).filter(Boolean))].join(',');
  const tags = instanceDetails.tags
    .slice(0, 20)
    .map(({ one }) => [`tag:${one.key}`, one.value] as const);
  collector.add({
    kind: 'instance',
    value: instanceDetails.instanceId,
    part: 'target',
    path: at('instanceDetails', 'instanceId'),
    attributes: {
      subnetIds: joined(({ subnetId }) => subnetId),
      vpcIds: joined(({ vpcId }) => vpcId),
      interfaceIds: joined(({ networkInterfaceId }) => networkInterfaceId),
      instanceProfile: instanceDetails.iamInstanceProfile?.arn,
      ...Object.fromEntries(tags),
    },
  });
  for (const { one, index } of interfaces) {
    const place = (field: string) => at('instanceDetails', 'networkInterfaces', index, field);
    collector.add({
      kind: 'network-interface',
      value: one.networkInterfaceId,
      part: 'related',
      path: place('networkInterfaceId'),
      attributes: { subnetId: one.subnetId, vpcId: one.vpcId },
    });
    // Our own side of the connection: never a target for a block.
    for (const field of ['publicIp', 'privateIpAddress'] as const)
      collector.add({
        kind: 'ip',
        value: one[field],
        part: 'related',
        path: place(field),
        attributes: { side: 'ours' },
      });
    for (const { one: address, index: i } of one.ipv6Addresses)
      collector.add({
        kind: 'ip',
        value: address,
        part: 'related',
        path: `${place('ipv6Addresses')}[${i}]`,
        attributes: { side: 'ours' },
      });
  }
}

function addContainers(collector: Collector, resource: Resource, at: At): void {
  for (const field of ['eksClusterDetails', 'ecsClusterDetails'] as const)
    collector.add({
      kind: 'cluster',
      value: resource[field]?.name ?? resource[field]?.arn,
      part: 'target',
      path: at(field, 'name'),
      attributes: { arn: resource[field]?.arn },
    });
  collector.add({
    kind: 'workload',
    value: resource.ecsClusterDetails?.taskDetails?.arn,
    part: 'target',
    path: at('ecsClusterDetails', 'taskDetails', 'arn'),
  });
  const workload = resource.kubernetesDetails?.kubernetesWorkloadDetails;
  collector.add({
    kind: 'workload',
    value:
      workload?.name &&
      (workload.namespace ? `${workload.namespace}/${workload.name}` : workload.name),
    part: 'target',
    path: at('kubernetesDetails', 'kubernetesWorkloadDetails', 'name'),
    attributes: {
      type: workload?.type,
      kubernetesUser: resource.kubernetesDetails?.kubernetesUserDetails?.username,
    },
  });
  collector.add({
    kind: 'workload',
    value: resource.containerDetails?.name ?? resource.containerDetails?.id,
    part: 'target',
    path: at('containerDetails', 'name'),
    attributes: { image: resource.containerDetails?.image },
  });
}
