// Looks up the names of attacking addresses in DNS, and confirms declared ones.
import type { Alert, Entity } from '../domain/alert.ts';
import { type Fact, unknown } from '../domain/facts.ts';
import { isNameIn, MAX_NAMES, type ReverseDns } from '../domain/reverse-dns.ts';
import {
  type Address,
  canonicalAddress,
  isSingleHost,
  parseAddress,
} from '../platform/ip-address.ts';
import type { Dns } from './dns.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

type Host = Address['address'];
type About = {
  /** Domains of scanners in policy. Without one, nothing is asked. */
  domains: readonly string[];
  ownerOf: (address: string) => Fact<string | null>;
};

const MAX_ADDRESSES = 5;
/** Names of the answer that are looked up in their declared domain. */
const MAX_CLAIMS = 3;

/**
 * A lookup of the names of each address. Null for what isn't looked up: only public addresses of actors that this
 * account doesn't own are, and only if policy declares a domain. Any other question would show the owner of the
 * address, who may be the attacker, that someone looks.
 */
export function reverseDnsOf(
  deps: ReadDeps & { dns: Dns },
  { entities }: Pick<Alert, 'entities'>,
  { domains, ownerOf }: About,
): (entity: Entity) => Promise<Fact<ReverseDns> | null> {
  const hosts = entities.flatMap((entity) => (publicHost(entity) ? entity.value : []));
  return async (entity) => {
    const host = publicHost(entity);
    if (!host || domains.length === 0) return null;
    const owner = ownerOf(entity.value);
    if (!owner.known) return owner;
    if (owner.value !== null) return null;
    if (hosts.indexOf(entity.value) >= MAX_ADDRESSES)
      return unknown(`only the first ${MAX_ADDRESSES} addresses are looked up in DNS`);
    return readFact(deps, `The name of ${host}`, (abortSignal) =>
      namesOf(deps.dns, host, domains, abortSignal),
    );
  };
}

/** `reserved` holds the addresses of documentation, which the samples use. No one on the internet has them. */
const PUBLIC = ['unicast', 'reserved'];

function publicHost({ kind, part, value }: Entity): Host | null {
  const parsed = kind === 'ip' && part === 'actor' ? parseAddress(value) : null;
  if (!parsed || !isSingleHost(parsed)) return null;
  return PUBLIC.includes(parsed.address.range()) ? parsed.address : null;
}

async function namesOf(
  dns: Dns,
  host: Host,
  domains: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReverseDns> {
  const answer = await dns.namesOf(host, abortSignal);
  const names = [...new Set(answer.flatMap(hostName))];
  const claims = names
    .flatMap((name) => {
      const domain = domains.find((one) => isNameIn(name, one));
      return domain ? [{ name, domain }] : [];
    })
    .slice(0, MAX_CLAIMS);
  const claim = await firstConfirmed(
    claims.map(async (one) => ({
      ...one,
      isConfirmed: (await dns.addressesOf(one.name, host.kind(), abortSignal)).some(
        (address) => canonicalAddress(address) === host.toString(),
      ),
    })),
  );
  const shown = claim ? [claim.name, ...names.filter((name) => name !== claim.name)] : names;
  return { names: shown.slice(0, MAX_NAMES), count: answer.length, claim };
}

/** Otherwise the first one, or null if there is none. Rejects if one that was not read could be confirmed. */
async function firstConfirmed<T extends { isConfirmed: boolean }>(
  claims: readonly Promise<T>[],
): Promise<T | null> {
  const settled = await Promise.allSettled(claims);
  const read = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const confirmed = read.find(({ isConfirmed }) => isConfirmed);
  const failed = settled.find((one) => one.status === 'rejected');
  if (!confirmed && failed) throw failed.reason;
  return confirmed ?? read[0] ?? null;
}

/** RFC 1123, 2.1. Anything else in an answer is no name of a host. */
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/;

function hostName(text: string): string[] {
  const name = text.replace(/\.$/, '').toLowerCase();
  return HOST_NAME.test(name) ? [name] : [];
}
