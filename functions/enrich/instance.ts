// What AWS says of an instance right now: the network ACLs that guard it, and what else stands behind them.
import type { EC2, Filter, Instance, NetworkAcl, NetworkInterface } from '@aws-sdk/client-ec2';
import { type InstanceFacts, mapFact, type NetworkAclFacts, unknown } from '../domain/facts.ts';
import { type LookDeps, look } from './look.ts';
import { tagsOf } from './tags.ts';

/** The calls that we make, all of them reads; a stand-in implements the same. */
export type InstanceApi = Pick<
  EC2,
  'describeInstances' | 'describeNetworkAcls' | 'describeNetworkInterfaces'
>;

type Deps = LookDeps & { ec2: InstanceApi };

export async function instanceFacts(deps: Deps, instanceId: string): Promise<InstanceFacts> {
  const instance = await look(deps, `The instance ${instanceId}`, (abortSignal) =>
    describe(deps.ec2, instanceId, abortSignal),
  );
  return {
    networkAcls: instance.known
      ? await look(deps, `The network ACLs of ${instanceId}`, (abortSignal) =>
          networkAclsOf(deps.ec2, subnetsOf(instance.value), abortSignal),
        )
      : instance,
    tags: mapFact(instance, ({ Tags }) => tagsOf(Tags)),
    // https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html
    forwards: mapFact(instance, ({ SourceDestCheck }) => SourceDestCheck === false),
  };
}

/** For what is not in this account, or too much. */
export function unreadInstance(why: string): InstanceFacts {
  const fact = unknown(why);
  return { networkAcls: fact, tags: fact, forwards: fact };
}

async function describe(
  ec2: InstanceApi,
  instanceId: string,
  abortSignal: AbortSignal,
): Promise<Instance> {
  const { Reservations = [] } = await ec2.describeInstances(
    { InstanceIds: [instanceId] },
    { abortSignal },
  );
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  if (!instance) throw new Error('there is no such instance');
  return instance;
}

/** AWS takes at most this many values in one filter. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html */
const MAX_FILTER_VALUES = 200;
/** More are not written down, only counted: facts of one alert share one item of the table. */
const MAX_LISTED = 50;
/** An instance has its few interfaces in fewer; with more, no one change is a small one. */
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
  if (missing.length > 0) throw new Error(`none is associated with ${missing.join(', ')}`);
  if (acls.length > MAX_ACLS) throw new Error(`there are ${acls.length} of them`);
  const interfaces = await interfacesIn(ec2, [...guarded], abortSignal);
  return acls.map((acl) => describeAcl(acl, interfaces));
}

/** Of every interface, since each may be in another subnet. A terminated instance has none. */
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
  if (!acl.NetworkAclId || !acl.VpcId) throw new Error('AWS named one of them without an id');
  return {
    networkAclId: acl.NetworkAclId,
    isDefault: acl.IsDefault ?? false,
    vpcId: acl.VpcId,
    subnets: { ids: subnetIds.slice(0, MAX_LISTED), count: subnetIds.length },
    instances: { ids: instanceIds.slice(0, MAX_LISTED), count: instanceIds.length },
    otherInterfaces: behind.filter(({ Attachment }) => !Attachment?.InstanceId).length,
    rules: { ingress: rulesOf(acl, false), egress: rulesOf(acl, true) },
  };
}

/** AWS counts IPv4 and IPv6 apart, and the last rule, which denies the rest, with them. */
function rulesOf({ Entries = [] }: NetworkAcl, egress: boolean) {
  const ours = Entries.filter(({ Egress }) => Egress === egress);
  const ipv6 = ours.filter(({ Ipv6CidrBlock }) => Ipv6CidrBlock).length;
  return { ipv4: ours.length - ipv6, ipv6 };
}

function filter(Name: string, values: readonly string[]): Filter {
  if (values.length > MAX_FILTER_VALUES)
    throw new Error(
      `there are ${values.length} subnets; AWS can be asked for ${MAX_FILTER_VALUES}`,
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
