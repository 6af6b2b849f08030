// The history of an entity: its incidents, actions on it, and decisions.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Parameters } from '../domain/action.ts';
import type { Entity } from '../domain/alert.ts';
import { readStored } from '../domain/stored.ts';
import { seriesPartition } from './layout.ts';
import type { Table } from './table.ts';

const Event = z.object({
  event: z.enum(['incident', 'in-force', 'ended', 'reversed-by-person', 'declined']),
  incidentId: z.string(),
  actionId: z.nullable(z.string()),
  name: z.nullable(z.string()),
  /** The exact change that came into force; null for all other events. */
  effect: z._default(
    z.nullable(z.strictObject({ mechanism: z.string(), parameters: Parameters })),
    null,
  ),
  /** Where the action's effect is; null for other events, and in events of earlier versions. */
  place: z._default(z.nullable(z.strictObject({ account: z.string(), region: z.string() })), null),
  at: z.string(),
});
export type EntityEvent = z.infer<typeof Event>;

/** DynamoDB's time to live removes events after this time. */
const DAYS_KEPT = 90;
/** If a read returns this many, there may be older events. */
export const MOST_READ = 50;

export function createEntityHistory(table: Table) {
  const pk = ({ kind, value }: Pick<Entity, 'kind' | 'value'>) =>
    seriesPartition(
      'entityEvent',
      `${kind}#${createHash('sha256').update(value).digest('hex').slice(0, 32)}`,
    );
  return {
    /** Idempotent: the same event of the same action or incident is one item. */
    note: (entity: Pick<Entity, 'kind' | 'value'>, event: z.input<typeof Event>) =>
      table.put({
        pk: pk(entity),
        sk: `${event.at}#${event.event}#${event.actionId ?? event.incidentId}`,
        ...event,
        expiresAt: Math.floor(Date.parse(event.at) / 1000) + DAYS_KEPT * 86_400,
      }),
    /** Newest first, at most 50. */
    read: async (entity: Pick<Entity, 'kind' | 'value'>): Promise<EntityEvent[]> =>
      (await table.query(pk(entity), { newestFirst: true, limit: MOST_READ })).map((item) =>
        readStored(Event, item, { what: 'event of an entity', kind: entity.kind }),
      ),
  };
}
