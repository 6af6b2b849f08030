// Reads an instance's tags, exposure and network ACLs, and what these affect.
import type { EC2, Filter, Instance, NetworkAcl, NetworkInterface } from '@aws-sdk/client-ec2';
import { type InstanceFacts, mapFact, type NetworkAclFacts, unknown } from '../domain/facts.ts';
import { isOptedIn } from '../domain/opt-in.ts';
import type { InstanceOf } from './instances.ts';
import { type ReadDeps, readFact } from './read-fact.ts';
import { type Attacked, inboundOf, type SecurityGroupApi } from './security-groups.ts';
import { tagsOf } from './tags.ts';

/** The EC2 API calls that this step makes, all of them reads. */
export type InstanceApi = Pick<
  EC2,
  'describeInstances' | 'describeNetworkAcls' | 'describeNetworkInterfaces'
>;

type Deps = ReadDeps & { instanceOf: InstanceOf; ec2: InstanceApi & SecurityGroupApi };

export async function instanceFacts(
  deps: Deps,
  instanceId: string,
  attacked: Attacked,
): Promise<InstanceFacts> {
  const instance = await deps.instanceOf(instanceId);
  if (!instance.known) return unreadInstance(instance.why);
  const [networkAcls, inbound] = await Promise.all([
    readFact(deps, `The network ACLs of ${instanceId}`, (abortSignal) =>
      networkAclsOf(deps.ec2, subnetsOf(instance.value), abortSignal),
    ),
    inboundOf(deps, groupsOf(instance.value), attacked),
  ]);
  return {
    ...{ networkAcls, inbound },
    tags: mapFact(instance, ({ Tags }) => tagsOf(Tags)),
    // https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html
    forwards: mapFact(instance, ({ SourceDestCheck }) => SourceDestCheck === false),
    interfaceIds: mapFact(instance, interfacesOf),
    exposure: mapFact(instance, exposureOf),
  };
}

/** Unknown facts for an instance that is not read, with the reason. */
export function unreadInstance(why: string): InstanceFacts {
  const fact = unknown(why);
  return {
    ...{ networkAcls: fact, tags: fact, forwards: fact, interfaceIds: fact },
    ...{ exposure: fact, inbound: fact },
  };
}

/** Its security groups; none if it is no instance, or could not be read. */
export async function securityGroupsOf(read: Promise<InstanceFacts> | null): Promise<string[]> {
  const exposure = (await read)?.exposure;
  return exposure?.known ? exposure.value.securityGroups : [];
}

const MAX_GROUPS = 20;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html */
const exposureOf = (instance: Instance) => {
  const { MetadataOptions, IamInstanceProfile, PublicIpAddress, LaunchTime } = instance;
  return {
    allowsImdsV1: MetadataOptions?.HttpTokens
      ? MetadataOptions.HttpEndpoint !== 'disabled' && MetadataOptions.HttpTokens === 'optional'
      : null,
    hasRole: IamInstanceProfile?.Arn !== undefined,
    isPublic: PublicIpAddress !== undefined,
    launchedAt: LaunchTime?.toISOString() ?? null,
    securityGroups: groupsOf(instance).slice(0, MAX_GROUPS),
  };
};

/** Of all its interfaces. `SecurityGroups` holds those of the primary one. */
const groupsOf = ({ SecurityGroups = [], NetworkInterfaces = [] }: Instance): string[] => {
  const all = [...SecurityGroups, ...NetworkInterfaces.flatMap(({ Groups = [] }) => Groups)];
  const ids = all.flatMap(({ GroupId }) =>
    GroupId && /^sg-[\da-f]{8,17}$/.test(GroupId) ? GroupId : [],
  );
  return [...new Set(ids)];
};

/** The largest instance types have 15 on the primary network card. */
const MAX_INTERFACES = 15;

const interfacesOf = ({ NetworkInterfaces = [] }: Instance): string[] =>
  NetworkInterfaces.toSorted(
    (a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0),
  )
    .flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? [])
    .slice(0, MAX_INTERFACES);

/** EC2's limit of values per filter. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html */
const MAX_FILTER_VALUES = 200;
/** Longer lists are cut and only counted, since all facts of an alert share one DynamoDB item. */
const MAX_LISTED = 50;
/** Instances rarely have more. Above this, even one change has a large blast radius. */
const MAX_ACLS = 8;

