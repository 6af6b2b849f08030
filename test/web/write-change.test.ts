// A write is about the record that the person was shown.
import { expect, test } from 'vitest';
import { write } from '../../functions/web/write-change.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { put, waiting } from './approval-pages.ts';

test('refuses a record that was replaced after the page was read', async () => {
  const store = storeOn(memoryTable());
  const stored = await put(store, waiting());
  const { refusal, action } = await write(
    { store },
    { ...stored, digest: 'f'.repeat(64) },
    (current) => ({ next: { ...current, version: current.version + 1 } }),
  );
  expect([refusal?.because, action.version]).toEqual(['settled', stored.version]);
});
