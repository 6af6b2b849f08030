// The security groups of the stand-in's instances: HTTPS, or SSH of a bastion.
import type { Filter } from '@aws-sdk/client-ec2';

const WEB_GROUP = 'sg-0a1b2c3d4e5f60701';
export const BASTION_GROUP = 'sg-0a1b2c3d4e5f60702';
const BASTION = 'i-0bb2cc3dd4ee5ff60';

export const groupOf = (instanceId: string) => ({
  GroupId: instanceId === BASTION ? BASTION_GROUP : WEB_GROUP,
});

/** Each group lets everyone reach one port. */
export const describeSecurityGroups = async ({ Filters = [] }: { Filters?: Filter[] }) => ({
  SecurityGroups: [openOn(WEB_GROUP, 443), openOn(BASTION_GROUP, 22)].filter(({ GroupId }) =>
    Filters.every(({ Name, Values = [] }) => Name === 'group-id' && Values.includes(GroupId)),
  ),
  $metadata: {},
});

const openOn = (GroupId: string, port: number) => ({
  GroupId,
  IpPermissions: [
    {
      ...{ IpProtocol: 'tcp', FromPort: port, ToPort: port },
      IpRanges: [{ CidrIp: '0.0.0.0/0' }],
    },
  ],
});
