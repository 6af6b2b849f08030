// Watching and blocking one address are the same change to different IP sets: both mechanisms, from one shape.
import { z } from 'zod';
import type { Description } from '../../domain/action.ts';
import type { Alert } from '../../domain/alert.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { earlierIncidents, undoneAfter } from '../affected.ts';
import { entryFor, keyOf } from '../host-address.ts';
import type { Mechanism, Subject } from '../mechanism.ts';
import {
  createIpSetAccess,
  type IpSet,
  MAX_ADDRESSES,
  spellings,
  type WafClients,
} from './ip-set.ts';

/** For each set that the address goes into: whether it was in there before us. */
const Before = z.strictObject({
  sets: z.array(z.strictObject({ id: z.string(), name: z.string(), present: z.boolean() })).min(1),
});
type Before = z.infer<typeof Before>;

type Words = {
  id: string;
  action: 'add_ip_to_watchlist' | 'block_ip_at_firewall';
  purpose: IpSet['purpose'];
  /** Whether it helps against what was seen. */
  answers: (alert: Alert) => boolean;
  headline: (entry: string) => string;
  change: (entry: string) => string;
  affected: (entry: string) => string;
};

const addressMechanism = (words: Words): Mechanism<WafClients, Before> => ({
  id: words.id,
  version: 1,
  action: words.action,
  scope: 'waf',
  targetKinds: ['ip'],
  permissions: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'],
  quota: `${MAX_ADDRESSES} addresses in one IP set; one change per second, account and region`,
  effects: (alert) => (words.answers(alert) ? [{}] : []),
  effectKey: ({ target }) => `waf:${words.purpose}:${keyOf(target.value)}`,
  describe: (subject, facts) => describe(words, subject, facts),
  before: Before,
  // Where it was in every set, there is nothing of ours; where it was in some, only ours are taken out again.
  wasThere: ({ sets }) => sets.every(({ present }) => present),
  connect: (clients) => connect(words.purpose, clients),
});

export const watchAddress = addressMechanism({
  id: 'waf.watch-address',
  action: 'add_ip_to_watchlist',
  purpose: 'watch',
  answers: () => true,
  headline: (entry) => `Watch web requests from ${entry}`,
  change: (entry) =>
    `${entry} is added to the watch list. AWS WAF counts and labels its requests and lets them pass.`,
  affected: () => 'Nobody: requests go on as before',
});

export const blockAddress = addressMechanism({
  id: 'waf.block-address',
  action: 'block_ip_at_firewall',
  purpose: 'block',
  // What was seen elsewhere than on the web is not stopped by a web rule; where nothing was said, it is the best guess.
  answers: ({ traffic }) => traffic.layer === 'web' || traffic.layer === 'unknown',
  headline: (entry) => `Block web requests from ${entry}`,
  change: (entry) =>
    `${entry} is added to the block list. AWS WAF refuses its requests to everything that the web ACL protects.`,
  affected: (entry) =>
    `Everybody who reaches our web applications from ${entry}; several people may share it`,
});

function describe(words: Words, subject: Subject, facts: Facts | null): Description {
  const entry = keyOf(subject.target.value);
  return {
    headline: words.headline(entry),
    changes: [words.change(entry)],
    affected: [words.affected(entry), ...earlierIncidents(subject, facts, 'address')],
    undo: undoneAfter('Our entry, and nothing else, is taken off the list', subject),
    manualUndo: manualUndo(words.purpose, subject),
  };
}

/**
 * Three lines for a shell, with nothing to fill in. The lock token is read before the list, so that the update is
 * refused when somebody changes the set between the two; the same lines again then do it.
 */
function manualUndo(purpose: IpSet['purpose'], { target, region }: Subject): string[] {
  const entry = keyOf(target.value);
  const family = entry.includes(':') ? 'ipv6' : 'ipv4';
  const wafv2 = (verb: string) => `aws wafv2 ${verb} --region ${region} --scope REGIONAL`;
  const others = spellings(entry).map((spelling) => `@ != '${spelling}'`);
  const get = `${wafv2('get-ip-set')} --name "$NAME" --id "$ID"`;
  return [
    `read -r NAME ID <<< "$(${wafv2('list-ip-sets')} --output text --query "IPSets[?starts_with(Name,'countermand') && ends_with(Name,'${purpose}-${family}')].[Name,Id]")"`,
    `TOKEN="$(${get} --output text --query LockToken)"`,
    `${wafv2('update-ip-set')} --name "$NAME" --id "$ID" --lock-token "$TOKEN" --addresses "$(${get} --output json --query "IPSet.Addresses[?${others.join(' && ')}]")"`,
  ];
}

function connect(
  purpose: IpSet['purpose'],
  clients: WafClients,
): ReturnType<Mechanism<WafClients, Before>['connect']> {
  const access = createIpSetAccess(clients);
  const setsFor = (subject: Subject): { entry: string; sets: IpSet[] } => {
    const { entry, family } = entryFor(subject.target.value);
    const sets = clients.sets.filter((set) => set.purpose === purpose && set.family === family);
    if (sets.length === 0)
      throw new InvalidInput(`no IP set is configured to ${purpose} ${family}`, {
        actionId: subject.actionId,
      });
    return { entry, sets };
  };
  /** The sets that the address was not in before us. */
  const oursOf = (subject: Subject, before: Before) => {
    const { entry, sets } = setsFor(subject);
    const there = new Set(before.sets.filter(({ present }) => present).map(({ id }) => id));
    return { entry, ours: sets.filter(({ id }) => !there.has(id)) };
  };
  const looked = async (sets: readonly IpSet[], entry: string) =>
    Promise.all(
      sets.map(async (set) => ({ name: set.name, present: await access.has(set, entry) })),
    );

  return {
    async capture(subject) {
      const { entry, sets } = setsFor(subject);
      const present = await Promise.all(sets.map((set) => access.has(set, entry)));
      return {
        sets: sets.map(({ id, name }, i) => ({ id, name, present: present[i] ?? false })),
      };
    },
    async apply(subject, before) {
      const { entry, ours } = oursOf(subject, before);
      for (const set of ours) await access.add(set, entry);
    },
    async verify(subject) {
      const { entry, sets } = setsFor(subject);
      const missing = (await looked(sets, entry)).filter(({ present }) => !present);
      return missing.length === 0
        ? { holds: true, found: `${entry} is in ${sets.map(({ name }) => name).join(', ')}` }
        : {
            holds: false,
            found: `${entry} is not in ${missing.map(({ name }) => name).join(', ')}`,
          };
    },
    async revert(subject, before) {
      const { entry, ours } = oursOf(subject, before);
      for (const set of ours) await access.remove(set, entry);
    },
    async verifyReverted(subject, before) {
      const { entry, ours } = oursOf(subject, before);
      const left = (await looked(ours, entry)).filter(({ present }) => present);
      return left.length === 0
        ? {
            holds: true,
            found: `${entry} is no longer in ${ours.map(({ name }) => name).join(', ')}`,
          }
        : {
            holds: false,
            found: `${entry} is still in ${left.map(({ name }) => name).join(', ')}`,
          };
    },
  };
}
