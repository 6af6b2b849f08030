// Finds the scanner of policy at an entity: by network, role or domain.
import type { Alert, Entity } from '../domain/alert.ts';
import type { DeclaredScanner } from '../domain/declared-scanner.ts';
import { type EntityFacts, type Fact, known, mapFact, unknown } from '../domain/facts.ts';
import type { Place } from '../domain/place.ts';
import { whyElsewhere } from '../domain/target-place.ts';
import type { Policy } from '../policy/policy.ts';
import type { Scanner } from '../policy/schemas/scanner.ts';
import type { Dns } from './dns.ts';
import { type HostRoleDeps, hostRoles } from './host-role.ts';
import { isWithin } from './intervals.ts';
import { reverseDnsOf } from './reverse-dns.ts';

export type ScannerFacts = Pick<EntityFacts, 'scanner' | 'reverseDns'>;

type Deps = HostRoleDeps & {
  dns: Dns;
  policy: Pick<Policy, 'scanners'>;
  here: Place;
  now: () => Date;
};

/**
 * A lookup of the scanner at each address, instance and role. A scanner counts until the end of its last day. Nothing
 * is looked up for kinds of declarations that policy doesn't have.
 */
export function scannersOf(
  deps: Deps,
  alert: Pick<Alert, 'entities'>,
  ownerOf: (address: string) => Fact<string | null>,
): (entity: Entity) => Promise<ScannerFacts> {
  const today = deps.now().toISOString().slice(0, 10);
  const active = deps.policy.scanners.filter(({ until }) => today <= until);
  const networks = listed(active, 'networks');
  const domains = listed(active, 'domains');
  const roles = listed(active, 'roles');
  const byRole = (arn: string | null) =>
    declared(
      roles.find(({ value }) => value === arn),
      'role',
    );
  const names = reverseDnsOf(deps, alert, { domains: domains.map(({ value }) => value), ownerOf });
  const roleOf = hostRoles(deps);

  /** Of an address that belongs to an instance of this account. */
  async function byHost(address: string): Promise<Fact<DeclaredScanner | null>> {
    if (roles.length === 0) return known(null);
    const owner = ownerOf(address);
    if (!owner.known) return owner;
    const [, instanceId] = /^instance (i-[\da-f]+)$/.exec(owner.value ?? '') ?? [];
    return instanceId ? mapFact(await roleOf(instanceId), byRole) : known(null);
  }

  async function atAddress(entity: Entity): Promise<ScannerFacts> {
    const byNetwork = networks.find(({ value }) => isWithin(value, entity.value));
    if (byNetwork) return { scanner: known(declared(byNetwork, 'network')) };
    const reverseDns = await names(entity);
    if (!reverseDns) return { scanner: await byHost(entity.value) };
    const scanner = mapFact(reverseDns, ({ claim }) =>
      declared(
        claim?.isConfirmed ? domains.find(({ value }) => value === claim.domain) : undefined,
        'domain',
      ),
    );
    return { scanner, reverseDns };
  }

  return async (entity) => {
    const { kind, value } = entity;
    const isAddress = kind === 'ip' && active.length > 0;
    const hasRole = (kind === 'instance' || kind === 'iam-role') && roles.length > 0;
    if (!isAddress && !hasRole) return {};
    const elsewhere = whyElsewhere(entity, deps.here);
    if (elsewhere) return { scanner: unknown(elsewhere) };
    if (isAddress) return atAddress(entity);
    if (kind === 'instance') return { scanner: mapFact(await roleOf(value), byRole) };
    // An alert gives the name alone, which is unique in the account.
    const named = roles.find((role) => nameOf(role.value) === nameOf(value));
    return { scanner: known(declared(named, 'role')) };
  };
}

type Declaration = { scanner: Scanner; value: string };

const listed = (
  scanners: readonly Scanner[],
  by: 'networks' | 'domains' | 'roles',
): Declaration[] =>
  scanners.flatMap((scanner) => (scanner[by] ?? []).map((value) => ({ scanner, value })));

const nameOf = (role: string): string | undefined => role.split('/').at(-1);

function declared(
  found: Declaration | undefined,
  kind: NonNullable<DeclaredScanner['by']>['kind'],
): DeclaredScanner | null {
  if (!found) return null;
  const { id, owner, why, until } = found.scanner;
  return { id, owner, why, until, by: { kind, value: found.value } };
}
