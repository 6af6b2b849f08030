// block_ip_at_firewall for network traffic: a deny rule in a network ACL.
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { type Alert, instancesSeen } from '../../domain/alert.ts';
import { Conflict, QuotaExceeded, StateChanged } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { entryFor, type Host, keyOf } from '../host-address.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { createAclAccess, type NetworkClients, type RuleList } from './acl.ts';
import { describe } from './describe.ts';
import { effective, freeNumbers, isAbout, isOurRule, MAX_RULES, ruleText, used } from './rules.ts';

const Before = z.strictObject({
  /** Rule numbers that were free at the capture, best first. Our rule gets the first one that is still free. */
  ruleNumbers: z.array(z.int().check(z.gte(1), z.lte(32_766))),
  /** Numbers of identical rules that existed before. */
  theirs: z.array(z.int()),
  /** Whether one of those rules is effective, so that nothing has to be changed. */
  present: z.boolean(),
});
type Before = z.infer<typeof Before>;

const Parameters = z.object({
  networkAclId: z.string().check(z.regex(/^acl-[0-9a-f]{8,17}$/)),
  direction: z.enum(['ingress', 'egress']),
});

export const ruleListOf = ({ parameters }: Pick<Subject, 'parameters'>): RuleList =>
  Parameters.parse(parameters);

export const denyAddressInfo: MechanismInfo = {
  id: 'network.deny-address',
  version: 1,
  action: 'block_ip_at_firewall',
  scope: 'network',
  targetKinds: ['ip'],
  quota: `${MAX_RULES} rules per network ACL, direction and address family, including the default rule`,
  effects,
  effectKey: (subject) => {
    const { networkAclId, direction } = ruleListOf(subject);
    return `network:${networkAclId}:${direction}:${keyOf(subject.target.value)}`;
  },
  describe: (subject, facts) => describe(subject, ruleListOf(subject), facts),
};

export const denyAddress = /* @__PURE__ */ defineMechanism<NetworkClients, Before>(
  denyAddressInfo,
  {
    before: Before,
    alreadyInPlace: ({ present }) => present,
    connect,
  },
);

/**
 * One effect per network ACL of the attacked instances. Empty if the traffic was not seen on the network, if no
 * instance is named, or if the ACLs of any instance are unknown or not opted in: a partial block would look complete.
 */
function effects(alert: Alert, _target: unknown, facts: Facts | null) {
  const acls = instancesSeen(alert).map(
    ({ ref }) => facts?.entities.find((entity) => entity.ref === ref)?.instance?.networkAcls,
  );
  if (acls.some((acl) => !acl?.known)) return [];
  const found = acls.flatMap((acl) => (acl?.known ? acl.value : []));
  if (found.some((acl) => !acl.optedIn)) return [];
  const ids = found.map(({ networkAclId }) => networkAclId);
  return [...new Set(ids)].map((networkAclId) => ({
    networkAclId,
    // A connection needs packets in both directions, so one rule in the direction of its start blocks it.
    direction: alert.traffic.direction === 'outbound' ? 'egress' : 'ingress',
  }));
}

