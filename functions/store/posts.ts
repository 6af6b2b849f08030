// Where a question was posted, so that the post can say later how it ended.
import * as z from 'zod';
import { readStored } from '../domain/stored.ts';
import type { Table } from './table.ts';

/** What Slack calls a message: the conversation, and its time stamp there. */
const Post = z.object({ channel: z.string(), ts: z.string() });
export type Post = z.infer<typeof Post>;

/** By the key of the message, which names action, rung and person. A repeated message counts last. */
export function createPosts(table: Table) {
  const at = (incidentId: string, key: string) => ({
    pk: `INCIDENT#${incidentId}`,
    sk: `POST#${key}`,
  });
  return {
    keep: (incidentId: string, key: string, { channel, ts }: Post) =>
      table.put({ ...at(incidentId, key), channel, ts }),
    async find(incidentId: string, key: string): Promise<Post | null> {
      const item = await table.get(at(incidentId, key));
      return item ? readStored(Post, item, { what: 'post', incidentId, key }) : null;
    },
  };
}
