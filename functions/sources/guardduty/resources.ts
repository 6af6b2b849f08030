// The resources of a GuardDuty finding: targets and used credentials.
import * as z from 'zod/mini';
import type { Entity } from '../../domain/alert.ts';
import { addCredential } from '../credential.ts';
import type { Collector } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import { list, opt, text } from '../fields.ts';
import { nameFromArn, versionFromArn } from '../resource-kinds.ts';
import type { Caller } from './caller.ts';
import type { At, Steps } from './casing.ts';
import { addInstance, InstanceDetails } from './instance.ts';

const Named = z.looseObject({ name: text, arn: text });

export const Resource = z.looseObject({
  resourceType: text,
  accessKeyDetails: opt(
    z.looseObject({ accessKeyId: text, principalId: text, userName: text, userType: text }),
  ),
  instanceDetails: InstanceDetails,
  s3BucketDetails: list(
    z.extend(Named, {
      publicAccess: opt(z.looseObject({ effectivePermission: text })),
      s3ObjectDetails: list(z.looseObject({ objectArn: text })),
    }),
  ),
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
  rdsLimitlessDbDetails: opt(
    z.looseObject({ dbShardGroupIdentifier: text, dbShardGroupArn: text, engine: text }),
  ),
  lambdaDetails: opt(
    z.looseObject({ functionName: text, functionArn: text, functionVersion: text }),
  ),
  ebsVolumeDetails: opt(
    z.looseObject({ scannedVolumeDetails: list(z.looseObject({ volumeArn: text })) }),
  ),
  ebsSnapshotDetails: opt(z.looseObject({ snapshotArn: text })),
  ec2ImageDetails: opt(z.looseObject({ imageArn: text })),
  recoveryPointDetails: opt(z.looseObject({ recoveryPointArn: text })),
});
export type Resource = z.infer<typeof Resource>;

/** `isApiCall`: the credentials are those of the caller. `caller` is set if that is not the finding's own account. */
type Call = { isApiCall: boolean; caller: Caller | null };

/** Adds every resource block that is present. */
export function addResources(collector: Collector, resource: Resource, at: At, call: Call): void {
  const inResource: At = (...steps) => at('resource', ...steps);
  addKey(collector, resource, inResource, call);
  addBuckets(collector, resource, inResource);
  addDatabases(collector, resource, inResource);
  collector.add({
    kind: 'function',
    value:
      resource.lambdaDetails?.functionName ||
      nameFromArn('function', resource.lambdaDetails?.functionArn),
    part: 'target',
    path: inResource('lambdaDetails', 'functionName'),
    attributes: {
      arn: resource.lambdaDetails?.functionArn,
      version:
        resource.lambdaDetails?.functionVersion ??
        versionFromArn('function', resource.lambdaDetails?.functionArn),
    },
  });
  addContainers(collector, resource, inResource);
  addStorage(collector, resource, inResource);
  if (resource.instanceDetails) addInstance(collector, resource.instanceDetails, inResource);
}

/** Adds the credential and its holder: as actors if the finding is about them or a call made with them. */
function addKey(
  collector: Collector,
  { accessKeyDetails: key, resourceType }: Resource,
  at: At,
  { isApiCall, caller }: Call,
): void {
  if (!key) return;
  const part: Entity['part'] = resourceType === 'AccessKey' || isApiCall ? 'actor' : 'related';
  addCredential(
    collector,
    {
      keyId: key.accessKeyId,
      userName: key.userName,
      userType: key.userType,
      principalId: key.principalId,
      caller,
    },
    part,
    { key: at('accessKeyDetails', 'accessKeyId'), name: at('accessKeyDetails', 'userName') },
  );
}

function addBuckets(collector: Collector, { s3BucketDetails }: Resource, at: At): void {
  for (const { one, index } of s3BucketDetails) {
    collector.add({
      kind: 'bucket',
      value: one.name || nameFromArn('bucket', one.arn),
      part: 'target',
      path: at('s3BucketDetails', index, one.name ? 'name' : 'arn'),
      attributes: { arn: one.arn, publicAccess: one.publicAccess?.effectivePermission },
    });
    for (const { one: object, index: i } of one.s3ObjectDetails)
      collector.add({
        kind: 'resource',
        value: object.objectArn,
        part: 'related',
        path: at('s3BucketDetails', index, 's3ObjectDetails', i, 'objectArn'),
      });
  }
}

function addDatabases(collector: Collector, resource: Resource, at: At): void {
  const user = resource.rdsDbUserDetails?.user;
  const instance = resource.rdsDbInstanceDetails;
  collector.add({
    kind: 'database',
    value: instance?.dbInstanceIdentifier || nameFromArn('database', instance?.dbInstanceArn),
    part: 'target',
    path: at('rdsDbInstanceDetails', 'dbInstanceIdentifier'),
    attributes: { arn: instance?.dbInstanceArn, engine: instance?.engine, user },
  });
  const shards = resource.rdsLimitlessDbDetails;
  collector.add({
    kind: 'database',
    value: shards?.dbShardGroupIdentifier,
    part: 'target',
    path: at('rdsLimitlessDbDetails', 'dbShardGroupIdentifier'),
    attributes: { arn: shards?.dbShardGroupArn, engine: shards?.engine, user },
  });
}

/** Volumes, snapshots, images and backups that contain malware. */
function addStorage(collector: Collector, resource: Resource, at: At): void {
  const add = (value: string | null | undefined, ...steps: Steps) =>
    collector.add({ kind: 'resource', value, part: 'target', path: at(...steps) });
  for (const { one, index } of resource.ebsVolumeDetails?.scannedVolumeDetails ?? [])
    add(one.volumeArn, 'ebsVolumeDetails', 'scannedVolumeDetails', index, 'volumeArn');
  add(resource.ebsSnapshotDetails?.snapshotArn, 'ebsSnapshotDetails', 'snapshotArn');
  add(resource.ec2ImageDetails?.imageArn, 'ec2ImageDetails', 'imageArn');
  add(resource.recoveryPointDetails?.recoveryPointArn, 'recoveryPointDetails', 'recoveryPointArn');
}

function addContainers(collector: Collector, resource: Resource, at: At): void {
  for (const field of ['eksClusterDetails', 'ecsClusterDetails'] as const)
    collector.add({
      kind: 'cluster',
      value: resource[field]?.name || nameFromArn('cluster', resource[field]?.arn),
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
  const place = placeInArn((resource.eksClusterDetails ?? resource.ecsClusterDetails)?.arn) ?? {};
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
    place,
  });
  collector.add({
    kind: 'workload',
    value: resource.containerDetails?.name || resource.containerDetails?.id,
    part: 'target',
    path: at('containerDetails', 'name'),
    attributes: { image: resource.containerDetails?.image },
    place,
  });
}
