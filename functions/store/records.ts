// Reads and writes incidents, alerts, facts and actions.
import type * as z from 'zod/mini';
import { Action } from '../domain/action.ts';
import { Alert } from '../domain/alert.ts';
import { Assessment } from '../domain/assessment.ts';
import { InvalidInput, NotFound } from '../domain/errors.ts';
import { Facts } from '../domain/facts.ts';
import { Incident } from '../domain/incident.ts';
import { readStored } from '../domain/stored.ts';
import { errorFields, type Log } from '../platform/log.ts';
import {
  earlierFactsKey,
  incidentKey,
  incidentPartition,
  isInPlace,
  type Kind,
  listedPartition,
  locate,
} from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Item, type Key, type Table } from './table.ts';

export function createRecords(table: Table, log: Log) {
  const load = async <S extends z.ZodMiniType>(schema: S, key: Key) => {
    const item = await table.get(key);
    return item && parse(schema, item);
  };
  const mustLoad = async <S extends z.ZodMiniType>(schema: S, key: Key) => {
    const record = await load(schema, key);
    if (record === undefined) throw new NotFound(`${key.pk} ${key.sk} not found`, key);
    return record;
  };
  /** The readable records, and an error with the key of each unreadable one. One bad item doesn't hide the others. */
  const readAll = <S extends z.ZodMiniType>(
    schema: S,
    items: readonly Item[],
  ): Readable<z.infer<S>> => {
    const all: Readable<z.infer<S>> = { found: [], unreadable: [] };
    for (const item of items)
      try {
        all.found.push(parse(schema, item));
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        all.unreadable.push(error);
        log('error', UNREADABLE, errorFields(error));
      }
    return all;
  };
  /** For optional data: undefined if the item is missing or unreadable. */
  const find = async <S extends z.ZodMiniType>(schema: S, key: Key) => {
    const item = await table.get(key);
    return item && readAll(schema, [item]).found[0];
  };
  const put = (key: Key, record: object, condition?: Parameters<Table['put']>[1]) =>
    table.put({ ...attentionKeys(record), record, version: versionOf(record), ...key }, condition);

  /**
   * Items of the index whose key is of a kind that may need attention. Any item can carry the index's attributes, so
   * its writer alone would make it an action.
   */
  const needingAttention = async (until: string): Promise<Item[]> => {
    const items = await table.needingAttention(until);
    for (const { pk, sk } of items.filter((item) => !isAttended(item)))
      log('error', 'index entry ignored', { pk, sk });
    return items.filter(isAttended);
  };

  /** Writes one log line per new history entry. */
  const logHistory = (record: Action | Incident, from: number) => {
    const ids = {
      incidentId: record.incidentId,
      ...('actionId' in record && { actionId: record.actionId }),
    };
    for (const { at, by, event, text, hash } of record.history.slice(from))
      log('info', 'state changed', { ...ids, status: record.status, event, by, at, text, hash });
  };

  const records = {
    incident: (incidentId: string) => mustLoad(Incident, incidentKey('incident', incidentId)),
    findIncident: (incidentId: string) => load(Incident, incidentKey('incident', incidentId)),
    alert: (incidentId: string, alertId: string) =>
      mustLoad(Alert, incidentKey('alert', incidentId, alertId)),
    /** For pages and messages, which must work without the record. */
    readableAction: (incidentId: string, actionId: string) =>
      find(Action, incidentKey('action', incidentId, actionId)),
    readableIncident: (incidentId: string) => find(Incident, incidentKey('incident', incidentId)),
    readableAlert: (incidentId: string, alertId: string) =>
      find(Alert, incidentKey('alert', incidentId, alertId)),
    /** Facts that this version can't parse count as unread, which is stricter than any fact. */
    findFacts: async (incidentId: string, alertId: string): Promise<Facts | undefined> => {
      const earlier = earlierFactsKey(incidentId, alertId);
      const found = await find(Facts, incidentKey('facts', incidentId, alertId));
      return found ?? (earlier ? await find(Facts, earlier) : undefined);
    },
    findAssessment: (incidentId: string, alertId: string) =>
      find(Assessment, incidentKey('assessment', incidentId, alertId)),
    action: (incidentId: string, actionId: string) =>
      mustLoad(Action, incidentKey('action', incidentId, actionId)),
    findAction: (incidentId: string, actionId: string) =>
      load(Action, incidentKey('action', incidentId, actionId)),
    /** The readable actions. `readActions` also returns the unreadable ones. */
    actions: async (incidentId: string): Promise<Action[]> =>
      (await records.readActions(incidentId)).found,
    readActions: async (incidentId: string): Promise<Readable<Action>> => {
      const { pk, prefix } = incidentPartition('action', incidentId);
      return readAll(Action, await table.query(pk, { prefix }));
    },
    /** The original finding. Stored as text: DynamoDB can't represent every JSON number and name. */
    rawEvent: async (incidentId: string, alertId: string): Promise<unknown> => {
      const item = await table.get(incidentKey('alert', incidentId, alertId));
      return typeof item?.raw === 'string' ? JSON.parse(item.raw) : null;
    },

    /** Newest first. */
    recentIncidents: async (limit: number): Promise<Incident[]> =>
      (await records.readIncidents(limit)).found,
    readIncidents: async (limit: number): Promise<Readable<Incident>> => {
      const listed = await table.query(listedPartition('listing'), { newestFirst: true, limit });
      // A creation that was retried after a crash is listed twice.
      const ids = [...new Set(listed.map((item) => String(item.incidentId)))];
      const keys = ids.map((id) => incidentKey('incident', id));
      const items = await Promise.all(keys.map((key) => table.get(key)));
      return readAll(
        Incident,
        items.filter((item) => item !== undefined),
      );
    },

    /** 1. Write the list entry. 2. Write the incident. In this order no incident can exist without a list entry. */
    createIncident: async (incident: Incident) => {
      const { incidentId, openedAt } = incident;
      await table.put({
        pk: listedPartition('listing'),
        sk: `${openedAt}#${incidentId}`,
        incidentId,
      });
      await put(incidentKey('incident', incidentId), Incident.parse(incident), ABSENT);
      logHistory(incident, 0);
    },
    createAction: async (action: Action) => {
      await put(keyOfAction(action), Action.parse(action), ABSENT);
      logHistory(action, 0);
    },
    putAlert: (incidentId: string, alert: Alert, raw: unknown) =>
      table.put({
        ...incidentKey('alert', incidentId, alert.alertId),
        record: alert,
        raw: JSON.stringify(raw),
      }),
    putFacts: (incidentId: string, alertId: string, facts: Facts) =>
      put(incidentKey('facts', incidentId, alertId), facts),
    putAssessment: (incidentId: string, alertId: string, assessment: Assessment) =>
      put(incidentKey('assessment', incidentId, alertId), assessment),

    /** Writes `next` on the condition that the stored action still has the version of `from`. Throws Conflict. */
    saveAction: async (from: Action, next: Action): Promise<Action> => {
      const parsed = readStored(Action, next, { what: 'action', actionId: next.actionId });
      await put(keyOfAction(parsed), parsed, atVersion(from.version));
      logHistory(parsed, from.history.length);
      return parsed;
    },
    /**
     * Reads, derives and writes, again if another writer was faster. `derive` is pure and may return null for no
     * change; the result is then the current action.
     */
    changeAction: (
      incidentId: string,
      actionId: string,
      derive: (current: Action) => Action | null,
    ) =>
      retryOnConflict(table, async () => {
        const current = await records.action(incidentId, actionId);
        const next = derive(current);
        return next ? records.saveAction(current, next) : current;
      }),
    changeIncident: (incidentId: string, derive: (current: Incident) => Incident | null) =>
      retryOnConflict(table, async () => {
        const current = await records.incident(incidentId);
        const next = derive(current);
        if (!next) return current;
        const parsed = readStored(Incident, next, { what: 'incident', incidentId });
        await put(incidentKey('incident', incidentId), parsed, atVersion(current.version));
        logHistory(next, current.history.length);
        return next;
      }),
    /** Open requests, actions in force, and effects that only a person can end, ordered by due time. */
    outstanding: async (): Promise<Readable<Action>> =>
      readAll(Action, ofKind('action', await needingAttention(NEVER))),
    needingAttention: async (until: Date) => {
      const items = await needingAttention(until.toISOString());
      const actions = readAll(Action, ofKind('action', items));
      const incidents = readAll(Incident, ofKind('incident', items));
      return {
        actions: actions.found,
        incidents: incidents.found,
        /** Accounts whose breaker tripped and whose people were not notified yet. */
        tripped: ofKind('breaker', items).map(idOf),
        /** Recipients whose digest is due. */
        digests: ofKind('pager', items).map(idOf),
        unreadable: [...actions.unreadable, ...incidents.unreadable],
      };
    },
  };
  return records;
}

