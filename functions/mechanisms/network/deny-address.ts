// Blocks one address at the network: a deny rule in the network ACL of the subnets that the attacked instance is in.
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { type Alert, instancesSeen } from '../../domain/alert.ts';
import { Conflict, QuotaExceeded, StateChanged } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { entryFor, type Host, keyOf } from '../host-address.ts';
import { defineMechanism, type Subject } from '../mechanism.ts';
import { createAclAccess, type NetworkClients, type Place } from './acl.ts';
import { describe } from './describe.ts';
import { effective, freeNumbers, isAbout, isOurs, MAX_RULES, saying, used } from './rules.ts';

const Before = z.strictObject({
  /** Numbers that our rule may get, best first: free when we looked. The first is ours but for a race. */
  ruleNumbers: z.array(z.int().check(z.gte(1), z.lte(32_766))),
  /** Numbers at which the same rule stood before us. */
  theirs: z.array(z.int()),
  /** Whether one of those takes effect, so that nothing is left for us to do. */
  present: z.boolean(),
});
type Before = z.infer<typeof Before>;

const Parameters = z.object({
  networkAclId: z.string().check(z.regex(/^acl-[0-9a-f]{8,17}$/)),
  direction: z.enum(['ingress', 'egress']),
});

export const placeOf = ({ parameters }: Pick<Subject, 'parameters'>): Place =>
  Parameters.parse(parameters);

export const denyAddress = defineMechanism<NetworkClients, Before>({
  id: 'network.deny-address',
  version: 1,
  action: 'block_ip_at_firewall',
  scope: 'network',
  targetKinds: ['ip'],
  quota: `${MAX_RULES} rules per network ACL, direction and address family, including the last one`,
  effects,
  effectKey: (subject) => {
    const { networkAclId, direction } = placeOf(subject);
    return `network:${networkAclId}:${direction}:${keyOf(subject.target.value)}`;
  },
  describe: (subject, facts) => describe(subject, placeOf(subject), facts),
  before: Before,
  alreadyInPlace: ({ present }) => present,
  connect,
});

/**
 * One for each network ACL around the instances that were attacked. None where the traffic was not seen on the network,
 * where no instance is named, or where the ACLs of one of them are unknown: half a block would pass for a whole one.
 */
function effects(alert: Alert, _target: unknown, facts: Facts | null) {
  const acls = instancesSeen(alert).map(
    ({ ref }) => facts?.entities.find((entity) => entity.ref === ref)?.instance?.networkAcls,
  );
  if (acls.some((acl) => !acl?.known)) return [];
  const ids = acls.flatMap((acl) =>
    acl?.known ? acl.value.map(({ networkAclId }) => networkAclId) : [],
  );
  return [...new Set(ids)].map((networkAclId) => ({
    networkAclId,
    // A connection needs packets both ways, so one rule ends it: where it was seen to begin.
    direction: alert.traffic.direction === 'outbound' ? 'egress' : 'ingress',
  }));
}