async function networkAclsOf(
  ec2: InstanceApi,
  subnetIds: readonly string[],
  abortSignal: AbortSignal,
): Promise<NetworkAclFacts[]> {
  if (subnetIds.length === 0) return [];
  const acls = await allPages((NextToken) =>
    ec2
      .describeNetworkAcls(
        { Filters: [filter('association.subnet-id', subnetIds)], NextToken },
        { abortSignal },
      )
      .then((page) => ({ items: page.NetworkAcls, next: page.NextToken })),
  );
  const guarded = new Set(acls.flatMap(subnetsGuardedBy));
  const missing = subnetIds.filter((id) => !guarded.has(id));
  if (missing.length > 0) throw new Error(`no network ACL found for ${missing.join(', ')}`);
  if (acls.length > MAX_ACLS)
    throw new Error(`${acls.length} network ACLs; at most ${MAX_ACLS} are read`);
  const interfaces = await interfacesIn(ec2, [...guarded], abortSignal);
  return acls.map((acl) => describeAcl(acl, interfaces));
}

/** The subnets of all interfaces, which may differ. Empty for a terminated instance. */
function subnetsOf({ NetworkInterfaces = [] }: Instance): string[] {
  const ids = NetworkInterfaces.map(({ SubnetId }) => SubnetId);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

const subnetsGuardedBy = ({ Associations = [] }: NetworkAcl): string[] =>
  Associations.flatMap(({ SubnetId }) => SubnetId ?? []);

function interfacesIn(
  ec2: InstanceApi,
  subnetIds: readonly string[],
  abortSignal: AbortSignal,
): Promise<NetworkInterface[]> {
  return allPages((NextToken) =>
    ec2
      .describeNetworkInterfaces(
        { Filters: [filter('subnet-id', subnetIds)], NextToken },
        { abortSignal },
      )
      .then((page) => ({ items: page.NetworkInterfaces, next: page.NextToken })),
  );
}

function describeAcl(acl: NetworkAcl, interfaces: readonly NetworkInterface[]): NetworkAclFacts {
  const subnetIds = subnetsGuardedBy(acl).sort();
  const behind = interfaces.filter(({ SubnetId = '' }) => subnetIds.includes(SubnetId));
  const instanceIds = [
    ...new Set(behind.flatMap(({ Attachment }) => Attachment?.InstanceId ?? [])),
  ].sort();
  if (!acl.NetworkAclId || !acl.VpcId) throw new Error('EC2 returned a network ACL without an ID');
  return {
    networkAclId: acl.NetworkAclId,
    isDefault: acl.IsDefault ?? false,
    vpcId: acl.VpcId,
    subnets: { ids: subnetIds.slice(0, MAX_LISTED), count: subnetIds.length },
    instances: { ids: instanceIds.slice(0, MAX_LISTED), count: instanceIds.length },
    otherInterfaces: behind.filter(({ Attachment }) => !Attachment?.InstanceId).length,
    rules: { ingress: rulesOf(acl, false), egress: rulesOf(acl, true) },
    optedIn: isOptedIn(tagsOf(acl.Tags)),
  };
}

/**
 * Number of rules in one direction, by family. EC2's quota counts each family separately, default deny rule included.
 */
function rulesOf({ Entries = [] }: NetworkAcl, egress: boolean) {
  const entries = Entries.filter(({ Egress }) => Egress === egress);
  const ipv6 = entries.filter(({ Ipv6CidrBlock }) => Ipv6CidrBlock).length;
  return { ipv4: entries.length - ipv6, ipv6 };
}

function filter(Name: string, values: readonly string[]): Filter {
  if (values.length > MAX_FILTER_VALUES)
    throw new Error(
      `${values.length} subnets; EC2 accepts at most ${MAX_FILTER_VALUES} in a filter`,
    );
  return { Name, Values: [...values] };
}

async function allPages<T>(
  page: (
    next: string | undefined,
  ) => Promise<{ items?: T[] | undefined; next?: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const answer = await page(next);
    all.push(...(answer.items ?? []));
    next = answer.next;
  } while (next);
  return all;
}
