// Seen findings, and the current incident of each resource and actor.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Conflict } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { singleKey } from './layout.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

const SeenFinding = z.object({
  /** The number of the current assessment of this finding, from 1. */
  episode: z.int().check(z.gte(1)),
  alertId: z.string(),
  /** Chosen before the incident is written, so that a redelivery uses the same incident. */
  incidentId: z.string(),
  /** When its assessment started; null while the finding is being accepted. */
  startedAt: z.nullable(z.iso.datetime()),
  repeats: z.int(),
  /** What its deliveries said, in intake's own shape; null in records of earlier versions. */
  known: z._default(z.unknown(), null),
  version: z.int(),
});
export type SeenFinding = z.infer<typeof SeenFinding>;

const Correlation = z.object({ incidentId: z.string(), until: z.iso.datetime(), version: z.int() });
type Correlation = z.infer<typeof Correlation>;

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 40);

export function createFindings(table: Table) {
  const findingKey = (identity: string) => singleKey('finding', hash(identity));
  const correlationKey = (key: string) => singleKey('correlation', hash(key));

  const findCorrelation = async (key: string): Promise<Correlation | null> => {
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
    /** The incident that the key currently belongs to, or null. */
    incidentOf: async (key: string, now: Date): Promise<string | null> => {
      const found = await findCorrelation(key);
      return isHeld(found, now) ? found.incidentId : null;
    },
    /**
     * Assigns the key to the incident until `until`. The key may be reassigned from an incident in `over`. Throws
     * Conflict if it belongs to any other incident.
     */
    correlate: async (
      key: string,
      { incidentId, until, now, over }: CorrelateOptions,
    ): Promise<void> => {
      const found = await findCorrelation(key);
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

type CorrelateOptions = { incidentId: string; until: Date; now: Date; over: readonly string[] };

const isHeld = (found: Correlation | null, now: Date): found is Correlation =>
  found !== null && Date.parse(found.until) > now.getTime();

/** Avoids writes that would extend the end by less than a minute: many alerts at once would contend for the item. */
const isLongEnough = (until: string, wanted: Date) => wanted.getTime() - Date.parse(until) < 60_000;
