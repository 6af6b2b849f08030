// Reads and writes alerts, facts and actions, and joins the other records.
import type * as z from 'zod/mini';
import { Action, isInForce } from '../domain/action.ts';
import { Alert } from '../domain/alert.ts';
import { Assessment } from '../domain/assessment.ts';
import { withPlaces } from '../domain/earlier-alert.ts';
import { NotFound } from '../domain/errors.ts';
import { Facts } from '../domain/facts.ts';
import { readStored } from '../domain/stored.ts';
import type { Log } from '../platform/log.ts';
import { createChecks } from './checks.ts';
import { createDue, recordItem } from './due.ts';
import { createIncidents } from './incidents.ts';
import { earlierFactsKey, incidentKey, incidentPartition } from './layout.ts';
import { logHistory } from './log-history.ts';
import { parse, type Readable, readAll } from './read-all.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Key, type Table } from './table.ts';

export function createRecords(table: Table, log: Log) {
  const checks = createChecks(table);
  const load = async <S extends z.ZodMiniType>(schema: S, key: Key) => {
    const item = await table.get(key);
    return item && parse(schema, item);
  };
  const mustLoad = async <S extends z.ZodMiniType>(schema: S, key: Key) => {
    const record = await load(schema, key);
    if (record === undefined) throw new NotFound(`${key.pk} ${key.sk} not found`, key);
    return record;
  };
  /** For optional data: undefined if the item is missing or unreadable. */
  const find = async <S extends z.ZodMiniType>(schema: S, key: Key) => {
    const item = await table.get(key);
    return item && readAll(schema, [item], log).found[0];
  };
  const put = (key: Key, record: object, condition?: Parameters<Table['put']>[1]) =>
    table.put(recordItem(key, record), condition);

  const records = {
    ...createIncidents(table, log),
    alert: async (incidentId: string, alertId: string) =>
      withPlaces(await mustLoad(Alert, incidentKey('alert', incidentId, alertId))),
    /** For pages and messages, which must work without the record. */
    readableAction: (incidentId: string, actionId: string) =>
      find(Action, incidentKey('action', incidentId, actionId)),
    readableAlert: async (incidentId: string, alertId: string) => {
      const alert = await find(Alert, incidentKey('alert', incidentId, alertId));
      return alert && withPlaces(alert);
    },
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
      return readAll(Action, await table.query(pk, { prefix }), log);
    },
    /** The actions with the highest IDs; `isAll` if the incident has no others. */
    latestActions: async (incidentId: string, limit: number) => {
      const { pk, prefix } = incidentPartition('action', incidentId);
      const items = await table.query(pk, { prefix, newestFirst: true, limit });
      return { found: readAll(Action, items, log).found, isAll: items.length < limit };
    },
    /** The actions of one alert: their IDs begin with the alert's. */
    readActionsOf: async (incidentId: string, alertId: string): Promise<Readable<Action>> => {
      const { pk, prefix } = incidentPartition('action', incidentId);
      const ofAlert = `${prefix}act-${alertId.slice('al-'.length)}-`;
      return readAll(Action, await table.query(pk, { prefix: ofAlert }), log);
    },
    /** The original finding. Stored as text: DynamoDB can't represent every JSON number and name. */
    rawEvent: async (incidentId: string, alertId: string): Promise<unknown> => {
      const item = await table.get(incidentKey('alert', incidentId, alertId));
      return typeof item?.raw === 'string' ? JSON.parse(item.raw) : null;
    },

    createAction: async (action: Action) => {
      if (isInForce(action)) await checks.begin(action);
      await put(keyOfAction(action), Action.parse(action), ABSENT);
      logHistory(log, action, 0);
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
      if (isInForce(parsed) && !isInForce(from)) await checks.begin(parsed);
      await put(keyOfAction(parsed), parsed, atVersion(from.version));
      logHistory(log, parsed, from.history.length);
      return parsed;
    },
    /**
     * Reads, derives and writes, again if another writer was faster. `derive` may return null for no change; the
     * result is then the current action.
     */
    changeAction: (
      incidentId: string,
      actionId: string,
      derive: (current: Action) => Action | null | Promise<Action | null>,
    ) =>
      retryOnConflict(table, async () => {
        const current = await records.action(incidentId, actionId);
        const next = await derive(current);
        return next ? records.saveAction(current, next) : current;
      }),
    ...createDue(table, log),
  };
  return records;
}

const keyOfAction = ({ incidentId, actionId }: Action): Key =>
  incidentKey('action', incidentId, actionId);
