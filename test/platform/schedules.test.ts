// The times of a reversal and its reminder.
import { expect, test } from 'vitest';
import {
  reminderTime,
  type Scheduled,
  scheduleEnd,
  unscheduleEnd,
} from '../../functions/platform/schedules.ts';
import { schedulesIn } from '../execute/toy.ts';

const dueAt = '2026-11-24T12:00:00.000Z';
const action = {
  evidence: 'the-evidence',
  incidentId: 'inc-0123456789abcdef',
  actionId: 'act-0123456789abcdef-1',
  scope: 'waf',
  dueAt,
  durationMinutes: 1440,
};
const limits = { reminderMinutesBefore: 120 };

test('reminds two hours before the end, or half-way when the duration is four hours or less', () => {
  const at = (durationMinutes: number) =>
    reminderTime(new Date(dueAt), durationMinutes, 120).toISOString();
  expect(at(24 * 60)).toBe('2026-11-24T10:00:00.000Z');
  expect(at(241)).toBe('2026-11-24T10:00:00.000Z');
  expect(at(240)).toBe('2026-11-24T10:00:00.000Z');
  expect(at(120)).toBe('2026-11-24T11:00:00.000Z');
});

test('schedules a reversal and a reminder, moves both to a new end, and removes both', async () => {
  const kept = new Map<string, Scheduled>();
  const schedules = schedulesIn(kept);
  const times = () => [...kept].map(([name, { at }]) => `${name} ${at.toISOString()}`);
  await scheduleEnd(schedules, action, limits);
  expect(times()).toEqual([
    'reverse-act-0123456789abcdef-1 2026-11-24T12:00:00.000Z',
    'remind-act-0123456789abcdef-1 2026-11-24T10:00:00.000Z',
  ]);
  await scheduleEnd(schedules, { ...action, dueAt: '2026-11-25T12:00:00.000Z' }, limits);
  expect(times()).toEqual([
    'reverse-act-0123456789abcdef-1 2026-11-25T12:00:00.000Z',
    'remind-act-0123456789abcdef-1 2026-11-25T10:00:00.000Z',
  ]);
  await unscheduleEnd(schedules, action.actionId);
  expect(kept.size).toBe(0);
});

test('schedules nothing for a kept action', async () => {
  const kept = new Map<string, Scheduled>();
  await scheduleEnd(schedulesIn(kept), { ...action, dueAt: null, durationMinutes: null }, limits);
  expect(kept.size).toBe(0);
});
