// The size of an item as DynamoDB counts it.
import { InvalidInput } from '../../functions/domain/errors.ts';
import type { Item } from '../../functions/store/table.ts';

const MAX_ITEM_BYTES = 400 * 1024;

/** Throws InvalidInput, as DynamoDB does, for an item that is too large. */
export function checkSize(item: Item): void {
  const bytes = itemBytes(item);
  const { pk, sk } = item;
  if (bytes > MAX_ITEM_BYTES)
    throw new InvalidInput(`${pk} ${sk} has ${bytes} bytes; an item holds 400 KB`, { pk, sk });
}

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
