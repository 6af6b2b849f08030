// Findings that were seen, and which incident a resource or an actor belongs to at present.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ABSENT, atVersion, type Table } from './table.ts';

const SeenFinding = z.object({
  /** Counts the assessments of this finding, from 1. */
  episode: z.int().min(1),
  alertId: z.string(),
  incidentId: z.string().nullable(),
  /** When its assessment was started; null while it is being accepted. */
  startedAt: z.iso.datetime().nullable(),
  repeats: z.int(),
  version: z.int(),
});
export type SeenFinding = z.infer<typeof SeenFinding>;

const Correlation = z.object({ incidentId: z.string(), until: z.iso.datetime(), version: z.int() });

export type Findings = ReturnType<typeof createFindings>;

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 40);

export function createFindings(table: Table) {
  const findingKey = (identity: string) => ({ pk: `FINDING#${hash(identity)}`, sk: 'FINDING' });
  const correlationKey = (key: string) => ({ pk: `CORRELATION#${hash(key)}`, sk: 'CORRELATION' });

  return {
    find: async (identity: string): Promise<SeenFinding | null> => {
      const item = await table.get(findingKey(identity));
      return item ? SeenFinding.parse(item) : null;
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
      const item = await table.get(correlationKey(key));
      const found = item && Correlation.parse(item);
      return found && Date.parse(found.until) > now.getTime() ? found.incidentId : null;
    },
    /** Ties the key to the incident until then. Throws Conflict when it was tied to another one meanwhile. */
    tie: async (key: string, incidentId: string, until: Date, now: Date): Promise<void> => {
      const item = await table.get(correlationKey(key));
      const found = item && Correlation.parse(item);
      await table.put(
        {
          ...correlationKey(key),
          incidentId,
          until: until.toISOString(),
          version: (found?.version ?? 0) + 1,
          expiresAt: Math.floor(until.getTime() / 1000) + 86_400,
        },
        !found
          ? ABSENT
          : found.incidentId === incidentId || Date.parse(found.until) <= now.getTime()
            ? atVersion(found.version)
            : { expression: 'attribute_not_exists(pk)' },
      );
    },
  };
}