function connect(clients: NetworkClients): ReturnType<typeof denyAddress.connect> {
  const access = createAclAccess(clients);
  const jobOf = (subject: Subject) => ({
    place: placeOf(subject),
    host: entryFor(subject.target.value),
  });

  return {
    async capture(subject) {
      const { place, host } = jobOf(subject);
      const entries = await access.look(place);
      const theirs = numbersOf(entries.filter((entry) => isOurs(entry, host)));
      if (effective(entries, host).length > 0) return { ruleNumbers: [], theirs, present: true };
      refuseWhenFull(entries, host, place);
      const ruleNumbers = freeNumbers(entries, host);
      if (ruleNumbers.length === 0)
        throw new QuotaExceeded(
          `no rule number of ${place.networkAclId} is free before the rule that lets ${host.entry} in`,
          place,
        );
      return { ruleNumbers, theirs, present: false };
    },

    async apply(subject, before) {
      const { place, host } = jobOf(subject);
      if (before.present) return;
      let entries = await access.look(place);
      for (const ruleNumber of before.ruleNumbers) {
        if (oursAmong(entries, host, before).length > 0) return;
        if (numbersOf(entries).includes(ruleNumber)) continue;
        refuseWhenFull(entries, host, place);
        if (await access.deny(place, host, ruleNumber)) return;
        entries = await access.look(place);
      }
      if (oursAmong(entries, host, before).length === 0)
        throw new Conflict(
          `others took every rule number that was free in ${place.networkAclId}`,
          place,
        );
    },

    async verify(subject, before) {
      const { place, host } = jobOf(subject);
      const mine = (entries: readonly NetworkAclEntry[] | null) =>
        before.present
          ? effective(entries ?? [], host)
          : oursAmong(effective(entries ?? [], host), host, before);
      const entries = await access.lookUntil(place, (seen) => mine(seen).length > 0);
      const [rule] = mine(entries);
      return rule
        ? { holds: true, found: `${place.networkAclId} has ${saying(rule)}` }
        : { holds: false, found: `${place.networkAclId} does not deny ${host.entry} in effect` };
    },

    async revert(subject, before) {
      const { place, host } = jobOf(subject);
      if (before.present) return;
      const there = (seen: readonly NetworkAclEntry[] | null) =>
        seen === null || oursAmong(seen, host, before).length > 0;
      const entries = await access.lookUntil(place, there);
      // With the ACL, our rule is gone, too.
      if (!entries) return;
      const mine = oursAmong(entries, host, before);
      if (mine.length === 0) refuseWhenChanged(entries, host, before, place);
      for (const ruleNumber of numbersOf(mine)) await access.remove(place, ruleNumber);
    },

    async verifyReverted(subject, before) {
      const { place, host } = jobOf(subject);
      const mine = (seen: readonly NetworkAclEntry[] | null) => oursAmong(seen ?? [], host, before);
      const entries = await access.lookUntil(place, (seen) => mine(seen).length === 0);
      if (!entries) return { holds: true, found: `${place.networkAclId} itself is gone` };
      const [left] = mine(entries);
      return left
        ? { holds: false, found: `${place.networkAclId} still has ${saying(left)}` }
        : { holds: true, found: `${place.networkAclId} has no rule of ours for ${host.entry}` };
    },
  };
}

const numbersOf = (entries: readonly NetworkAclEntry[]): number[] =>
  entries.map(({ RuleNumber = 0 }) => RuleNumber);

/** By address, action, protocol and number, all four: anything else is somebody’s. */
const oursAmong = (entries: readonly NetworkAclEntry[], host: Host, { ruleNumbers }: Before) =>
  entries.filter((entry) => isOurs(entry, host) && ruleNumbers.includes(entry.RuleNumber ?? 0));

/** Before AWS is asked: what is full stays as it is, and nobody’s rule makes room. */
function refuseWhenFull(entries: readonly NetworkAclEntry[], host: Host, place: Place): void {
  const count = used(entries, host);
  if (count >= MAX_RULES)
    throw new QuotaExceeded(
      `${place.networkAclId} is full: ${count} of ${MAX_RULES} ${place.direction} rules for ${host.family}`,
      place,
    );
}

/** Our rule is nowhere: taken out, or moved, or edited into something that may still stop the host. */
function refuseWhenChanged(
  entries: readonly NetworkAclEntry[],
  host: Host,
  { ruleNumbers: [ours], theirs }: Before,
  { networkAclId }: Place,
): void {
  const suspect = entries.find(
    (entry) =>
      entry.RuleNumber === ours ||
      (isAbout(entry, host) && !theirs.includes(entry.RuleNumber ?? 0)),
  );
  if (suspect)
    throw new StateChanged(
      `someone changed our rule ${ours} of ${networkAclId}; it now is ${saying(suspect)}`,
      { networkAclId },
    );
}
