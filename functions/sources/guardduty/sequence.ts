// AttackSequence findings: signals, actors, endpoints and resources.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html
import * as z from 'zod/mini';
import { addCredential } from '../credential.ts';
import { type Collector, OWN_ADDRESS } from '../entities.ts';
import { list, opt, text } from '../fields.ts';
import { kindOfType, nameFromArn, versionFromArn } from '../resource-kinds.ts';
import type { At, Steps } from './casing.ts';

export const Sequence = z.looseObject({
  actors: list(
    z.looseObject({
      id: text,
      user: opt(
        z.looseObject({
          name: text,
          uid: text,
          type: text,
          credentialUid: text,
          account: opt(z.looseObject({ uid: text })),
        }),
      ),
    }),
  ),
  endpoints: list(
    z.looseObject({
      id: text,
      ip: text,
      domain: text,
      connection: opt(z.looseObject({ direction: text })),
      location: opt(z.looseObject({ country: text })),
      autonomousSystem: opt(z.looseObject({ name: text })),
    }),
  ),
  resources: list(
    z.looseObject({
      uid: text,
      name: text,
      resourceType: text,
      accountId: text,
      region: text,
      data: opt(
        z.looseObject({
          accessKey: opt(z.looseObject({ principalId: text, userName: text, userType: text })),
          container: opt(z.looseObject({ image: text })),
          kubernetesWorkload: opt(z.looseObject({ namespace: text, type: text })),
          ec2Instance: opt(
            z.looseObject({
              ec2NetworkInterfaceUids: list(z.string()),
              iamInstanceProfile: opt(z.looseObject({ arn: text })),
            }),
          ),
          ec2NetworkInterface: opt(
            z.looseObject({
              publicIp: text,
              privateIpAddresses: list(z.looseObject({ privateIpAddress: text })),
              ipv6Addresses: list(z.string()),
            }),
          ),
        }),
      ),
    }),
  ),
  signals: list(z.looseObject({ name: text })),
});
type Sequence = z.infer<typeof Sequence>;

/** Adds actors, endpoints and resources. `at` builds paths relative to the sequence. */
export function addSequence(
  collector: Collector,
  { actors, endpoints, resources }: Sequence,
  at: At,
): void {
  for (const { one, index } of endpoints) {
    const attributes = { country: one.location?.country, organization: one.autonomousSystem?.name };
    collector.add({
      kind: 'ip',
      value: one.ip,
      part: 'actor',
      path: at('endpoints', index, 'ip'),
      attributes,
    });
    collector.add({
      kind: 'domain',
      value: one.domain,
      part: 'actor',
      path: at('endpoints', index, 'domain'),
    });
  }
  for (const { one, index } of actors) {
    const path = (field: string) => at('actors', index, 'user', field);
    addCredential(
      collector,
      {
        keyId: one.user?.credentialUid,
        userName: one.user?.name,
        userType: one.user?.type,
        principalId: one.user?.uid,
        account: one.user?.account?.uid,
      },
      'actor',
      { key: path('credentialUid'), name: path('name') },
    );
  }
  for (const { one, index } of resources) {
    const inResource: At = (...steps) => at('resources', index, ...steps);
    addResource(collector, one, inResource);
    addInterface(collector, one.data?.ec2NetworkInterface, (...steps) =>
      inResource('data', 'ec2NetworkInterface', ...steps),
    );
  }
}

type Resource = Sequence['resources'][number]['one'];

/** What a resource is part of. Unrelated attacks share a VPC, an image or a stack. */
const CONTEXT = /ACCESS_KEY|EC2_IMAGE|EC2_LAUNCH_TEMPLATE|EC2_VPC|INSTANCE_PROFILE|STACK|SCALING/i;

function addResource(collector: Collector, one: Resource, at: At): void {
  const { uid, name, resourceType, data } = one;
  const kind = kindOfType(resourceType);
  const isPartOf = kind === 'network-interface' || CONTEXT.test(resourceType ?? '');
  collector.add({
    kind,
    value: kind === 'workload' ? workloadName(one) : nameFromArn(kind, uid),
    part: isPartOf ? 'related' : 'target',
    path: at('uid'),
    attributes: {
      arn: uid,
      // A tag of the owner's, so it never identifies the resource.
      name,
      resourceType,
      version: versionFromArn(kind, uid),
      type: data?.kubernetesWorkload?.type,
      image: data?.container?.image,
      userName: data?.accessKey?.userName,
      userType: data?.accessKey?.userType,
      principalId: data?.accessKey?.principalId,
      interfaceIds: data?.ec2Instance?.ec2NetworkInterfaceUids.map(({ one: id }) => id).join(','),
      instanceProfile: data?.ec2Instance?.iamInstanceProfile?.arn,
    },
    place: { account: one.accountId, region: one.region },
  });
}

/** `shop/web-7f` for a Kubernetes workload, as in other findings; the name of a container; the ARN of a task. */
function workloadName({ uid, name, data }: Resource): string | null | undefined {
  const namespace = data?.kubernetesWorkload?.namespace;
  if (name && namespace) return `${namespace}/${name}`;
  return (uid?.startsWith('arn:') ? null : name) || uid;
}

function addInterface(
  collector: Collector,
  eni: NonNullable<Resource['data']>['ec2NetworkInterface'],
  at: At,
): void {
  const own = (value: string | null | undefined, ...steps: Steps) =>
    collector.add({
      kind: 'ip',
      value,
      part: 'related',
      path: at(...steps),
      attributes: OWN_ADDRESS,
    });
  own(eni?.publicIp, 'publicIp');
  for (const { one, index } of eni?.privateIpAddresses ?? [])
    own(one.privateIpAddress, 'privateIpAddresses', index, 'privateIpAddress');
  for (const { one, index } of eni?.ipv6Addresses ?? []) own(one, 'ipv6Addresses', index);
}
