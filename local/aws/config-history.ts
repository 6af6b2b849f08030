// The stand-in of AWS Config: records of resources in the samples.
import type { ConfigApi } from '../../functions/enrich/config-changes.ts';
import { BASTION_GROUP } from '../../functions/mechanisms/network/stand-in-groups.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';

type ConfigRecord = {
  minutesAgo: number;
  type: string;
  id: string;
  configuration: object;
};

const DAY_MINUTES = 24 * 60;

const bastion = (minutesAgo: number, cidrIp: string): ConfigRecord => ({
  ...{ minutesAgo, type: 'AWS::EC2::SecurityGroup', id: BASTION_GROUP },
  configuration: {
    groupId: BASTION_GROUP,
    groupName: 'bastion',
    ipPermissions: [
      {
        ...{ ipProtocol: 'tcp', fromPort: 22, toPort: 22 },
        ...{ ipv4Ranges: [{ cidrIp }], ipv6Ranges: [], ipRanges: [cidrIp] },
      },
    ],
  },
});

/** An hour before the attack on the bastion, its SSH port was opened to everyone. */
const RECORDS: readonly ConfigRecord[] = [
  bastion(64, '0.0.0.0/0'),
  bastion(90 * DAY_MINUTES, '10.20.0.0/16'),
];

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html */
export function createConfigHistory(now: () => Date): ConfigApi {
  const api = {
    getResourceConfigHistory: async ({
      resourceType,
      resourceId,
      limit = 10,
    }: Parameters<ConfigApi['getResourceConfigHistory']>[0]) => {
      const own = RECORDS.filter(
        ({ type, id }) => type === resourceType && id === resourceId,
      ).toSorted((a, b) => a.minutesAgo - b.minutesAgo);
      if (own.length === 0)
        throw awsFailure('ResourceNotDiscoveredException', 400, `${resourceId} is not discovered`);
      return { configurationItems: own.slice(0, limit).map(asItem), $metadata: {} };
    },
    listDiscoveredResources: async () => ({ resourceIdentifiers: [], $metadata: {} }),
  };
  const asItem = ({ minutesAgo, type, id, configuration }: ConfigRecord) => ({
    resourceType: type,
    resourceId: id,
    configurationItemStatus: 'OK',
    configurationItemCaptureTime: new Date(now().getTime() - minutesAgo * 60_000),
    configuration: JSON.stringify(configuration),
    supplementaryConfiguration: {},
  });
  return api as unknown as ConfigApi;
}
