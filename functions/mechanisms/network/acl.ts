// Reads, adds and removes rules of one network ACL.
import type { EC2, NetworkAclEntry } from '@aws-sdk/client-ec2';
import { Conflict, TargetGone } from '../../domain/errors.ts';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import type { Host } from '../host-address.ts';
import { pollUntil, type Sleep } from '../poll-until.ts';
import { onTarget } from '../target-gone.ts';
import { type Direction, inDirection } from './rules.ts';

/** The calls used. The stand-in implements the same ones. */
export type NetworkAclApi = Pick<
  EC2,
  'describeNetworkAcls' | 'createNetworkAclEntry' | 'deleteNetworkAclEntry'
>;

export type NetworkClients = {
  ec2: NetworkAclApi;
  sleep: Sleep;
};

/** The rules of one ACL in one direction. */
export type RuleList = { networkAclId: string; direction: Direction };

/**
 * EC2 is eventually consistent: a read may miss a recent change.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const POLL = { maxReads: 4, betweenMs: 1_500 };

const NO_SUCH_ACL = 'InvalidNetworkAclID.NotFound';

const nameOf = ({ networkAclId }: Pick<RuleList, 'networkAclId'>): string =>
  `the network ACL ${networkAclId}`;

const onAcl = <T>(networkAclId: string, what: string, call: () => Promise<T>): Promise<T> =>
  onTarget(nameOf({ networkAclId }), [NO_SUCH_ACL], () => aws(what, { networkAclId }, call));

export function createAclAccess({ ec2, sleep }: NetworkClients) {
  /** Null if the ACL doesn't exist. */
  async function find({ networkAclId, direction }: RuleList): Promise<NetworkAclEntry[] | null> {
    try {
      const { NetworkAcls = [] } = await aws('reading the network ACL', { networkAclId }, () =>
        ec2.describeNetworkAcls({ NetworkAclIds: [networkAclId] }),
      );
      const [acl] = NetworkAcls;
      return acl ? inDirection(acl.Entries ?? [], direction) : null;
    } catch (error) {
      if (causedBy(error, NO_SUCH_ACL)) return null;
      throw error;
    }
  }

  /** Throws TargetGone if the ACL doesn't exist. */
  async function read(place: RuleList): Promise<NetworkAclEntry[]> {
    const entries = await find(place);
    if (!entries) throw new TargetGone(`${nameOf(place)} no longer exists`, place);
    return entries;
  }

  return {
    read,

    /** Polls until `isSettled` returns true, for as long as AWS may need to show a change. */
    readUntil: (
      place: RuleList,
      isSettled: (entries: readonly NetworkAclEntry[]) => boolean,
    ): Promise<NetworkAclEntry[]> => pollUntil(isSettled, () => read(place), { ...POLL, sleep }),

    /** False if the number is taken: by another writer, or by our own request whose response was lost. */
    async deny({ networkAclId, direction }: RuleList, { entry, family }: Host, ruleNumber: number) {
      try {
        await onAcl(networkAclId, 'adding the rule', () =>
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

    async remove({ networkAclId, direction }: RuleList, ruleNumber: number): Promise<void> {
      try {
        await onAcl(networkAclId, 'removing the rule', () =>
          ec2.deleteNetworkAclEntry({
            NetworkAclId: networkAclId,
            RuleNumber: ruleNumber,
            Egress: direction === 'egress',
          }),
        );
      } catch (error) {
        // Someone else removed the rule, or the response of our first request was lost.
        if (!causedBy(error, 'InvalidNetworkAclEntry.NotFound')) throw error;
      }
    },
  };
}
