// The table's stream on a laptop: what a write changed is told once it is done. dynalite has no streams.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Change } from '../../functions/archive/archive.ts';
import type { Item, Key } from '../../functions/store/table.ts';

/** Every put and delete by a document client of this one; the writer waits until it is told. */
export function streamTo(
  client: DynamoDBClient,
  now: () => Date,
  tell: (change: Change) => Promise<void>,
): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'PutItemCommand' && commandName !== 'DeleteItemCommand')
          return next(args);
        // Before the document client writes values as DynamoDB does, and after it has read them again.
        const { Item: after = null, Key: key } = args.input as { Item?: Item; Key?: Key };
        const answer = await next({
          ...args,
          input: { ...args.input, ReturnValues: 'ALL_OLD' } as typeof args.input,
        });
        const { Attributes: before = null } = answer.output as { Attributes?: Item };
        const { pk = '', sk = '' } = after ?? key ?? {};
        // What has no version has one writer, a person.
        const sequence = after ? String(after.version ?? now().getTime()) : 'removed';
        await tell({ pk, sk, sequence, at: now().toISOString(), before, after });
        return answer;
      },
    { step: 'serialize', name: 'stream', priority: 'high' },
  );
}
