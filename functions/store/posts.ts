// Where a question was posted, so that the post can later show the outcome.
import * as z from 'zod/mini';
import { readStored } from '../domain/stored.ts';
import { incidentKey } from './layout.ts';
import type { Table } from './table.ts';

/** Slack identifies a message by its conversation and its timestamp. */
const Post = z.object({ channel: z.string(), ts: z.string() });
export type Post = z.infer<typeof Post>;

/**
 * Posts by message key, which names action, escalation step and person. A repeated message replaces the earlier one.
 */
export function createPosts(table: Table) {
  const at = (incidentId: string, key: string) => incidentKey('post', incidentId, key);
  return {
    keep: (incidentId: string, key: string, { channel, ts }: Post) =>
      table.put({ ...at(incidentId, key), channel, ts }),
    async find(incidentId: string, key: string): Promise<Post | null> {
      const item = await table.get(at(incidentId, key));
      return item ? readStored(Post, item, { what: 'post', incidentId, key }) : null;
    },
  };
}
