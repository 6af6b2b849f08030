// When a weekly window next begins, in its own time zone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIn, nextIn, type WeeklyWindow } from '../../functions/domain/weekly-window.ts';

const office = (timeZone: string, change: Partial<WeeklyWindow> = {}): WeeklyWindow => ({
  timeZone,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '18:00',
  ...change,
});

describe('the next working hours', () => {
  test.each([
    ['at night', 'UTC', '2026-11-24T03:00:00Z', '2026-11-24T08:00:00Z'],
    ['during the hours', 'UTC', '2026-11-24T09:30:00Z', '2026-11-24T09:30:00Z'],
    ['on Friday evening', 'UTC', '2026-11-27T18:00:00Z', '2026-11-30T08:00:00Z'],
    ['on Saturday, east of UTC', 'Asia/Tokyo', '2026-11-28T12:00:00Z', '2026-11-29T23:00:00Z'],
    ['at night, west of UTC', 'America/New_York', '2026-11-24T03:00:00Z', '2026-11-24T13:00:00Z'],
    ['before clocks go back', 'Europe/Lisbon', '2026-10-24T20:00:00Z', '2026-10-26T08:00:00Z'],
    ['before clocks go forward', 'Europe/Berlin', '2026-03-28T20:00:00Z', '2026-03-30T06:00:00Z'],
  ])('begin %s in %s at the local hour', (_when, timeZone, at, expected) => {
    expect(nextIn(office(timeZone), new Date(at))).toEqual(new Date(expected));
  });

  test('begin by the earlier offset if clocks skip their first minute', () => {
    const window = office('America/Santiago', { days: ['sun'], from: '00:00', to: '00:30' });
    const begin = new Date('2026-09-06T04:00:00Z');
    expect(nextIn(window, new Date('2026-09-05T04:30:00Z'))).toEqual(begin);
  });

  test('are within the window and at most a week away, for any time and zone', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/Santiago', 'Asia/Kathmandu'),
        fc.subarray(['sun', 'mon', 'wed', 'sat'] as const, { minLength: 1 }),
        fc.constantFrom(['08:00', '18:00'], ['22:00', '06:00'], ['00:00', '00:30']),
        (at, timeZone, days, [from = '', to = '']) => {
          const window = { timeZone, days, from, to };
          const next = nextIn(window, at);
          expect(isIn(window, next)).toBe(true);
          expect(next.getTime() - at.getTime()).toBeGreaterThanOrEqual(0);
          expect(next.getTime() - at.getTime()).toBeLessThanOrEqual((7 * 24 + 1) * 3_600_000);
        },
      ),
      { numRuns: 300 },
    );
  });
});
