// Summaries of incidents by month of opening, and the revision for polls.
import * as z from 'zod/mini';
import { Action } from '../domain/action.ts';
import type { InvalidInput } from '../domain/errors.ts';
import { type Incident, Member } from '../domain/incident.ts';
import { isOpen, openUntil, Summary } from '../domain/summary.ts';
import type { Log } from '../platform/log.ts';
import { incidentIn } from './incidents.ts';
import {
  incidentKey,
  incidentPartition,
  layoutOf,
  listedPartition,
  seriesPartition,
} from './layout.ts';
import { type Readable, readAll } from './read-all.ts';
import { type Item, notOlder, type Table } from './table.ts';

/** The partition of the open incidents. Each summary is also in the partition of its month. */
const OPEN = 'open';
/** In seconds since 1970, for DynamoDB's time to live. */
const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);

/** Everything of an incident that its summary needs, and the sum of the versions that were read. */
export type WholeIncident = {
  incident: Incident | null;
  actions: Action[];
  unreadable: InvalidInput[];
  versions: number;
};

/** Increase it to make the backfill rewrite every summary. */
const FORMAT = 1;
const Backfill = z.object({
  format: z.int(),
  /** Sort key of the last incident in the list that was summarised; null once all are. */
  before: z.nullable(z.string()),
});

const monthOf = (openedAt: string): string => openedAt.slice(0, 'yyyy-mm'.length);
const keyOf = ({ openedAt, incidentId }: Pick<Summary, 'openedAt' | 'incidentId'>) => ({
  pk: seriesPartition('summary', monthOf(openedAt)),
  sk: `${openedAt}#${incidentId}`,
});
const openKey = (incidentId: string) => ({ pk: seriesPartition('summary', OPEN), sk: incidentId });
const Keys = z.array(z.string());
const markKey = (sk: 'REVISION' | 'BACKFILL') => ({ pk: listedPartition('revision'), sk });

export function createSummaries(table: Table, log: Log) {
  /** Null if there is no summary or it can't be read. */
  const find = async (of: Pick<Summary, 'openedAt' | 'incidentId'>): Promise<Summary | null> =>
    Summary.safeParse((await table.get(keyOf(of)))?.record).data ?? null;

  return {
    find,
    readWhole: (incidentId: string): Promise<WholeIncident> => readWhole(table, log, incidentId),
    /** Throws Conflict when the stored summary was derived from newer records. */
    async put(summary: Summary): Promise<void> {
      const { basis, incidentId } = summary;
      const until = openUntil(summary);
      const isClosed = until !== null && until <= new Date(summary.updatedAt);
      const item = { record: summary, basis };
      await table.put({ ...keyOf(summary), ...item }, notOlder(basis));
      await table.put(
        {
          ...openKey(incidentId),
          // A closed incident leaves the list when its item expires. Until then, readers ignore it.
          ...(isClosed ? { basis } : item),
          ...(until && { expiresAt: secondsOf(until) }),
        },
        notOlder(basis),
      );
    },
    /**
     * For an incident that can't be read: stores the keys of its unreadable records, which lists show. Throws Conflict
     * like `put`.
     */
    putUnreadable: (incidentId: string, keys: readonly string[], basis: number): Promise<void> =>
      table.put({ ...openKey(incidentId), unreadable: keys, basis }, notOlder(basis)),
    /** All open incidents, in no particular order, and the keys of records of incidents that can't be read. */
    async readOpen(now: Date): Promise<Readable<Summary> & { keys: string[] }> {
      const items = await table.query(seriesPartition('summary', OPEN));
      const { found, unreadable } = readAll(
        Summary,
        items.filter(({ record }) => record !== undefined),
        log,
      );
      return {
        found: found.filter((one) => isOpen(one, now)),
        unreadable,
        keys: items.flatMap((item) => Keys.safeParse(item.unreadable).data ?? []),
      };
    },
    /**
     * Incidents that opened in a month (`2026-11`), newest first. `before`: sort key of the last summary of the
     * previous page.
     */
    async readMonth(
      month: string,
      { before, limit }: { before?: string | undefined; limit: number },
    ): Promise<Readable<Summary>> {
      const pk = seriesPartition('summary', month);
      const items = await table.query(pk, { newestFirst: true, limit, ...(before && { before }) });
      return readAll(Summary, items, log);
    },
    /** The month in which the first incident of all opened; null if there is none. */
    async oldestMonth(): Promise<string | null> {
      const [first] = await table.query(listedPartition('listing'), { limit: 1 });
      return first ? monthOf(first.sk) : null;
    },
    /** A random value that differs after every change that a console shows; empty before the first. */
    async revision(): Promise<string> {
      return String((await table.get(markKey('REVISION')))?.revision ?? '');
    },
    setRevision: (revision: string): Promise<void> =>
      table.put({ ...markKey('REVISION'), revision }),
    /**
     * The next incidents without a summary of this format, newest first; null if none is left. Call `done` after
     * summarising them.
     */
    async toBackfill(limit: number): Promise<{ ids: string[]; done(): Promise<void> } | null> {
      const mark = Backfill.safeParse(await table.get(markKey('BACKFILL'))).data;
      const isCurrent = mark?.format === FORMAT;
      if (isCurrent && mark.before === null) return null;
      const listed = await table.query(listedPartition('listing'), {
        newestFirst: true,
        limit,
        ...(isCurrent && mark.before !== null && { before: mark.before }),
      });
      const last = listed.length < limit ? null : (listed.at(-1)?.sk ?? null);
      return {
        ids: [...new Set(listed.map((item) => String(item.incidentId)))],
        done: () => table.put({ ...markKey('BACKFILL'), format: FORMAT, before: last }),
      };
    },
  };
}

/** Versions rise with every write, and records are never removed, so a later read has a higher sum. */
const versionsIn = (items: readonly Item[]): number =>
  items.reduce((sum, { version }) => sum + (typeof version === 'number' ? version : 0), 0);

async function readWhole(table: Table, log: Log, incidentId: string): Promise<WholeIncident> {
  const partition = (kind: 'member' | 'action') => {
    const { pk, prefix } = incidentPartition(kind, incidentId);
    return table.query(pk, { prefix });
  };
  const isLayout2 = layoutOf(incidentId) === 2;
  const [own, members, actions] = await Promise.all([
    table.get(incidentKey('incident', incidentId)),
    isLayout2 ? partition('member') : [],
    partition('action'),
  ]);
  const incident = own
    ? incidentIn(own, isLayout2 ? readAll(Member, members, log) : null, log)
    : { found: [], unreadable: [] };
  const { found, unreadable } = readAll(Action, actions, log);
  return {
    incident: incident.found[0] ?? null,
    actions: found,
    unreadable: [...incident.unreadable, ...unreadable],
    versions: versionsIn([...(own ? [own] : []), ...members, ...actions]),
  };
}
