// The table's stream on a laptop, because dynalite has none.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Change } from '../../functions/archive/archive.ts';
import type { Item, Key } from '../../functions/store/table.ts';

let unversioned = 0;
/** The version, or for an item without one a number that rises with each write. */
const sequenceOf = ({ version }: Item, at: Date): string =>
  typeof version === 'number' && version > 0
    ? String(version)
    : `${at.getTime()}${String(++unversioned).padStart(6, '0')}`;

/** Calls `onChange` after every put and delete of a document client. The writer waits for it. */
export function streamTo(
  client: DynamoDBClient,
  now: () => Date,
  onChange: (change: Change) => Promise<void>,
): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'PutItemCommand' && commandName !== 'DeleteItemCommand')
          return next(args);
        // At this step, values are still in the document client's form, in the input and in the output.
        const { Item: after = null, Key: key } = args.input as { Item?: Item; Key?: Key };
        const answer = await next({
          ...args,
          input: { ...args.input, ReturnValues: 'ALL_OLD' } as typeof args.input,
        });
        const { Attributes: before = null } = answer.output as { Attributes?: Item };
        const { pk = '', sk = '' } = after ?? key ?? {};
        const sequence = after ? sequenceOf(after, now()) : 'removed';
        await onChange({ pk, sk, sequence, at: now().toISOString(), before, after });
        return answer;
      },
    { step: 'serialize', name: 'stream', priority: 'high' },
  );
}