function connect(clients: NetworkClients): ReturnType<typeof denyAddress.connect> {
  const access = createAclAccess(clients);
  const jobOf = (subject: Subject) => ({
    place: ruleListOf(subject),
    host: entryFor(subject.target.value),
  });

  return {
    async capture(subject) {
      const { place, host } = jobOf(subject);
      const entries = await access.read(place);
      const theirs = numbersOf(entries.filter((entry) => isOurRule(entry, host)));
      if (effective(entries, host).length > 0) return { ruleNumbers: [], theirs, present: true };
      rejectWhenFull(entries, host, place);
      const ruleNumbers = freeNumbers(entries, host);
      if (ruleNumbers.length === 0)
        throw new QuotaExceeded(
          `no rule number of ${place.networkAclId} is free before the rule that allows ${host.entry}`,
          place,
        );
      return { ruleNumbers, theirs, present: false };
    },

    async apply(subject, before) {
      const { place, host } = jobOf(subject);
      if (before.present) return;
      let entries = await access.read(place);
      for (const ruleNumber of before.ruleNumbers) {
        if (ourRulesIn(entries, host, before).length > 0) return;
        if (numbersOf(entries).includes(ruleNumber)) continue;
        rejectWhenFull(entries, host, place);
        if (await access.deny(place, host, ruleNumber)) return;
        entries = await access.read(place);
      }
      if (ourRulesIn(entries, host, before).length === 0)
        throw new Conflict(
          `other writers took every free rule number of ${place.networkAclId}`,
          place,
        );
    },

    async verify(subject, before) {
      const { place, host } = jobOf(subject);
      const mine = (entries: readonly NetworkAclEntry[]) =>
        before.present
          ? effective(entries, host)
          : ourRulesIn(effective(entries, host), host, before);
      const entries = await access.readUntil(place, (seen) => mine(seen).length > 0);
      const [rule] = mine(entries);
      return rule
        ? { holds: true, found: `${place.networkAclId} has ${ruleText(rule)}` }
        : { holds: false, found: `${place.networkAclId} does not deny ${host.entry} in effect` };
    },

    async revert(subject, before) {
      const { place, host } = jobOf(subject);
      if (before.present) return;
      const there = (seen: readonly NetworkAclEntry[]) => ourRulesIn(seen, host, before).length > 0;
      const entries = await access.readUntil(place, there);
      const mine = ourRulesIn(entries, host, before);
      if (mine.length === 0) rejectWhenChanged(entries, host, before, place);
      for (const ruleNumber of numbersOf(mine)) await access.remove(place, ruleNumber);
    },

    async verifyReverted(subject, before) {
      const { place, host } = jobOf(subject);
      const mine = (seen: readonly NetworkAclEntry[]) => ourRulesIn(seen, host, before);
      const entries = await access.readUntil(place, (seen) => mine(seen).length === 0);
      const [left] = mine(entries);
      return left
        ? { holds: false, found: `${place.networkAclId} still has ${ruleText(left)}` }
        : { holds: true, found: `${place.networkAclId} no longer has our rule for ${host.entry}` };
    },
  };
}

const numbersOf = (entries: readonly NetworkAclEntry[]): number[] =>
  entries.map(({ RuleNumber = 0 }) => RuleNumber);

/** Our rules, matched by address, action, protocol and number. Every other rule belongs to someone else. */
const ourRulesIn = (entries: readonly NetworkAclEntry[], host: Host, { ruleNumbers }: Before) =>
  entries.filter((entry) => isOurRule(entry, host) && ruleNumbers.includes(entry.RuleNumber ?? 0));

/** Checks the quota before calling AWS. No existing rule is removed to make space. */
function rejectWhenFull(entries: readonly NetworkAclEntry[], host: Host, place: RuleList): void {
  const count = used(entries, host);
  if (count >= MAX_RULES)
    throw new QuotaExceeded(
      `${place.networkAclId} is full: ${count} of ${MAX_RULES} ${place.direction} rules for ${host.family}`,
      place,
    );
}

/** Throws StateChanged if our rule was moved or edited and may still block the host. */
function rejectWhenChanged(
  entries: readonly NetworkAclEntry[],
  host: Host,
  { ruleNumbers: [ours], theirs }: Before,
  { networkAclId }: RuleList,
): void {
  const suspect = entries.find(
    (entry) =>
      entry.RuleNumber === ours ||
      (isAbout(entry, host) && !theirs.includes(entry.RuleNumber ?? 0)),
  );
  if (suspect)
    throw new StateChanged(
      `someone changed our rule ${ours} of ${networkAclId}; it now is ${ruleText(suspect)}`,
      { networkAclId },
    );
}
