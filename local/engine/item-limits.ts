// What DynamoDB refuses: a large or deep item, and a key that is no short text.
import { InvalidInput } from '../../functions/domain/errors.ts';
import type { Item } from '../../functions/store/table.ts';
import { INDEXES } from '../../functions/store/table-definition.ts';

const MAX_ITEM_BYTES = 400 * 1024;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_KEY_BYTES = { pk: 2048, sk: 1024 };
const MAX_DEPTH = 32;
/** An item without one of them is not in the index. */
const INDEX_KEYS = Object.values(INDEXES).flatMap((index) => [index.partitionKey, index.sortKey]);

/** Throws InvalidInput, as DynamoDB does, for an item that it would refuse. */
export function checkItem(item: Item): void {
  const { pk, sk } = item;
  const refuse = (why: string) => {
    throw new InvalidInput(`${pk} ${sk}: ${why}`, { pk, sk });
  };
  for (const [name, most] of Object.entries(MAX_KEY_BYTES))
    if (!isText(item[name]) || Buffer.byteLength(item[name]) > most)
      refuse(`the key ${name} must be text of 1 to ${most} bytes`);
  for (const name of INDEX_KEYS)
    if (item[name] !== undefined && !isText(item[name]))
      refuse(`the index key ${name} must be text, and not empty`);
  if (depthOf(item) > MAX_DEPTH) refuse(`more than ${MAX_DEPTH} levels`);
  const bytes = itemBytes(item);
  if (bytes > MAX_ITEM_BYTES)
    throw new InvalidInput(`${pk} ${sk} has ${bytes} bytes; an item holds 400 KB`, { pk, sk });
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Levels of lists and maps. */
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Object.values(value).reduce<number>((most, one) => Math.max(most, depthOf(one)), 0)
    : 0;

/**
 * Bytes of an item of JSON values, rounded up for numbers.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
function itemBytes(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(`${value}`.length / 2) + 1;
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + 1 + valueBytes(one), 3);
  if (typeof value === 'object' && value !== null)
    return 3 + Object.keys(value).length + itemBytes({ ...value });
  return 1;
}
