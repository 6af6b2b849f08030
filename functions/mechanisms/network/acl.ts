// One network ACL in AWS: look at its rules, add one, take one out.
import type { EC2, NetworkAclEntry } from '@aws-sdk/client-ec2';
import { Conflict, NotFound } from '../../domain/errors.ts';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import type { Host } from '../host-address.ts';
import { pollUntil, type Sleep } from '../poll-until.ts';
import { type Direction, inDirection } from './rules.ts';

/** The calls that we make; a stand-in implements the same. */
export type NetworkAclApi = Pick<
  EC2,
  'describeNetworkAcls' | 'createNetworkAclEntry' | 'deleteNetworkAclEntry'
>;

export type NetworkClients = {
  ec2: NetworkAclApi;
  sleep: Sleep;
};

/** What is looked at and changed: the rules of one ACL in one direction. */
export type Place = { networkAclId: string; direction: Direction };

/**
 * EC2 answers from copies that may be behind a change by a moment.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const IN_EC2 = { maxReads: 4, betweenMs: 1_500 };

export function createAclAccess({ ec2, sleep }: NetworkClients) {
  /** Null when there is no such ACL. */
  async function find({ networkAclId, direction }: Place): Promise<NetworkAclEntry[] | null> {
    try {
      const { NetworkAcls = [] } = await aws('reading the network ACL', { networkAclId }, () =>
        ec2.describeNetworkAcls({ NetworkAclIds: [networkAclId] }),
      );
      const [acl] = NetworkAcls;
      return acl ? inDirection(acl.Entries ?? [], direction) : null;
    } catch (error) {
      if (causedBy(error, 'InvalidNetworkAclID.NotFound')) return null;
      throw error;
    }
  }

  return {
    find,

    async look(place: Place): Promise<NetworkAclEntry[]> {
      const entries = await find(place);
      if (!entries) throw new NotFound(`there is no network ACL ${place.networkAclId}`, place);
      return entries;
    },

    /** Looks until it is as it should be, for as long as AWS may need to show a change. */
    lookUntil: (
      place: Place,
      isSettled: (entries: readonly NetworkAclEntry[] | null) => boolean,
    ): Promise<NetworkAclEntry[] | null> =>
      pollUntil(isSettled, () => find(place), { ...IN_EC2, sleep }),

    /** False when the number is taken: by somebody who was faster, or by us, when our first answer was lost. */
    async deny({ networkAclId, direction }: Place, { entry, family }: Host, ruleNumber: number) {
      try {
        await aws('adding the rule', { networkAclId }, () =>
          ec2.createNetworkAclEntry({
            NetworkAclId: networkAclId,
            RuleNumber: ruleNumber,
            Egress: direction === 'egress',
            Protocol: '-1',
            RuleAction: 'deny',
            ...(family === 'ipv4' ? { CidrBlock: entry } : { Ipv6CidrBlock: entry }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof Conflict && causedBy(error, 'NetworkAclEntryAlreadyExists'))
          return false;
        throw error;
      }
    },

    async remove({ networkAclId, direction }: Place, ruleNumber: number): Promise<void> {
      try {
        await aws('removing the rule', { networkAclId }, () =>
          ec2.deleteNetworkAclEntry({
            NetworkAclId: networkAclId,
            RuleNumber: ruleNumber,
            Egress: direction === 'egress',
          }),
        );
      } catch (error) {
        // Somebody took it out, or our first answer was lost.
        if (!causedBy(error, 'InvalidNetworkAclEntry.NotFound')) throw error;
      }
    },
  };
}
