// The stand-in of EC2: instances, their network interfaces, and the network ACLs around them.
import type { Filter, NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { InstanceApi } from '../../functions/enrich/instance.ts';
import { awsFailure } from './failure.ts';
import type { StateFile } from './state-file.ts';

export type Ec2State = {
  /** Instances are what interfaces are attached to. */
  interfaces: { id: string; vpcId: string; subnetId: string; instanceId: string | null }[];
  networkAcls: {
    id: string;
    vpcId: string;
    isDefault: boolean;
    subnetIds: string[];
    entries: NetworkAclEntry[];
  }[];
};

/** Old ids have 8 digits and newer ones 17. */
const INSTANCE_ID = /^i-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const refuse = (name: string, message: string) => awsFailure(name, 400, message);

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export function createEc2(file: StateFile<Ec2State>): InstanceApi {
  const api = {
    describeInstances: async ({
      InstanceIds = [],
    }: Parameters<InstanceApi['describeInstances']>[0]) => {
      const { interfaces } = file.read();
      const instances = InstanceIds.map((id) => {
        if (!INSTANCE_ID.test(id))
          throw refuse('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
        const own = interfaces.filter(({ instanceId }) => instanceId === id);
        if (own.length === 0)
          throw refuse('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
        return {
          InstanceId: id,
          NetworkInterfaces: own.map((one) => ({
            NetworkInterfaceId: one.id,
            SubnetId: one.subnetId,
            VpcId: one.vpcId,
          })),
        };
      });
      return { Reservations: instances.map((one) => ({ Instances: [one] })), $metadata: {} };
    },
    describeNetworkInterfaces: async ({
      Filters,
    }: Parameters<InstanceApi['describeNetworkInterfaces']>[0]) => {
      const wanted = passing(Filters, 'subnet-id');
      const found = file.read().interfaces.filter(({ subnetId }) => wanted(subnetId));
      return {
        NetworkInterfaces: found.map(({ id, vpcId, subnetId, instanceId }) => ({
          NetworkInterfaceId: id,
          VpcId: vpcId,
          SubnetId: subnetId,
          ...(instanceId && { Attachment: { InstanceId: instanceId } }),
        })),
        $metadata: {},
      };
    },
    describeNetworkAcls: async ({ Filters }: Parameters<InstanceApi['describeNetworkAcls']>[0]) => {
      const wanted = passing(Filters, 'association.subnet-id');
      const found = file.read().networkAcls.filter(({ subnetIds }) => subnetIds.some(wanted));
      return {
        NetworkAcls: found.map(({ id, vpcId, isDefault, subnetIds, entries }) => ({
          NetworkAclId: id,
          VpcId: vpcId,
          IsDefault: isDefault,
          Associations: subnetIds.map((SubnetId) => ({ NetworkAclId: id, SubnetId })),
          Entries: entries,
        })),
        $metadata: {},
      };
    },
  };
  return api as unknown as InstanceApi;
}

/** Whether a value passes. Only the filters that we use are there; another one must not be ignored in silence. */
function passing(filters: readonly Filter[] | undefined, name: string): (value: string) => boolean {
  const other = filters?.find(({ Name }) => Name !== name);
  if (other) throw refuse('InvalidParameterValue', `The filter '${other.Name}' is invalid`);
  return (value) => !filters || filters.every(({ Values = [] }) => Values.includes(value));
}
