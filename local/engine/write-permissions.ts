// A database client with the write permissions of one function.
import { type DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { Log } from '../../functions/platform/log.ts';
import { LEADING_KEYS, type Writable } from '../../functions/store/layout.ts';

type Value = string | { S?: string };

/**
 * The client, limited as infra limits the function's role: it reads, and puts items of these kinds. Rejects every other
 * write as DynamoDB does, and logs it.
 */
export function withWritePermissions(
  client: DynamoDBClient,
  name: string,
  writes: readonly Writable[],
  log: Log,
): DynamoDBClient {
  const middlewareStack = client.middlewareStack.clone();
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const { Item: { pk = '' } = {} } = args.input as { Item?: { pk?: Value } };
        const isAllowed =
          READS.includes(commandName) ||
          (commandName === 'PutItemCommand' && mayPut(writes, textOf(pk)));
        if (isAllowed) return next(args);
        log('error', WRITE_DENIED, { function: name, commandName, pk: textOf(pk) });
        throw accessDenied(name, commandName, textOf(pk));
      },
    { step: 'initialize', name: 'writePermissions' },
  );
  return Object.create(client, { middlewareStack: { value: middlewareStack } });
}

/** Logged for a write outside a function's permissions. It never happens unless the function or its row is wrong. */
export const WRITE_DENIED = 'write denied';

const READS = ['GetItemCommand', 'QueryCommand'];
const textOf = (value: Value): string => (typeof value === 'string' ? value : (value.S ?? ''));

/** Matches the partition key as `dynamodb:LeadingKeys` with StringLike does. */
const mayPut = (writes: readonly Writable[], pk: string): boolean =>
  writes
    .map((kind) => LEADING_KEYS[kind])
    .some((pattern) =>
      pattern.endsWith('*') ? pk.startsWith(pattern.slice(0, -1)) : pk === pattern,
    );

const accessDenied = (name: string, commandName: string, pk: string) =>
  new DynamoDBServiceException({
    name: 'AccessDeniedException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
    message: `${name} is not authorized to perform: dynamodb:${commandName.replace(/Command$/, '')} on ${pk}`,
  });
