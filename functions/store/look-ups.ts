// Shares one look-up among the alerts of an incident.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
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
  /** Absent while it runs, after a crash, and in records of earlier versions. */
  answer: z.optional(fact(z.unknown())),
  version: z.int(),
});

export type About = {
  incidentId: string;
  alertId: string;
  /** `value`: the entity, with the name of the look-up if several look up the same entity. */
  entity: Pick<Entity, 'kind' | 'value'>;
  /** The time from which on it counts something as new. Null if it counts nothing as such. */
  since: string | null;
};
/** `minutes`: how long the answer is shared. */
export type Shared<T> = { answer: z.ZodMiniType<T>; minutes: number };
/** What another alert found, or the version under which the caller stores what it finds. */
type Claim<T> = { found: Fact<T> } | { version: number };

/** What stayed unknown, or is being looked up, is not kept for longer. */
const MINUTES_UNKNOWN = 1;
const DAY_SECONDS = 86_400;
const RUNNING = unknown('another alert of this incident is looking it up');
const UNREADABLE = unknown('what another alert of this incident found could not be read');
/** Before any alert. */
const ALWAYS = '1970-01-01T00:00:00.000Z';

export function createLookUps(table: Table) {
  const keyOf = ({ incidentId, entity: { kind, value } }: About) => {
    const name = createHash('sha256').update(`${kind}#${value}`).digest('hex').slice(0, 32);
    return singleKey('lookUp', `${incidentId}#${name}`);
  };
  const put = (about: About, now: Date, version: number, answer?: Fact<unknown>) =>
    table.put(
      {
        ...keyOf(about),
        ...{ at: now.toISOString(), since: about.since ?? ALWAYS, by: about.alertId },
        // Earlier versions take it for running.
        ...{ found: null, version: version + 1 },
        ...(answer && { answer }),
        expiresAt: Math.floor(now.getTime() / 1000) + DAY_SECONDS,
      },
      version === 0 ? ABSENT : atVersion(version),
    );
  return {
    /**
     * One of several alerts at the same moment looks it up. For the others it is unknown until it is answered. A retry
     * of the step looks up again what its first try did not finish.
     */
    async claim<T>(about: About, now: Date, shared: Shared<T>): Promise<Claim<T>> {
      const item = await table.get(keyOf(about));
      const last = item && readStored(Stored, item, { what: 'look-up' });
      const found = last && foundIn(last, about, now, shared);
      if (found) return { found };
      const version = last?.version ?? 0;
      try {
        await put(about, now, version);
      } catch (error) {
        if (error instanceof Conflict) return { found: RUNNING };
        throw error;
      }
      return { version: version + 1 };
    },
    /** Throws Conflict if another caller has begun since. */
    store: (about: About, now: Date, answer: Fact<unknown>, version: number): Promise<void> =>
      put(about, now, version, answer),
  };
}

/** Null if the caller looks it up. */
function foundIn<T>(
  { at, since, by, answer }: z.infer<typeof Stored>,
  about: About,
  now: Date,
  shared: Shared<T>,
): Fact<T> | null {
  const isOwn = by === about.alertId && !answer?.known;
  // An alert that saw the first activity earlier must not take what came between for old.
  if (isOwn || since > (about.since ?? ALWAYS)) return null;
  const minutes = answer?.known ? shared.minutes : MINUTES_UNKNOWN;
  if (at <= minutesAfter(now, -minutes)) return null;
  return answer ? answerIn(answer, shared) : RUNNING;
}

function answerIn<T>(stored: Fact<unknown>, { answer }: Shared<T>): Fact<T> {
  if (!stored.known) return stored;
  const read = answer.safeParse(stored.value);
  return read.success ? { known: true, value: read.data } : UNREADABLE;
}
