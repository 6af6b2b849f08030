// The instance of a GuardDuty finding, with interfaces and addresses.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_InstanceDetails.html
import * as z from 'zod/mini';
import { type Collector, OWN_ADDRESS } from '../entities.ts';
import { list, opt, text } from '../fields.ts';
import type { At } from './casing.ts';

export const InstanceDetails = opt(
  z.looseObject({
    instanceId: text,
    tags: list(z.looseObject({ key: text, value: text })),
    iamInstanceProfile: opt(z.looseObject({ arn: text })),
    networkInterfaces: list(
      z.looseObject({
        networkInterfaceId: text,
        privateIpAddress: text,
        privateIpAddresses: list(z.looseObject({ privateIpAddress: text })),
        publicIp: text,
        ipv6Addresses: list(z.string()),
        subnetId: text,
        vpcId: text,
      }),
    ),
  }),
);

/**
 * Adds the instance as a target, and its interfaces and addresses as related. `at` builds paths relative to the
 * resource.
 */
export function addInstance(
  collector: Collector,
  instanceDetails: NonNullable<z.infer<typeof InstanceDetails>>,
  at: At,
): void {
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
    // An address of this account, which is never blocked.
    for (const field of ['publicIp', 'privateIpAddress'] as const)
      collector.add({
        kind: 'ip',
        value: one[field],
        part: 'related',
        path: place(field),
        attributes: OWN_ADDRESS,
      });
    for (const { one: other, index: i } of one.privateIpAddresses)
      collector.add({
        kind: 'ip',
        value: other.privateIpAddress,
        part: 'related',
        path: at(
          'instanceDetails',
          'networkInterfaces',
          index,
          'privateIpAddresses',
          i,
          'privateIpAddress',
        ),
        attributes: OWN_ADDRESS,
      });
    for (const { one: address, index: i } of one.ipv6Addresses)
      collector.add({
        kind: 'ip',
        value: address,
        part: 'related',
        path: `${place('ipv6Addresses')}[${i}]`,
        attributes: OWN_ADDRESS,
      });
  }
}
