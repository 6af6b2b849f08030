// Records that need attention now or at a known time.
import type * as z from 'zod/mini';
import { Action } from '../domain/action.ts';
import { Incident, Member } from '../domain/incident.ts';
import type { Log } from '../platform/log.ts';
import { type Kind, locate } from './layout.ts';
import { type Readable, readAll } from './read-all.ts';
import { readEach } from './read-each.ts';
import { attentionKeys } from './sweep-index.ts';
import type { Item, Key, Table } from './table.ts';

/** Later than any time that the sweeper queries. */
const NEVER = '9999-12-31T23:59:59.999Z';

/** When a record needs attention: `NEVER` for an effect that only a person can end, null for no attention. */
export function attentionOf(record: object): string | null {
  if ('attentionAt' in record && typeof record.attentionAt === 'string') return record.attentionAt;
  const { status, durationMinutes } = record as Partial<Action>;
  const stays = (status === 'kept' || status === 'reversal-failed') && durationMinutes;
  return stays ? NEVER : null;
}

/** The index attributes of a record. */
export const indexKeys = (key: Key, record: object) => attentionKeys(key, attentionOf(record));

/** The stored item of a record, with its index attributes. */
export const recordItem = (key: Key, record: object): Item => ({
  ...indexKeys(key, record),
  record,
  version: 'version' in record && typeof record.version === 'number' ? record.version : 0,
  ...key,
});

const ATTENDED: readonly Kind[] = ['action', 'incident', 'member', 'breaker', 'pager'];
const kindOf = (key: Key): Kind | undefined => locate(key)?.kind;
const idOf = (key: Key): string => locate(key)?.id ?? '';

export function createDue(table: Table, log: Log) {
  /**
   * Index entries only name keys. An entry may be stale, and any writer can give any item the attributes of an index:
   * the base key tells what an item may be, and the item itself whether it is due.
   */
  async function itemsUntil(until: string, kinds: readonly Kind[] = ATTENDED): Promise<Item[]> {
    const keys = await table.due('attention', until);
    const isOf = (all: readonly Kind[]) => (key: Key) => all.some((kind) => kindOf(key) === kind);
    const isAttended = isOf(ATTENDED);
    for (const { pk, sk } of keys.filter((key) => !isAttended(key)))
      log('error', 'index entry ignored', { pk, sk });
    return readEach(table, keys.filter(isOf(kinds)));
  }

  const ofKind = (kind: Kind, items: readonly Item[]) =>
    items.filter((item) => kindOf(item) === kind);
  const isDue = (at: unknown, until: string) => typeof at === 'string' && at <= until;

  /** The records that are due, ordered by their times. */
  function recordsIn<R extends Action | Incident | Member>(
    schema: z.ZodMiniType<R>,
    items: readonly Item[],
    until: string,
  ): Readable<R> {
    const { found, unreadable } = readAll(schema, items, log);
    const at = (record: R) => attentionOf(record) ?? '';
    return {
      found: found
        .filter((record) => isDue(attentionOf(record), until))
        .sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0)),
      unreadable,
    };
  }

  return {
    /** Open requests, actions in force, and effects that only a person can end, ordered by due time. */
    async outstanding(): Promise<Readable<Action>> {
      return recordsIn(Action, await itemsUntil(NEVER, ['action']), NEVER);
    },
    async needingAttention(now: Date) {
      const until = now.toISOString();
      const items = await itemsUntil(until);
      const actions = recordsIn(Action, ofKind('action', items), until);
      const incidents = recordsIn(Incident, ofKind('incident', items), until);
      const members = recordsIn(Member, ofKind('member', items), until);
      const owing = (kind: Kind, field: string) =>
        ofKind(kind, items).filter((item) => isDue(item[field], until));
      return {
        actions: actions.found,
        /** Unfinished incidents of layout 1, and unfinished alerts of layout 2. */
        incidents: incidents.found,
        members: members.found,
        /** Accounts whose breaker tripped and whose people were not notified yet. */
        tripped: owing('breaker', 'attentionAt').map(idOf),
        /** Recipients whose digest is due. */
        digests: owing('pager', 'dueAt').map(idOf),
        unreadable: [...actions.unreadable, ...incidents.unreadable, ...members.unreadable],
      };
    },
  };
}