const keyOfAction = ({ incidentId, actionId }: Action): Key =>
  incidentKey('action', incidentId, actionId);

const versionOf = (record: object) =>
  'version' in record && typeof record.version === 'number' ? record.version : 0;

const ATTENDED: readonly Kind[] = ['action', 'incident', 'breaker', 'pager'];
const isAttended = (item: Key): boolean => ATTENDED.some((kind) => locate(item)?.kind === kind);
const ofKind = (kind: Kind, items: readonly Item[]): Item[] =>
  items.filter((item) => locate(item)?.kind === kind);
const idOf = (item: Key): string => locate(item)?.id ?? '';

/** Later than any time that the sweeper queries. */
const NEVER = '9999-12-31T23:59:59.999Z';

/** Index attributes: when a record needs attention, or `NEVER` for an effect that only a person can end. */
export function attentionKeys(record: object) {
  if ('attentionAt' in record && typeof record.attentionAt === 'string')
    return { open: 'yes', attentionAt: record.attentionAt };
  const { status, durationMinutes } = record as Partial<Action>;
  const stays = (status === 'kept' || status === 'reversal-failed') && durationMinutes;
  return stays ? { open: 'yes', attentionAt: NEVER } : {};
}

/** Log message for an unreadable item. */
const UNREADABLE = 'stored item unreadable';

type Readable<T> = { found: T[]; unreadable: InvalidInput[] };

/** Throws InvalidInput for a record of another shape, and for one that belongs under another key. */
function parse<S extends z.ZodMiniType>(schema: S, { pk, sk, record }: Item): z.infer<S> {
  const parsed = readStored(schema, record, { what: sk, pk, sk });
  const located = locate({ pk, sk });
  if (!located || !isInPlace(located, parsed as Record<string, unknown>))
    throw new InvalidInput('the stored record belongs under another key', { pk, sk });
  return parsed;
}
