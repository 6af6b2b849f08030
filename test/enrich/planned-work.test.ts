// Planned work: windows in a time zone, and work without a clock.
import { describe, expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import { plannedWorkFor } from '../../functions/enrich/planned-work.ts';
import { CalendarFile, type PlannedWork } from '../../functions/policy/schemas/calendar.ts';
import { alertWith, attacker } from '../fixtures/case.ts';

const entity = (kind: Entity['kind'], value: string, part: Entity['part'] = 'target'): Entity => ({
  ...attacker,
  kind,
  value,
  part,
});
const planned = (change: object): PlannedWork[] =>
  CalendarFile.parse({
    changeCalendars: [],
    plannedWork: [{ id: 'export', why: 'because', ...change }],
  }).plannedWork;

const job = entity('iam-user', 'nightly-export-2');
const NOWHERE = '2026-01-01T12:00:00.000Z';

/** The planned work for the job at that time. */
const at = (instant: string, change: object, lastSeenAt: string | null = null) =>
  plannedWorkFor(
    job,
    alertWith({ entities: [job], lastSeenAt }),
    planned({ values: ['*export*'], ...change }),
    new Date(instant),
  );

const DAILY = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };
const night = (timeZone: string) => ({ ...DAILY, timeZone, from: '03:00', to: '04:00' });

describe('a window in a time zone', () => {
  // Clocks in Berlin go forward on 29 March 2026 and back on 25 October 2026, each time at 01:00 UTC.
  test.each([
    ['in winter', 'Europe/Berlin', '2026-01-15T02:20:00Z', 'export'],
    ['in summer', 'Europe/Berlin', '2026-07-15T01:20:00Z', 'export'],
    ['one hour late in summer', 'Europe/Berlin', '2026-07-15T02:20:00Z', null],
    ['at its end, which it excludes', 'Europe/Berlin', '2026-07-15T02:00:00Z', null],
    ['in UTC without a zone', undefined, '2026-07-15T03:20:00Z', 'export'],
    ['in a zone with half an hour', 'Asia/Kolkata', '2026-07-14T21:50:00Z', 'export'],
    ['in the southern summer', 'Australia/Sydney', '2026-01-14T16:20:00Z', 'export'],
  ])('contains 03:20 local time %s', (_, timeZone, instant, id) => {
    expect(at(instant, { ...night('UTC'), timeZone })).toBe(id);
  });

  const second = { ...DAILY, timeZone: 'Europe/Berlin', from: '02:00', to: '03:00' };
  test.each([
    ['the skipped hour, when a job starts late', '2026-03-29T01:30:00Z', 'export'],
    ['before the skipped hour', '2026-03-29T00:30:00Z', null],
    ['an hour after the late job', '2026-03-29T02:30:00Z', null],
    ['the next day, at the same local time', '2026-03-30T00:30:00Z', 'export'],
    ['the next day, by the earlier offset', '2026-03-30T01:30:00Z', null],
    ['the first of the two hours', '2026-10-25T00:30:00Z', 'export'],
    ['the second of the two hours', '2026-10-25T01:30:00Z', 'export'],
    ['after both hours', '2026-10-25T02:30:00Z', null],
  ])('at a clock change, on %s', (_, instant, id) => {
    expect(at(instant, second)).toBe(id);
  });

  test('begins on the day in its own zone and ends after midnight', () => {
    const late = { days: ['tue'], timeZone: 'America/New_York', from: '23:00', to: '01:00' };
    // 2026-11-24 is a Tuesday. New York is five hours behind UTC.
    expect(at('2026-11-25T04:30:00Z', late)).toBe('export');
    expect(at('2026-11-25T05:30:00Z', late)).toBe('export');
    expect(at('2026-11-24T05:30:00Z', late)).toBeNull();
    expect(at('2026-11-25T06:00:00Z', late)).toBeNull();
  });

  test('covers an alert that arrives later than the activity in the window', () => {
    const window = night('Europe/Berlin');
    expect(at(NOWHERE, window, '2026-07-15T01:20:00.000Z')).toBe('export');
    expect(at(NOWHERE, window, '2026-07-15T02:20:00.000Z')).toBeNull();
  });

  test('keeps the meaning of a policy of an earlier version, which is in UTC', () => {
    const old = { ...DAILY, fromUtc: '02:00', toUtc: '04:00' };
    expect(at('2026-07-15T03:59:00Z', old)).toBe('export');
    expect(at('2026-07-15T04:00:00Z', old)).toBeNull();
  });
});

describe('work without a clock', () => {
  const scanner = entity('ip', '198.51.100.70', 'actor');
  const shop = entity('instance', 'shop-web-1');
  const find = (change: object, ...entities: Entity[]) =>
    entities.map((one) =>
      plannedWorkFor(one, alertWith({ entities }), planned(change), new Date(NOWHERE)),
    );
  const pentest = { sources: ['198.51.100.64/28'], targets: ['shop-*'] };

  test('covers the source and the target that it names', () => {
    expect(find(pentest, scanner, shop, job)).toEqual(['export', 'export', null]);
  });

  test.each([
    ['another source', entity('ip', '198.51.100.90', 'actor'), shop],
    ['another target', scanner, entity('instance', 'bank-1')],
    ['the source as a target', entity('ip', '198.51.100.70'), shop],
    ['the target as an actor', scanner, entity('instance', 'shop-web-1', 'actor')],
  ])('does not cover an alert with %s', (_, ...entities) => {
    expect(find(pentest, ...entities)).toEqual([null, null]);
  });

  test('covers an identity only from its source', () => {
    const work = { identities: ['nightly-*'], sources: ['198.51.100.70'] };
    expect(find(work, job, scanner)).toEqual(['export', 'export']);
    expect(find(work, job, entity('ip', '203.0.113.9', 'actor'))).toEqual([null, null]);
    expect(find(work, entity('instance', 'nightly-1'), scanner)).toEqual([null, null]);
  });

  test('covers no one if an address beside its source acts', () => {
    const work = { identities: ['nightly-*'], sources: ['198.51.100.64/28'] };
    const thief = entity('ip', '203.0.113.9', 'actor');
    const colleague = entity('ip', '198.51.100.71', 'actor');
    expect(find(work, job, scanner, thief)).toEqual([null, null, null]);
    expect(find(work, job, scanner, colleague)).toEqual(['export', 'export', 'export']);
  });
});

describe('a policy file', () => {
  const daily = { ...DAILY, values: ['*'] };
  test.each([
    ['an offset instead of a zone', { ...daily, ...night('+01:00') }],
    ['an unknown zone', { ...daily, ...night('Europe/Atlantis') }],
    ['a clock without an end', { ...daily, from: '03:00' }],
    ['a zone for times in UTC', { ...daily, timeZone: 'UTC', fromUtc: '02:00', toUtc: '04:00' }],
    ['a zone without a clock', { timeZone: 'UTC', sources: ['*'], targets: ['*'] }],
    ['one list without a clock', { identities: ['nightly-export'] }],
    ['nothing that the work is about', night('UTC')],
  ])('is refused with %s', (_, change) => {
    expect(() => planned(change)).toThrow();
  });
});
