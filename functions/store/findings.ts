// Findings that were seen, and which incident a resource or an actor belongs to at present.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Conflict } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

const SeenFinding = z.object({
  /** Counts the assessments of this finding, from 1. */
  episode: z.int().min(1),
  alertId: z.string(),
  /** Chosen before anything is written to it, so that a redelivery goes to the same one. */
  incidentId: z.string(),
  /** When its assessment was started; null while it is being accepted. */
  startedAt: z.iso.datetime().nullable(),
  repeats: z.int(),
  version: z.int(),
});
export type SeenFinding = z.infer<typeof SeenFinding>;

const Correlation = z.object({ incidentId: z.string(), until: z.iso.datetime(), version: z.int() });
type Correlation = z.infer<typeof Correlation>;

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 40);

export function createFindings(table: Table) {
  const findingKey = (identity: string) => ({ pk: `FINDING#${hash(identity)}`, sk: 'FINDING' });
  const correlationKey = (key: string) => ({ pk: `CORRELATION#${hash(key)}`, sk: 'CORRELATION' });

  const findTie = async (key: string): Promise<Correlation | null> => {
    const item = await table.get(correlationKey(key));
    return item ? readStored(Correlation, item, { what: 'correlation', key }) : null;
  };

  return {
    find: async (identity: string): Promise<SeenFinding | null> => {
      const item = await table.get(findingKey(identity));
      return item ? readStored(SeenFinding, item, { what: 'finding', identity }) : null;
    },
    /** Throws Conflict when another delivery of the same finding was faster. */
    save: async (
      identity: string,
      from: SeenFinding | null,
      next: Omit<SeenFinding, 'version'>,
    ): Promise<SeenFinding> => {
      const saved = { ...next, version: (from?.version ?? 0) + 1 };
      await table.put(
        { ...findingKey(identity), ...saved },
        from ? atVersion(from.version) : ABSENT,
      );
      return saved;
    },
    /** The incident that the key belongs to at this time, or null. */
    incidentOf: async (key: string, now: Date): Promise<string | null> => {
      const found = await findTie(key);
      return isHeld(found, now) ? found.incidentId : null;
    },
    /**
     * Ties the key to the incident until then. `over` are incidents that it may be taken from. Throws Conflict when it
     * is tied to any other.
     */
    tie: async (key: string, { incidentId, until, now, over }: Tie): Promise<void> => {
      const found = await findTie(key);
      const held = isHeld(found, now);
      if (held && found.incidentId === incidentId && isLongEnough(found.until, until)) return;
      if (held && found.incidentId !== incidentId && !over.includes(found.incidentId))
        throw new Conflict(`the key belongs to ${found.incidentId}`, { incidentId });
      await table.put(
        {
          ...correlationKey(key),
          incidentId,
          until: until.toISOString(),
          version: (found?.version ?? 0) + 1,
          expiresAt: Math.floor(until.getTime() / 1000) + 86_400,
        },
        found ? atVersion(found.version) : ABSENT,
      );
    },
  };
}

type Tie = { incidentId: string; until: Date; now: Date; over: readonly string[] };

const isHeld = (found: Correlation | null, now: Date): found is Correlation =>
  found !== null && Date.parse(found.until) > now.getTime();

/** Of many alerts in one minute only the first moves the end: the others need not queue for the item. */
const isLongEnough = (until: string, wanted: Date) => wanted.getTime() - Date.parse(until) < 60_000;
