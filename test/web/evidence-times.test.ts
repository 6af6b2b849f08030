// When a finding was seen, as the page shows it.
import { expect, test } from 'vitest';
import { EVIDENCE } from '../../functions/web/texts/pages.ts';
import { NOW } from '../fixtures/case.ts';

test.each([
  ['2026-11-24T02:58:00.000Z', 'once, at 02:58 UTC'],
  ['2026-08-20T02:58:00.000Z', 'once, at 02:58 UTC on 20 Aug 2026'],
  ['2025-11-24T02:58:00.000Z', 'once, at 02:58 UTC on 24 Nov 2025'],
])('shows the year of %s unless it is today', (last, text) => {
  expect(EVIDENCE.times(1, last, NOW)).toBe(text);
});
