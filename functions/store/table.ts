// The only caller of DynamoDB. Converts failures to typed errors.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { aws } from '../platform/aws-errors.ts';
import { type Pacing, SYSTEM_PACING } from './retry.ts';

export type Key = { pk: string; sk: string };
export type Item = Key & Record<string, unknown>;
/** A DynamoDB condition with its names and values, for example `{expression: 'version = :v', values: {':v': 3}}`. */
export type Condition = {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
};

export const ABSENT: Condition = { expression: 'attribute_not_exists(pk)' };
export const atVersion = (version: number): Condition => ({
  expression: 'version = :version',
  values: { ':version': version },
});

export type Table = {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Throws Conflict if the condition fails. */
  put(item: Item, condition?: Condition): Promise<void>;
  remove(key: Key, condition?: Condition): Promise<void>;
  /** All items of a partition whose sort key starts with `prefix`; highest sort key first if `newestFirst`. */
  query(
    pk: string,
    options?: { prefix?: string; newestFirst?: boolean; limit?: number },
  ): Promise<Item[]>;
  /** Items whose `attentionAt` is due, oldest first. */
  needingAttention(until: string): Promise<Item[]>;
  /** How writers that lose a race wait. */
  pacing: Pacing;
};

/** The sparse index, whose keys are `open` and `attentionAt`. */
export const ATTENTION_INDEX = 'attention';

export function createTable(
  client: DynamoDBClient,
  tableName: string,
  pacing: Pacing = SYSTEM_PACING,
): Table {
  const db = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const conditional = (condition: Condition | undefined) => ({
    ConditionExpression: condition?.expression,
    ExpressionAttributeNames: condition?.names,
    ExpressionAttributeValues: condition?.values,
  });

  async function all(
    input: ConstructorParameters<typeof QueryCommand>[0],
    limit = Infinity,
  ): Promise<Item[]> {
    const items: Item[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await db.send(new QueryCommand({ ...input, ExclusiveStartKey: start }));
      items.push(...((page.Items ?? []) as Item[]));
      start = page.LastEvaluatedKey;
    } while (start && items.length < limit);
    return items.slice(0, limit);
  }

  return {
    pacing,
    get: (key) =>
      typed(key, async () => {
        const { Item } = await db.send(
          new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
        );
        return Item as Item | undefined;
      }),
    put: (item, condition) =>
      typed(item, async () => {
        await db.send(
          new PutCommand({ TableName: tableName, Item: inUtf8(item), ...conditional(condition) }),
        );
      }),
    remove: (key, condition) =>
      typed(key, async () => {
        await db.send(
          new DeleteCommand({ TableName: tableName, Key: key, ...conditional(condition) }),
        );
      }),
    query: (pk, { prefix = '', newestFirst = false, limit } = {}) =>
      typed({ pk, sk: prefix }, () =>
        all(
          {
            TableName: tableName,
            KeyConditionExpression: prefix ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
            ExpressionAttributeValues: prefix ? { ':pk': pk, ':prefix': prefix } : { ':pk': pk },
            ScanIndexForward: !newestFirst,
            ConsistentRead: true,
            Limit: limit,
          },
          limit,
        ),
      ),
    needingAttention: (until) =>
      typed({ pk: ATTENTION_INDEX, sk: until }, () =>
        all({
          TableName: tableName,
          IndexName: ATTENTION_INDEX,
          KeyConditionExpression: '#open = :open AND attentionAt <= :until',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':open': 'yes', ':until': until },
        }),
      ),
  };
}

/**
 * Replaces lone surrogates: DynamoDB strings must be valid UTF-8.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const inUtf8 = (item: Item): Item =>
  JSON.parse(JSON.stringify(item), (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );

const typed = <T>({ pk, sk }: Key, work: () => Promise<T>): Promise<T> =>
  aws(`DynamoDB at ${pk} ${sk}`, { pk, sk }, work);
