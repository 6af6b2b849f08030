// Incidents of both layouts: layout 1 in one item, layout 2 from its members.
import { NotFound } from '../domain/errors.ts';
import {
  composeIncident,
  Incident,
  MAX_ALERTS,
  type Member,
  OpenedIncident,
} from '../domain/incident.ts';
import { readStored } from '../domain/stored.ts';
import type { Log } from '../platform/log.ts';
import { recordItem } from './due.ts';
import { incidentKey, layoutOf, listedPartition } from './layout.ts';
import { logHistory } from './log-history.ts';
import { createMembers } from './members.ts';
import { parse, type Readable, readAll } from './read-all.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Condition, type Item, type Table } from './table.ts';

export function createIncidents(table: Table, log: Log) {
  const members = createMembers(table, log);
  const keyOf = (incidentId: string) => incidentKey('incident', incidentId);
  const write = (record: Incident | OpenedIncident, condition: Condition) =>
    table.put(recordItem(keyOf(record.incidentId), record), condition);

  /** Empty for an incident that doesn't exist. An incident without members doesn't exist yet. */
  async function read(incidentId: string): Promise<Readable<Incident>> {
    const item = await table.get(keyOf(incidentId));
    if (!item) return { found: [], unreadable: [] };
    const isLayout2 = layoutOf(incidentId) === 2;
    return incidentIn(item, isLayout2 ? await members.readMembers(incidentId) : null, log);
  }
  /** Throws InvalidInput when a part of the incident can't be read. */
  async function findIncident(incidentId: string): Promise<Incident | undefined> {
    const { found, unreadable } = await read(incidentId);
    if (unreadable[0]) throw unreadable[0];
    return found[0];
  }
  async function incident(incidentId: string): Promise<Incident> {
    const found = await findIncident(incidentId);
    if (!found) throw new NotFound('incident not found', keyOf(incidentId));
    return found;
  }

  const incidents = {
    ...members,
    incident,
    findIncident,
    /** For pages and messages, which must work without the record. Leaves out unreadable members. */
    readableIncident: async (incidentId: string): Promise<Incident | undefined> =>
      (await read(incidentId)).found[0],
    /** True when no other alert can join the incident. */
    isFull: async (incidentId: string): Promise<boolean> =>
      layoutOf(incidentId) === 2
        ? members.isFull(incidentId)
        : ((await findIncident(incidentId))?.alerts.length ?? 0) >= MAX_ALERTS,
    /** Newest first. */
    recentIncidents: async (limit: number): Promise<Incident[]> =>
      (await incidents.readIncidents(limit)).found,
    async readIncidents(limit: number): Promise<Readable<Incident>> {
      const ids = await listedIds(table, limit);
      const all = await Promise.all(ids.map(read));
      return {
        found: all.flatMap(({ found }) => found),
        unreadable: all.flatMap(({ unreadable }) => unreadable),
      };
    },
    /** Throws Conflict when it exists. In this order, no incident can exist without an entry in the list. */
    createIncident: async (created: Incident | OpenedIncident): Promise<void> => {
      const { incidentId, openedAt } = created;
      const schema = layoutOf(incidentId) === 1 ? Incident : OpenedIncident;
      await table.put({
        pk: listedPartition('listing'),
        sk: `${openedAt}#${incidentId}`,
        incidentId,
      });
      await write(schema.parse(created), ABSENT);
      logHistory(log, created, 0);
    },
    /** Whether the incident's own item exists; its members may still be missing. */
    isOpened: async (incidentId: string): Promise<boolean> =>
      (await table.get(keyOf(incidentId))) !== undefined,
    /** For incidents of layout 1, which hold their alerts. Throws Conflict when other writers win every race. */
    changeIncident: (
      incidentId: string,
      derive: (current: Incident) => Incident | null,
    ): Promise<Incident> =>
      retryOnConflict(table, async () => {
        const item = await table.get(keyOf(incidentId));
        if (!item) throw new NotFound('incident not found', keyOf(incidentId));
        const current = parse(Incident, item);
        const next = derive(current);
        if (!next) return current;
        const parsed = readStored(Incident, next, { what: 'incident', incidentId });
        await write(parsed, atVersion(current.version));
        logHistory(log, next, current.history.length);
        return next;
      }),
  };
  return incidents;
}

/**
 * Composes the incident from its item and its members. `members` is null in layout 1, where the item has everything.
 */
export function incidentIn(
  item: Item,
  members: Readable<Member> | null,
  log: Log,
): Readable<Incident> {
  if (!members) return readAll(Incident, [item], log);
  const opened = readAll(OpenedIncident, [item], log);
  const { found, unreadable } = members;
  return {
    found:
      found.length === 0
        ? []
        : opened.found.map((one) => composeIncident(one, found, unreadable.length > 0)),
    unreadable: [...opened.unreadable, ...unreadable],
  };
}

/**
 * IDs of the newest incidents, each once. A creation that was retried after a crash, or that lost a race, is listed
 * several times.
 */
async function listedIds(table: Table, limit: number): Promise<string[]> {
  for (let most = limit; ; most *= 4) {
    const listed = await table.query(listedPartition('listing'), {
      newestFirst: true,
      limit: most,
    });
    const ids = [...new Set(listed.map((item) => String(item.incidentId)))];
    if (ids.length >= limit || listed.length < most) return ids.slice(0, limit);
  }
}
