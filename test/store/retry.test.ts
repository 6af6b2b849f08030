// Backoff of writers that lose a race.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Conflict, Unavailable } from '../../functions/domain/errors.ts';
import { retryOnConflict } from '../../functions/store/retry.ts';
import { ABSENT, atVersion } from '../../functions/store/table.ts';
import { memoryTable } from './memory-table.ts';
import { BRIEF_PACING, instantPacing } from './pacing.ts';

const key = { pk: 'A', sk: 'A' };
const lost = () => new Conflict('another writer was faster', key);
const failing = (error: () => Error, times = Infinity) => {
  let calls = 0;
  return async () => {
    if (calls++ < times) throw error();
    return calls;
  };
};

describe('retryOnConflict', () => {
  test('returns the result of the first attempt that wins, after a wait for each lost one', async () => {
    const pacing = instantPacing(() => 0.5);
    expect(await retryOnConflict({ pacing }, failing(lost, 3))).toBe(4);
    expect(pacing.waits).toEqual([10, 20, 40]);
  });

  test('waits a random part of an interval that doubles up to a second', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (parts) => {
          const drawn: number[] = [];
          const pacing = instantPacing(() => {
            const part = parts.next().value;
            drawn.push(part);
            return part;
          });
          await retryOnConflict({ pacing }, failing(lost, 12));
          expect(pacing.waits).toEqual(
            drawn.map((part, attempt) => part * Math.min(1000, 20 * 2 ** attempt)),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  test('throws the last Conflict when its next wait would end after 8 seconds', async () => {
    const pacing = instantPacing(() => 0.999);
    await expect(retryOnConflict({ pacing }, failing(lost))).rejects.toThrow(Conflict);
    expect(pacing.now()).toBeLessThanOrEqual(8000);
    expect(pacing.now()).toBeGreaterThan(7000);
  });

  test.each([
    ['another error', () => new Unavailable('down')],
    ['a Conflict that a store reports', () => new Conflict('the effect is being undone')],
  ])('throws %s at once', async (_, error) => {
    const pacing = instantPacing();
    await expect(retryOnConflict({ pacing }, failing(error))).rejects.toThrow(error().message);
    expect(pacing.waits).toEqual([]);
  });

  test('lets each of 200 concurrent writers of one item succeed', async () => {
    const table = memoryTable();
    const increment = async () => {
      const item = await table.get(key);
      const version = Number(item?.version ?? 0);
      await table.put(
        { ...key, version: version + 1 },
        version === 0 ? ABSENT : atVersion(version),
      );
    };
    await Promise.all(
      Array.from({ length: 200 }, () => retryOnConflict({ pacing: BRIEF_PACING }, increment)),
    );
    expect((await table.get(key))?.version).toBe(200);
  });
});
