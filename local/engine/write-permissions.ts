// A table with the write permissions of one function.
import { Denied } from '../../functions/domain/errors.ts';
import type { Log } from '../../functions/platform/log.ts';
import { LEADING_KEYS, type Writable } from '../../functions/store/layout.ts';
import type { Key, Table } from '../../functions/store/table.ts';

/**
 * The table, limited as infra limits the function's role: it reads, and puts items of these kinds. Rejects every other
 * write as DynamoDB does, and logs it.
 */
export function withWritePermissions(
  { pacing, get, query, due, unswept, put }: Table,
  name: string,
  writes: readonly Writable[],
  log: Log,
): Table {
  const deny = ({ pk, sk }: Key, action: string): never => {
    log('error', WRITE_DENIED, { function: name, action, pk });
    throw new Denied(`${name} is not authorized to perform: dynamodb:${action} on ${pk}`, {
      pk,
      sk,
    });
  };
  return {
    ...{ pacing, get, query, due, unswept },
    put: async (item, condition) =>
      mayPut(writes, item.pk) ? put(item, condition) : deny(item, 'PutItem'),
    remove: async (key) => deny(key, 'DeleteItem'),
  };
}

/** Logged for a write outside a function's permissions. It never happens unless the function or its row is wrong. */
export const WRITE_DENIED = 'write denied';

/** Matches the partition key as `dynamodb:LeadingKeys` with StringLike does. */
const mayPut = (writes: readonly Writable[], pk: string): boolean =>
  writes
    .map((kind) => LEADING_KEYS[kind])
    .some((pattern) =>
      pattern.endsWith('*') ? pk.startsWith(pattern.slice(0, -1)) : pk === pattern,
    );
