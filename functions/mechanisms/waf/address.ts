// add_ip_to_watchlist and block_ip_at_firewall for web traffic, in WAF.

import * as z from 'zod/mini';
import type { Description } from '../../domain/action.ts';
import type { Alert } from '../../domain/alert.ts';
import { InvalidInput, NotFound } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { CLOUDFRONT_REGION, type IpSet, WafScope } from '../../domain/ip-set.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { earlierIncidents, seenOnWeb, undoneAfter } from '../affected.ts';
import { entryFor, hostOf, keyOf } from '../host-address.ts';
import { type Driver, defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { createIpSetAccess, MAX_ADDRESSES, spellings, type WafClients } from './ip-set.ts';

/** For each set, whether the address was in it before. Old records have regional sets only. */
const Before = z.strictObject({
  sets: z
    .array(
      z.strictObject({
        scope: z._default(WafScope, 'REGIONAL'),
        name: z.string().check(z.minLength(1)),
        present: z.boolean(),
      }),
    )
    .check(z.minLength(1)),
});
type Before = z.infer<typeof Before>;

type Words = {
  id: string;
  action: 'add_ip_to_watchlist' | 'block_ip_at_firewall';
  purpose: IpSet['purpose'];
  /** Whether the mechanism helps against the traffic of the alert. */
  answers: (alert: Alert) => boolean;
  headline: (host: string) => string;
  change: (entry: string) => string;
  affected: string;
};

const addressInfo = (words: Words): MechanismInfo => ({
  id: words.id,
  version: 2,
  action: words.action,
  scope: 'waf',
  targetKinds: ['ip'],
  quota: `${MAX_ADDRESSES} addresses per IP set; one change per second and region`,
  effects: (alert) => (words.answers(alert) ? [{}] : []),
  effectKey: ({ target }) => `waf:${words.purpose}:${keyOf(target.value)}`,
  describe: (subject, facts) => describe(words, subject, facts),
});

const addressMechanism = (info: MechanismInfo, purpose: IpSet['purpose']) =>
  defineMechanism<WafClients, Before>(info, {
    before: Before,
    // If the address was in every set before, we added nothing. Otherwise revert removes only our entries.
    alreadyInPlace: ({ sets }) => sets.every(({ present }) => present),
    manualUndo: (subject, { sets }) =>
      sets
        .filter(({ present }) => !present)
        .flatMap(({ scope, name }) => removalCommands(subject, scope, `Name=='${name}'`)),
    connect: (clients) => connect(purpose, clients),
  });

export const watchAddressInfo = addressInfo({
  id: 'waf.watch-address',
  action: 'add_ip_to_watchlist',
  purpose: 'watch',
  answers: () => true,
  headline: (host) => `Add ${host} to the watch list`,
  change: (entry) =>
    `Add ${entry} to the watch list: AWS WAF counts its requests (rule watch-${familyOf(entry)}, label countermand:watched) and lets them pass`,
  affected: 'No one: requests from the address still pass',
});
export const watchAddress = /* @__PURE__ */ addressMechanism(watchAddressInfo, 'watch');

export const blockAddressInfo = addressInfo({
  id: 'waf.block-address',
  action: 'block_ip_at_firewall',
  purpose: 'block',
  // A web rule stops web traffic only. If the layer is unknown, it is the best guess.
  answers: ({ traffic }) => traffic.layer === 'web' || traffic.layer === 'unknown',
  headline: (host) => `Block web requests from ${host}`,
  change: (entry) =>
    `Add ${entry} to the block list, so that AWS WAF blocks its requests to all protected resources`,
  affected:
    'Everyone who reaches your web applications from this address; several people may share it',
});
export const blockAddress = /* @__PURE__ */ addressMechanism(blockAddressInfo, 'block');

function describe(words: Words, subject: Subject, facts: Facts | null): Description {
  const entry = keyOf(subject.target.value);
  return {
    headline: words.headline(hostOf(entry)),
    changes: [words.change(entry)],
    affected: [
      words.affected,
      seenOnWeb(subject, facts),
      ...earlierIncidents(subject, facts, 'address'),
    ],
    undo: undoneAfter('Removes exactly the added entry', subject),
    manualUndo: manualUndo(words.purpose, subject),
  };
}

const familyOf = (entry: string) => (entry.includes(':') ? 'ipv6' : 'ipv4');

/**
 * Commands before the capture: they use the sets of a stack with the default prefix, and CloudFront's if it has any.
 */
function manualUndo(purpose: IpSet['purpose'], subject: Subject): string[] {
  const family = familyOf(keyOf(subject.target.value));
  const named = `starts_with(Name,'countermand') && ends_with(Name,'${purpose}-${family}')`;
  return WafScope.options.flatMap((scope) => removalCommands(subject, scope, named));
}

/**
 * Shell commands without placeholders. They do nothing if the set doesn't exist.
 *
 * 1. Read the lock token.
 * 2. Read the list.
 * 3. Update the set. This fails if the set was changed after step 1; the commands can then be repeated.
 */
function removalCommands({ target, region }: Subject, scope: WafScope, named: string): string[] {
  const place = shellQuoted(scope === 'CLOUDFRONT' ? CLOUDFRONT_REGION : region);
  const wafv2 = (verb: string) => `aws wafv2 ${verb} --region ${place} --scope ${scope}`;
  const others = spellings(keyOf(target.value)).map((spelling) => `@ != '${spelling}'`);
  const get = `${wafv2('get-ip-set')} --name "$NAME" --id "$ID"`;
  return [
    `read -r NAME ID <<< "$(${wafv2('list-ip-sets')} --output text --query "IPSets[?${named}].[Name,Id]")"`,
    `[ -z "$ID" ] || TOKEN="$(${get} --output text --query LockToken)"`,
    `[ -z "$ID" ] || ${wafv2('update-ip-set')} --name "$NAME" --id "$ID" --lock-token "$TOKEN" --addresses "$(${get} --output json --query "IPSet.Addresses[?${others.join(' && ')}]")"`,
  ];
}

function connect(purpose: IpSet['purpose'], clients: WafClients): Driver<Before> {
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
  /** The sets that the address was not in before, as they are configured now. */
  const oursOf = (subject: Subject, before: Before) => {
    const { entry, sets } = setsFor(subject);
    const ours = before.sets
      .filter(({ present }) => !present)
      .map(({ scope, name }) => {
        const set = sets.find((one) => one.scope === scope && one.name === name);
        if (set) return set;
        throw new NotFound(`the IP set ${name} of scope ${scope} is no longer configured`, {
          actionId: subject.actionId,
        });
      });
    return { entry, ours };
  };
  const readSets = async (sets: readonly IpSet[], entry: string) =>
    Promise.all(
      sets.map(async ({ scope, name, ...set }) => ({
        scope,
        name,
        present: await access.has({ scope, name, ...set }, entry),
      })),
    );

  return {
    async capture(subject) {
      const { entry, sets } = setsFor(subject);
      return { sets: await readSets(sets, entry) };
    },
    async apply(subject, before) {
      const { entry, ours } = oursOf(subject, before);
      for (const set of ours) await access.add(set, entry);
    },
    /** A missing IP set is a missing effect: the set belongs to the stack and is not the target. */
    async verify(subject) {
      const { entry, sets } = setsFor(subject);
      const seen = await Promise.all(sets.map((set) => access.find(set, entry)));
      const gone = sets.filter((_, i) => seen[i] === 'no set');
      if (gone.length > 0)
        return { holds: false, found: `${namesOf(gone)} of this stack no longer exists` };
      const missing = sets.filter((_, i) => seen[i] === 'absent');
      return missing.length === 0
        ? { holds: true, found: `${entry} is in ${namesOf(sets)}` }
        : { holds: false, found: `${entry} is not in ${namesOf(missing)}` };
    },
    async revert(subject, before) {
      const { entry, ours } = oursOf(subject, before);
      for (const set of ours) await access.remove(set, entry);
    },
    async verifyReverted(subject, before) {
      const { entry, ours } = oursOf(subject, before);
      const left = (await readSets(ours, entry)).filter(({ present }) => present);
      return left.length === 0
        ? { holds: true, found: `${entry} is no longer in ${namesOf(ours)}` }
        : { holds: false, found: `${entry} is still in ${namesOf(left)}` };
    },
  };
}

const namesOf = (sets: readonly Pick<IpSet, 'scope' | 'name'>[]): string =>
  sets
    .map(({ scope, name }) => (scope === 'CLOUDFRONT' ? `${name} at CloudFront` : name))
    .join(', ');
