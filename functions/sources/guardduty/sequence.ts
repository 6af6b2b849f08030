// AttackSequence findings: signals, actors, endpoints and resources.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html
import * as z from 'zod/mini';
import { type Collector, OWN_ADDRESS } from '../entities.ts';
import { list, opt, text } from '../fields.ts';
import { kindOfType, nameFromArn, versionFromArn } from '../resource-kinds.ts';
import type { At, Steps } from './casing.ts';
import { holderKind } from './resources.ts';

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

/** Adds actors, endpoints and resources. `at` builds paths relative to the finding. */
export function addSequence(
  collector: Collector,
  { actors, endpoints, resources }: Sequence,
  at: At,
): void {
  const inside: At = (...steps) => at('service', 'detection', 'sequence', ...steps);
  for (const { one, index } of endpoints) {
    const attributes = { country: one.location?.country, organization: one.autonomousSystem?.name };
    collector.add({
      kind: 'ip',
      value: one.ip,
      part: 'actor',
      path: inside('endpoints', index, 'ip'),
      attributes,
    });
    collector.add({
      kind: 'domain',
      value: one.domain,
      part: 'actor',
      path: inside('endpoints', index, 'domain'),
    });
  }
  for (const { one, index } of actors) {
    const user = one.user;
    const attributes = { userType: user?.type, userName: user?.name, principalId: user?.uid };
    const path = (field: string) => inside('actors', index, 'user', field);
    const place = { account: user?.account?.uid };
    collector.add({
      kind: 'access-key',
      value: user?.credentialUid,
      part: 'actor',
      path: path('credentialUid'),
      attributes,
      place,
    });
    const kind = holderKind(user?.type);
    if (kind)
      collector.add({
        kind,
        value: user?.name,
        part: 'actor',
        path: path('name'),
        attributes,
        place,
      });
  }
  for (const { one, index } of resources) {
    const kind = kindOfType(one.resourceType);
    collector.add({
      kind,
      // Buckets are identified by name, other resources by the last part of their ARN, as in other findings.
      value: kind === 'resource' ? one.uid : (one.name ?? nameFromArn(kind, one.uid)),
      part: kind === 'access-key' ? 'related' : 'target',
      path: inside('resources', index, 'uid'),
      attributes: {
        arn: one.uid,
        resourceType: one.resourceType,
        version: versionFromArn(kind, one.uid),
      },
      place: { account: one.accountId, region: one.region },
    });
    const own = (value: string | null | undefined, ...steps: Steps) =>
      collector.add({
        kind: 'ip',
        value,
        part: 'related',
        path: inside('resources', index, 'data', 'ec2NetworkInterface', ...steps),
        attributes: OWN_ADDRESS,
      });
    const eni = one.data?.ec2NetworkInterface;
    own(eni?.publicIp, 'publicIp');
    for (const { one: address, index: i } of eni?.privateIpAddresses ?? [])
      own(address.privateIpAddress, 'privateIpAddresses', i, 'privateIpAddress');
    for (const { one: address, index: i } of eni?.ipv6Addresses ?? [])
      own(address, 'ipv6Addresses', i);
  }
}
