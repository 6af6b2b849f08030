// The resources of an ASFF finding: targets and used credentials.
// @see https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
import * as z from 'zod/mini';
import type { Entity } from '../../domain/alert.ts';
import { addCredential } from '../credential.ts';
import { type Attributes, type Collector, OWN_ADDRESS } from '../entities.ts';
import { ownPlaceOf } from '../entity-place.ts';
import { list, opt, text } from '../fields.ts';
import type { Caller } from '../guardduty/caller.ts';
import { member } from '../guardduty/casing.ts';
import { isAccount, kindOfType, nameFromArn, versionFromArn } from '../resource-kinds.ts';

type Text = string | null | undefined;
const Flat = opt(z.record(z.string(), z.unknown()));

export const Resources = list(
  z.looseObject({
    Type: text,
    Id: text,
    Region: text,
    Tags: Flat,
    Details: opt(
      z.looseObject({
        AwsIamAccessKey: opt(
          z.looseObject({
            AccessKeyId: text,
            AccountId: text,
            PrincipalId: text,
            PrincipalName: text,
            PrincipalType: text,
            UserName: text,
            SessionContext: opt(
              z.looseObject({
                SessionIssuer: opt(
                  z.looseObject({ Type: text, UserName: text, PrincipalId: text }),
                ),
              }),
            ),
          }),
        ),
        AwsEc2Instance: opt(
          z.looseObject({
            SubnetId: text,
            VpcId: text,
            IamInstanceProfileArn: text,
            IpV4Addresses: list(z.string()),
            IpV6Addresses: list(z.string()),
            NetworkInterfaces: list(z.looseObject({ NetworkInterfaceId: text })),
          }),
        ),
        Container: opt(z.looseObject({ Name: text, ImageName: text })),
        /** GuardDuty's details that have no place in ASFF, with names such as `kubernetesDetails/...`. */
        Other: Flat,
      }),
    ),
  }),
);
type Resource = z.infer<typeof Resources>[number]['one'];
type Details = NonNullable<Resource['Details']>;

type Context = {
  path: string;
  /** The part of a user or a key. */
  credentials: Entity['part'];
  callerOf(userType: Text): Caller | null;
};

/** Adds every resource. Returns attributes of the whole finding. */
export function addResources(
  collector: Collector,
  resources: z.infer<typeof Resources>,
  context: Context,
): Attributes {
  let kubernetesUser: Text = null;
  for (const { one, index } of resources) {
    if (isAccount(one.Type)) continue;
    const at = `${context.path}.Resources[${index}]`;
    if (one.Details?.AwsIamAccessKey || kindOfType(one.Type) === 'access-key')
      addKey(collector, one, at, context);
    else addResource(collector, one, at, context);
    addAddresses(collector, one, `${at}.Details.AwsEc2Instance`);
    kubernetesUser ??= addKubernetes(collector, one.Details?.Other, `${at}.Details.Other`, one);
  }
  return { kubernetesUser };
}

function addKey(
  collector: Collector,
  one: Resource,
  at: string,
  { credentials, callerOf }: Context,
): void {
  const key = one.Details?.AwsIamAccessKey;
  const issuer = key?.SessionContext?.SessionIssuer;
  const userType = key?.PrincipalType ?? issuer?.Type;
  addCredential(
    collector,
    {
      keyId: key?.AccessKeyId ?? nameFromArn('access-key', one.Id),
      userName: key?.UserName ?? key?.PrincipalName ?? issuer?.UserName,
      userType,
      principalId: key?.PrincipalId ?? issuer?.PrincipalId,
      account: key?.AccountId,
      caller: callerOf(userType),
      ofKey: { arn: one.Id, resourceType: one.Type },
    },
    credentials,
    { key: `${at}.Id`, name: `${at}.Details.AwsIamAccessKey` },
  );
}

function addResource(
  collector: Collector,
  one: Resource,
  at: string,
  { credentials }: Context,
): void {
  const kind = kindOfType(one.Type);
  const { AwsEc2Instance: instance, Container: container } = one.Details ?? {};
  const tags = Object.entries(one.Tags ?? {}).slice(0, 20);
  collector.add({
    kind,
    value: container?.Name || nameFromArn(kind, one.Id),
    part: kind === 'iam-user' || kind === 'iam-role' ? credentials : 'target',
    path: container?.Name ? `${at}.Details.Container.Name` : `${at}.Id`,
    attributes: {
      arn: one.Id,
      resourceType: one.Type,
      version: versionFromArn(kind, one.Id),
      subnetIds: instance?.SubnetId,
      vpcIds: instance?.VpcId,
      interfaceIds: instance?.NetworkInterfaces.map(({ one: eni }) => eni.NetworkInterfaceId)
        .filter(Boolean)
        .join(','),
      instanceProfile: instance?.IamInstanceProfileArn,
      image: container?.ImageName,
      user: said(one.Details?.Other, 'rdsDbUserDetails/user'),
      ...Object.fromEntries(
        tags.flatMap(([name, value]) =>
          typeof value === 'string' ? [[`tag:${name}`, value] as const] : [],
        ),
      ),
    },
    place: { region: one.Region },
  });
}

/** The place that the resource names. Its interfaces and workloads are in the same place. */
const placeOf = ({ Type, Id, Region }: Resource) =>
  ownPlaceOf({
    kind: kindOfType(Type),
    value: Id ?? '',
    attributes: {},
    place: { region: Region },
  });

function addAddresses(collector: Collector, one: Resource, path: string): void {
  const instance = one.Details?.AwsEc2Instance;
  for (const field of ['IpV4Addresses', 'IpV6Addresses'] as const)
    for (const { one: value, index } of instance?.[field] ?? [])
      collector.add({
        kind: 'ip',
        value,
        part: 'related',
        path: `${path}.${field}[${index}]`,
        attributes: OWN_ADDRESS,
      });
  for (const { one: eni, index } of instance?.NetworkInterfaces ?? [])
    collector.add({
      kind: 'network-interface',
      value: eni.NetworkInterfaceId,
      part: 'related',
      path: `${path}.NetworkInterfaces[${index}].NetworkInterfaceId`,
      place: placeOf(one),
    });
}

const WORKLOAD = 'kubernetesDetails/kubernetesWorkloadDetails';

/** Adds the workload and the task that GuardDuty names beside a cluster. Returns the Kubernetes user. */
function addKubernetes(
  collector: Collector,
  other: Details['Other'],
  path: string,
  one: Resource,
): Text {
  const user = said(other, 'kubernetesDetails/kubernetesUserDetails/username');
  const name = said(other, `${WORKLOAD}/name`);
  const namespace = said(other, `${WORKLOAD}/namespace`);
  collector.add({
    kind: 'workload',
    value: name && namespace ? `${namespace}/${name}` : name,
    part: 'target',
    path: `${path}${member(`${WORKLOAD}/name`)}`,
    attributes: { type: said(other, `${WORKLOAD}/type`), kubernetesUser: user },
    place: placeOf(one),
  });
  const task = Object.keys(other ?? {}).find((field) => /taskDetails\/(task)?arn$/i.test(field));
  if (task)
    collector.add({
      kind: 'workload',
      value: said(other, task),
      part: 'target',
      path: `${path}${member(task)}`,
    });
  return user;
}

const said = (other: Details['Other'], field: string): Text => text.parse(other?.[field]);
