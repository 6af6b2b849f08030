// Incidents, alerts, facts and actions: parsed on the way out, conditional on the way in.
import type * as z from 'zod';
import { Action } from '../domain/action.ts';
import { Alert } from '../domain/alert.ts';
import { Assessment } from '../domain/assessment.ts';
import { InvalidInput, NotFound } from '../domain/errors.ts';
import { Facts } from '../domain/facts.ts';
import { Incident } from '../domain/incident.ts';
import { readStored } from '../domain/stored.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { ABSENT, atVersion, contended, type Item, type Table } from './table.ts';

const incidentPk = (incidentId: string) => `INCIDENT#${incidentId}`;

export function createRecords(table: Table, log: Log) {
  const load = async <S extends z.ZodType>(schema: S, incidentId: string, sk: string) => {
    const item = await table.get({ pk: incidentPk(incidentId), sk });
    return item && parse(schema, item);
  };
  const mustLoad = async <S extends z.ZodType>(schema: S, incidentId: string, sk: string) => {
    const record = await load(schema, incidentId, sk);
    if (record === undefined) throw new NotFound(`there is no ${sk}`, { incidentId, sk });
    return record;
  };
  /** What can be read; the others with their keys, so that one spoiled item does not hide its neighbours. */
  const readAll = <S extends z.ZodType>(
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
  /** For what others can do without: nothing where it is missing, and where it cannot be read. */
  const find = async <S extends z.ZodType>(schema: S, incidentId: string, sk: string) => {
    const item = await table.get({ pk: incidentPk(incidentId), sk });
    return item && readAll(schema, [item]).found[0];
  };
  const put = (
    incidentId: string,
    sk: string,
    record: object,
    condition?: Parameters<Table['put']>[1],
  ) =>
    table.put(
      { ...attention(record), record, version: versionOf(record), pk: incidentPk(incidentId), sk },
      condition,
    );

  /** One log line per entry that a write added to a history. */
  const tell = (record: Action | Incident, from: number) => {
    const ids = {
      incidentId: record.incidentId,
      ...('actionId' in record && { actionId: record.actionId }),
    };
    for (const { at, by, event, text, hash } of record.history.slice(from))
      log('info', 'state changed', { ...ids, status: record.status, event, by, at, text, hash });
  };

  const records = {
    incident: (incidentId: string) => mustLoad(Incident, incidentId, 'INCIDENT'),
    findIncident: (incidentId: string) => load(Incident, incidentId, 'INCIDENT'),
    alert: (incidentId: string, alertId: string) => mustLoad(Alert, incidentId, `ALERT#${alertId}`),
    /** For pages and messages, which have to come all the same. */
    readableAction: (incidentId: string, actionId: string) =>
      find(Action, incidentId, `ACTION#${actionId}`),
    readableIncident: (incidentId: string) => find(Incident, incidentId, 'INCIDENT'),
    readableAlert: (incidentId: string, alertId: string) =>
      find(Alert, incidentId, `ALERT#${alertId}`),
    /** Facts in another version's form count as not read, which decides more strictly than any of them. */
    findFacts: (incidentId: string, alertId: string) => find(Facts, incidentId, `FACTS#${alertId}`),
    findAssessment: (incidentId: string, alertId: string) =>
      find(Assessment, incidentId, `ASSESSMENT#${alertId}`),
    action: (incidentId: string, actionId: string) =>
      mustLoad(Action, incidentId, `ACTION#${actionId}`),
    findAction: (incidentId: string, actionId: string) =>
      load(Action, incidentId, `ACTION#${actionId}`),
    /** All that can be read; for what has to be said of the others, there is `readActions`. */
    actions: async (incidentId: string): Promise<Action[]> =>
      (await records.readActions(incidentId)).found,
    readActions: async (incidentId: string): Promise<Readable<Action>> =>
      readAll(Action, await table.query(incidentPk(incidentId), { prefix: 'ACTION#' })),
    /** The finding as it came. It is kept as text: not every JSON number or name is one in DynamoDB. */
    rawEvent: async (incidentId: string, alertId: string): Promise<unknown> => {
      const item = await table.get({ pk: incidentPk(incidentId), sk: `ALERT#${alertId}` });
      return typeof item?.raw === 'string' ? JSON.parse(item.raw) : null;
    },

    /** Newest first. */
    recentIncidents: async (limit: number): Promise<Incident[]> =>
      (await records.readIncidents(limit)).found,
    readIncidents: async (limit: number): Promise<Readable<Incident>> => {
      const listed = await table.query('LIST', { newestFirst: true, limit });
      // A creation that was repeated after a crash is listed twice.
      const ids = [...new Set(listed.map((item) => String(item.incidentId)))];
      const keys = ids.map((id) => ({ pk: incidentPk(id), sk: 'INCIDENT' }));
      const items = await Promise.all(keys.map((key) => table.get(key)));
      return readAll(
        Incident,
        items.filter((item) => item !== undefined),
      );
    },

    /** First write of an incident: the list entry first, so that no incident can exist unlisted. */
    createIncident: async (incident: Incident) => {
      const { incidentId, openedAt } = incident;
      await table.put({ pk: 'LIST', sk: `${openedAt}#${incidentId}`, incidentId });
      await put(incidentId, 'INCIDENT', Incident.parse(incident), ABSENT);
      tell(incident, 0);
    },
    createAction: async (action: Action) => {
      await put(action.incidentId, `ACTION#${action.actionId}`, Action.parse(action), ABSENT);
      tell(action, 0);
    },
    putAlert: (incidentId: string, alert: Alert, raw: unknown) =>
      table.put({
        pk: incidentPk(incidentId),
        sk: `ALERT#${alert.alertId}`,
        record: alert,
        raw: JSON.stringify(raw),
      }),
    putFacts: (incidentId: string, alertId: string, facts: Facts) =>
      put(incidentId, `FACTS#${alertId}`, facts),
    putAssessment: (incidentId: string, alertId: string, assessment: Assessment) =>
      put(incidentId, `ASSESSMENT#${alertId}`, assessment),

    /** Writes `next` on the condition that the stored action is the one it was derived from; throws Conflict. */
    saveAction: async (from: Action, next: Action): Promise<Action> => {
      const parsed = readStored(Action, next, { what: 'action', actionId: next.actionId });
      await put(parsed.incidentId, `ACTION#${parsed.actionId}`, parsed, atVersion(from.version));
      tell(parsed, from.history.length);
      return parsed;
    },
    /**
     * Reads, derives, writes; again when another writer was faster. `derive` is pure and may return null for
     * "nothing to do", which returns the action as it is.
     */
    changeAction: (
      incidentId: string,
      actionId: string,
      derive: (current: Action) => Action | null,
    ) =>
      contended(async () => {
        const current = await records.action(incidentId, actionId);
        const next = derive(current);
        return next ? records.saveAction(current, next) : current;
      }),
    changeIncident: (incidentId: string, derive: (current: Incident) => Incident | null) =>
      contended(async () => {
        const current = await records.incident(incidentId);
        const next = derive(current);
        if (!next) return current;
        const parsed = readStored(Incident, next, { what: 'incident', incidentId });
        await put(incidentId, 'INCIDENT', parsed, atVersion(current.version));
        tell(next, current.history.length);
        return next;
      }),
    /** What somebody is asked about, what has an end to come, and what only a person ends; by when it comes. */
    outstanding: async (): Promise<Readable<Action>> => {
      const items = await table.needingAttention(NEVER);
      return readAll(
        Action,
        items.filter(({ sk }) => sk.startsWith('ACTION#')),
      );
    },
    needingAttention: async (until: Date) => {
      const items = await table.needingAttention(until.toISOString());
      const actions = readAll(
        Action,
        items.filter(({ sk }) => sk.startsWith('ACTION#')),
      );
      const incidents = readAll(
        Incident,
        items.filter(({ sk }) => sk === 'INCIDENT'),
      );
      return {
        actions: actions.found,
        incidents: incidents.found,
        /** Accounts whose breaker people have not yet been told of. */
        tripped: items.flatMap(({ sk, account }) => (sk === 'BREAKER' ? String(account) : [])),
        /** Recipients whose digest is due. */
        digests: items.flatMap(({ sk, recipient }) => (sk === 'PAGER' ? String(recipient) : [])),
        unreadable: [...actions.unreadable, ...incidents.unreadable],
      };
    },
  };
  return records;
}

const versionOf = (record: object) =>
  'version' in record && typeof record.version === 'number' ? record.version : 0;

/** Later than any sweep looks. */
const NEVER = '9999-12-31T23:59:59.999Z';

/** Where the index lists a record: when it is to be looked at, or at the end of time where only a person ends it. */
export function attention(record: object) {
  if ('attentionAt' in record && typeof record.attentionAt === 'string')
    return { open: 'yes', attentionAt: record.attentionAt };
  const { status, durationMinutes } = record as Partial<Action>;
  const stays = (status === 'kept' || status === 'reversal-failed') && durationMinutes;
  return stays ? { open: 'yes', attentionAt: NEVER } : {};
}

/** The line by which an unreadable item is found in the logs. */
const UNREADABLE = 'stored item unreadable';

type Readable<T> = { found: T[]; unreadable: InvalidInput[] };

const parse = <S extends z.ZodType>(schema: S, { pk, sk, record }: Item): z.infer<S> =>
  readStored(schema, record, { what: sk, pk, sk });
