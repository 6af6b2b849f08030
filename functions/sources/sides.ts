// Whose side each entity is on, judged by the finding as a whole, the same for every product's form.
import type { Alert } from '../domain/alert.ts';
import { OURS, type Unnumbered } from './entities.ts';

type Whole = Pick<Alert, 'type' | 'traffic' | 'sample'>;

/** What one does to others: seen going out from our side, the address on the other side is the victim. */
const DONE_TO_OTHERS = /BruteForce|Portscan|PortSweep|DenialOfService|Spambot/;
/** These mention an instance only because its credentials or its network were used. */
const ABOUT_SOMETHING_ELSE = /:(IAMUser|S3|RDS|Lambda)\//;

/** Corrects the parts, and says so in notes where that changes who may be acted against. */
export function judgeParts(
  entities: readonly Unnumbered[],
  { type, traffic, sample }: Whole,
): { entities: Unnumbered[]; notes: string[] } {
  const notes = new Set<string>();
  const ourSideAttacks = traffic.direction === 'outbound' && DONE_TO_OTHERS.test(type);
  const judged = entities.map((entity) => {
    const { kind, part, value, attributes } = entity;
    if (kind === 'instance' && part === 'target' && ABOUT_SOMETHING_ELSE.test(type))
      return { ...entity, part: 'related' as const };
    if (kind !== 'ip' || part !== 'actor') return entity;
    // Samples are invented: there the two sides often carry the same address.
    if (attributes.side === OURS.side && !sample)
      notes.add(`${value} is named as the other side and as our own address, and is taken as ours`);
    else if (ourSideAttacks) notes.add('Our own side attacks: the address is that of its victim');
    else return entity;
    return { ...entity, part: 'related' as const };
  });
  return { entities: judged, notes: [...notes] };
}
