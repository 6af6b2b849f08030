// Shares one look-up among the alerts of an incident.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Activity } from '../domain/activity.ts';
import type { Entity } from '../domain/alert.ts';
import { Conflict } from '../domain/errors.ts';
import { type Fact, fact, unknown } from '../domain/facts.ts';
import { Instant } from '../domain/reference.ts';
import { readStored } from '../domain/stored.ts';
import { minutesAfter } from '../domain/time.ts';
import { singleKey } from './layout.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

const Stored = z.object({
  /** When the look-up began. */
  at: Instant,
  /** The time from which on it counts something as new. */
  since: Instant,
  /** The alert that looks it up. Absent in records of earlier versions. */
  by: z.optional(z.string()),
  /** Null while it runs, and after a crash. */
  found: z.nullable(fact(Activity)),
  version: z.int(),
});

type About = {
  incidentId: string;
  alertId: string;
  entity: Pick<Entity, 'kind' | 'value'>;
  since: string;
};
/** What another alert found, or the version under which the caller stores what it finds. */
type Claim = { found: Fact<Activity> } | { version: number };

/** CloudTrail is minutes late anyway. What stayed unknown, or is being looked up, is not kept for as long. */
const MINUTES_KEPT = 5;
const MINUTES_UNKNOWN = 1;
const DAY_SECONDS = 86_400;
const RUNNING = unknown('another alert of this incident is looking it up');

export function createActivityLookups(table: Table) {
  const keyOf = ({ incidentId, entity: { kind, value } }: About) => {
    const name = createHash('sha256').update(`${kind}#${value}`).digest('hex').slice(0, 32);
    return singleKey('activityLookup', `${incidentId}#${name}`);
  };
  const put = (about: About, now: Date, found: Fact<Activity> | null, version: number) =>
    table.put(
      {
        ...keyOf(about),
        ...{ at: now.toISOString(), since: about.since, by: about.alertId },
        ...{ found, version: version + 1 },
        expiresAt: Math.floor(now.getTime() / 1000) + DAY_SECONDS,
      },
      version === 0 ? ABSENT : atVersion(version),
    );
  return {
    /**
     * One of several alerts at the same moment looks it up. For the others it is unknown. A retry of the step looks up
     * again what its first try did not finish.
     */
    async claim(about: About, now: Date): Promise<Claim> {
      const item = await table.get(keyOf(about));
      const last = item && readStored(Stored, item, { what: 'look-up of activity' });
      // An alert that saw the first activity earlier must not take what came between for old.
      const isOwn = last?.by === about.alertId && !last.found?.known;
      if (last && !isOwn && last.since <= about.since) {
        const minutes = last.found?.known ? MINUTES_KEPT : MINUTES_UNKNOWN;
        if (last.at > minutesAfter(now, -minutes)) return { found: last.found ?? RUNNING };
      }
      const version = last?.version ?? 0;
      try {
        await put(about, now, null, version);
      } catch (error) {
        if (error instanceof Conflict) return { found: RUNNING };
        throw error;
      }
      return { version: version + 1 };
    },
    /** Throws Conflict if another caller has begun since. */
    store: (about: About, now: Date, found: Fact<Activity>, version: number): Promise<void> =>
      put(about, now, found, version),
  };
}
