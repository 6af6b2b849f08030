// The columns of the timeline: every moment has its place.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrange, columnOf, labelOf, MAX_COLUMNS } from '../../../functions/web/console/columns.ts';
import { type Effect, LANES, type Moment } from '../../../functions/web/console/moments.ts';

const NOW = new Date('2026-11-24T03:00:00.000Z');
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString();
const moment = (seconds: number, lane: Moment['lane'] = 'people'): Moment => ({
  ...{ at: at(seconds), lane, mark: 'person', short: 'Asked', under: '', says: '' },
});
const effect = (from: number, until: number | null): Effect => ({
  ...{ actionId: 'a', from: at(from), until: until === null ? null : at(until) },
  ...{ state: 'in-force', label: '', reminderAt: null },
});

const anySecond = fc.oneof(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -4e6, max: 4e6 }));

test('places any moments in at most twelve columns, each in one, and never mixes past and future', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anySecond, fc.constantFrom(...LANES)), { maxLength: 120 }),
      fc.array(fc.tuple(anySecond, fc.option(anySecond)), { maxLength: 10 }),
      (some, bars) => {
        const moments = some.map(([seconds, lane]) => moment(seconds, lane));
        const effects = bars.map(([from, until]) => effect(from, until));
        const { columns } = arrange({ moments, effects }, NOW);
        expect(columns.length).toBeLessThanOrEqual(MAX_COLUMNS);
        const placed = columns.flatMap(({ lanes }) =>
          LANES.flatMap((lane) => lanes[lane]?.moments ?? []),
        );
        expect(placed).toHaveLength(moments.length);
        for (const { from, to, isFuture } of columns)
          expect([from > NOW.getTime(), to > NOW.getTime()]).toEqual([isFuture, isFuture]);
        for (const one of effects) expect(columnOf({ columns }, one.from)).not.toBeNull();
      },
    ),
  );
});

describe('gaps and order', () => {
  test('keeps moments of different minutes apart while there is room', () => {
    const { columns } = arrange(
      { moments: [moment(-600), moment(-60), moment(300), moment(600)], effects: [] },
      NOW,
    );
    expect(columns.map(({ gap }) => gap)).toEqual(['', '9 min', '', '5 min']);
    expect(columns.map(({ isFuture }) => isFuture)).toEqual([false, false, true, true]);
  });

  test('merges moments of one minute when more than twelve columns would be needed', () => {
    const moments = Array.from({ length: 20 }, (_, i) => moment(-1200 + i * 20));
    const { columns } = arrange({ moments, effects: [] }, NOW);
    expect(columns.length).toBeLessThanOrEqual(MAX_COLUMNS);
    expect(columns[0]?.lanes.people?.moments.length).toBe(4);
  });

  test.each(['Reminder', 'Undo', 'Alert'])('writes merged moments in the plural: %s', (short) => {
    const one = { ...moment(60), short };
    expect(labelOf({ moments: [one, one] }).short).toBe(`2 ${short.toLowerCase()}s`);
  });
});
