// Recorded bundle sizes, which may only fall.
import { expect, test } from 'vitest';
import { grown, measuredSizes, recordedSizes, updated } from '../../tools/bench/bundle-sizes.ts';

test('no bundle is larger than its record', async () => {
  const measured = await measuredSizes();
  expect(grown(measured, recordedSizes())).toEqual([]);
  expect(Object.keys(recordedSizes()).sort()).toEqual(Object.keys(measured).sort());
}, 300_000);

test('a bundle that grew by more than a kilobyte is named with both sizes', () => {
  expect(grown({ gate: 102_401, web: 2_048 }, { gate: 101_376, web: 1_024 })).toEqual([
    'gate: 102401 bytes, recorded 101376',
  ]);
});

test('a new bundle without a record is named', () => {
  expect(grown({ added: 10 }, {})).toEqual(['added: 10 bytes, not recorded']);
});

test('recording lowers sizes, and raises only those that are named', () => {
  const measured = { gate: 90, web: 300, added: 5 };
  const recorded = { gate: 100, web: 200, gone: 7 };
  expect(updated(measured, recorded)).toEqual({ gate: 90, web: 200, added: 5 });
  expect(updated(measured, recorded, ['web'])).toEqual({ gate: 90, web: 300, added: 5 });
});
