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
import { type SweepList, shardsOf } from './sweep-index.ts';
import { INDEXES } from './table-definition.ts';

export type Key = { pk: string; sk: string };
export type Item = Key & Record<string, unknown>;
/**
 * When a write takes place: `absent` if the table has no such item; `version` if the stored item has that version;
 * `notOlder` if it is absent or its basis is at most that.
 */
export type Condition = 'absent' | { version: number } | { notOlder: number };

export const ABSENT: Condition = 'absent';
export const atVersion = (version: number): Condition => ({ version });
/** For derived items: fails if the stored item was derived from newer records. */
export const notOlder = (basis: number): Condition => ({ notOlder: basis });

export type Table = {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Throws Conflict if the condition fails. */
  put(item: Item, condition?: Condition): Promise<void>;
  remove(key: Key, condition?: Condition): Promise<void>;
  /**
   * All items of a partition: with `prefix`, those whose sort key starts with it; with `before`, those with a lower
   * sort key. Takes at most one of the two. Highest sort key first if `newestFirst`.
   */
  query(
    pk: string,
    options?: { prefix?: string; before?: string; newestFirst?: boolean; limit?: number },
  ): Promise<Item[]>;
  /**
   * Keys of the list's items that are due, oldest first, at most `limit`. Eventually consistent: an entry may be stale.
   */
  due(list: SweepList, until: string, limit?: number): Promise<Key[]>;
  /** Keys of the items that only the index of earlier versions lists. */
  unswept(): Promise<Key[]>;
  /** How writers that lose a race wait. */
  pacing: Pacing;
};

export function createTable(
  client: DynamoDBClient,
  tableName: string,
  pacing: Pacing = SYSTEM_PACING,
): Table {
  const db = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
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

  type Entry = Key & { at: string };
  async function entriesOf(
    { name, partitionKey, sortKey }: (typeof INDEXES)[keyof typeof INDEXES],
    partition: string,
    { until, limit, filter }: { until: string; limit?: number | undefined; filter?: string },
  ): Promise<Entry[]> {
    const found = await all(
      {
        TableName: tableName,
        IndexName: name,
        KeyConditionExpression: '#partition = :partition AND #at <= :until',
        FilterExpression: filter,
        ProjectionExpression: 'pk, sk, #at',
        ExpressionAttributeNames: { '#partition': partitionKey, '#at': sortKey },
        ExpressionAttributeValues: { ':partition': partition, ':until': until },
        Limit: limit,
      },
      limit,
    );
    return found.map(({ pk, sk, [sortKey]: at }) => ({ pk, sk, at: String(at) }));
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
          new PutCommand({
            TableName: tableName,
            Item: JSON.parse(jsonOf(item)),
            ...(condition && expressionOf(condition)),
          }),
        );
      }),
    remove: (key, condition) =>
      typed(key, async () => {
        await db.send(
          new DeleteCommand({
            TableName: tableName,
            Key: key,
            ...(condition && expressionOf(condition)),
          }),
        );
      }),
    query: (pk, { prefix = '', before = '', newestFirst = false, limit } = {}) =>
      typed({ pk, sk: prefix || before }, () =>
        all(
          {
            TableName: tableName,
            KeyConditionExpression: `pk = :pk${prefix && ' AND begins_with(sk, :sk)'}${before && ' AND sk < :sk'}`,
            ExpressionAttributeValues: {
              ':pk': pk,
              ...((prefix || before) && { ':sk': prefix || before }),
            },
            ScanIndexForward: !newestFirst,
            ConsistentRead: true,
            Limit: limit,
          },
          limit,
        ),
      ),
    due: (list, until, limit) =>
      typed({ pk: list, sk: until }, async () => {
        const from = [
          ...shardsOf(list).map((shard) => [INDEXES.sweep, shard] as const),
          ...(list === 'attention' ? [[INDEXES.attention, 'yes'] as const] : []),
        ];
        const entries = await Promise.all(
          from.map(([index, partition]) => entriesOf(index, partition, { until, limit })),
        );
        return merged(entries.flat()).slice(0, limit);
      }),
    unswept: () =>
      typed({ pk: INDEXES.attention.name, sk: '' }, async () =>
        merged(
          await entriesOf(INDEXES.attention, 'yes', {
            until: LAST,
            filter: `attribute_not_exists(${INDEXES.sweep.sortKey})`,
          }),
        ),
      ),
  };
}

/** Sorts after every time. */
const LAST = '~';

/** Each key once, oldest first. */
function merged(entries: readonly (Key & { at: string })[]): Key[] {
  const byTime = entries.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const keys = byTime.map(({ pk, sk }) => [`${pk}\n${sk}`, { pk, sk }] as const);
  return [...new Map(keys.toReversed()).values()].toReversed();
}

function expressionOf(condition: Condition) {
  if (condition === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)' };
  return 'version' in condition
    ? {
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': condition.version },
      }
    : {
        ConditionExpression: 'attribute_not_exists(pk) OR basis <= :basis',
        ExpressionAttributeValues: { ':basis': condition.notOlder },
      };
}

/**
 * The item as JSON. Replaces lone surrogates: DynamoDB strings must be valid UTF-8.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export const jsonOf = (item: Item): string =>
  JSON.stringify(item, (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );

const typed = <T>({ pk, sk }: Key, work: () => Promise<T>): Promise<T> =>
  aws(`DynamoDB at ${pk} ${sk}`, { pk, sk }, work);
