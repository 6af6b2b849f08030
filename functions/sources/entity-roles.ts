// Assigns the roles of entities (actor, target, related) in a finding.
import type { Alert } from '../domain/alert.ts';
import { ipv4Behind, parseAddress } from '../platform/ip-address.ts';
import { OWN_ADDRESS, type Unnumbered } from './entities.ts';

type FindingContext = Pick<Alert, 'type' | 'traffic' | 'sample'>;

/** Attacks on others. In outbound traffic, the remote address is then the victim. */
const OUTBOUND_ATTACKS = /BruteForce|Portscan|PortSweep|DenialOfService|Spambot/;
/**
 * Findings of these types mention an instance only because its credentials or its network were used. An attack sequence
 * lists what took part.
 */
const INSTANCE_ONLY_MENTIONED = /^(?!AttackSequence:).*:(IAMUser|S3|RDS|Lambda)\//;

/** Corrects the roles. A note reports each change that affects who may be acted against. */
export function assignRoles(
  entities: readonly Unnumbered[],
  { type, traffic, sample }: FindingContext,
): { entities: Unnumbered[]; notes: string[] } {
  const notes = new Set<string>();
  const own = ownAddresses(entities);
  const isOutboundAttack = traffic.direction === 'outbound' && OUTBOUND_ATTACKS.test(type);
  const corrected = entities.map((entity) => {
    const { kind, part, value, attributes } = entity;
    if (kind === 'instance' && part === 'target' && INSTANCE_ONLY_MENTIONED.test(type))
      return { ...entity, part: 'related' as const };
    if (kind !== 'ip' || part !== 'actor') return entity;
    // Sample findings often give both sides the same invented address.
    const isOwn = attributes.side === OWN_ADDRESS.side || own.has(ipv4In(value) ?? '');
    if (isOwn && !sample)
      notes.add(
        `${value} is both the remote address and one of this account's, and is treated as the account's own`,
      );
    else if (isOutboundAttack)
      notes.add('The attack comes from this account: the remote address is the victim');
    else return entity;
    return { ...entity, part: 'related' as const };
  });
  return { entities: corrected, notes: [...notes] };
}

const ownAddresses = (entities: readonly Unnumbered[]): ReadonlySet<string> =>
  new Set(
    entities.flatMap(({ kind, value, attributes }) =>
      kind === 'ip' && attributes.side === OWN_ADDRESS.side ? [value] : [],
    ),
  );

/** The IPv4 address for which a NAT64 or 6to4 address stands; undefined for any other. */
const ipv4In = (value: string): string | undefined => {
  const parsed = parseAddress(value);
  return (parsed && ipv4Behind(parsed))?.address.toString();
};
