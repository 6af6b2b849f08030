// The comparison of the lists in AWS with the actions in force.
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/mechanisms/world.ts';
import { compare, type Held } from '../../functions/world/compare.ts';

const entry = (id: string, change: Partial<Entry> = {}): Entry => ({
  id,
  text: `entry ${id}`,
  ...change,
});
const held = (actionId: string, ids: string[], change: Partial<Held> = {}): Held => ({
  incidentId: 'inc-0123456789abcdef',
  actionId,
  scope: 'waf',
  headline: `Block ${ids.join()}`,
  entries: ids.map((id) => entry(id)),
  dueAt: null,
  shownAt: '2026-11-24T03:00:00.000Z',
  mustBeThere: true,
  isDrifted: false,
  ...change,
});
const lists = (...ids: string[]) => new Map([['waf', ids.map((id) => entry(id))]]);
const keys = (...given: Parameters<typeof compare>) => compare(...given).map(({ key }) => key);

test('finds nothing when each entry belongs to an action in force', () => {
  const actions = [held('a', ['1', '2']), held('b', ['2'])];
  expect(compare(lists('1', '2'), actions, actions)).toEqual([]);
});

test('finds an entry that no action explains', () => {
  const actions = [held('a', ['1'])];
  expect(compare(lists('1', '2'), actions, actions)).toMatchObject([
    { kind: 'unexplained', key: 'unexplained:2', scope: 'waf', text: 'entry 2', actions: [] },
  ]);
});

test('finds a wide entry even if an action explains it, and reports it once', () => {
  const wide = new Map([['waf', [entry('1', { isWide: true }), entry('1', { isWide: true })]]]);
  const actions = [held('a', ['1'])];
  expect(keys(wide, actions, actions)).toEqual(['wide:1']);
});

test('finds a missing entry once, with every action that needs it', () => {
  const actions = [held('a', ['1']), held('b', ['1']), held('c', ['2'])];
  const [gone, ...others] = compare(lists('2'), actions, actions);
  expect(others).toEqual([]);
  expect(gone).toMatchObject({ kind: 'missing', key: 'missing:1' });
  expect(gone?.actions.map(({ actionId }) => actionId)).toEqual(['a', 'b']);
});

describe('an action that changes while the lists are read', () => {
  test.each([
    ['came into force', [], [held('a', ['1'])]],
    ['was undone', [held('a', ['1'])], []],
    ['is being applied or undone', [], [held('a', ['1'], { mustBeThere: false })]],
  ])('explains its entry when it %s', (_, before, after) => {
    expect(compare(lists('1'), before, after)).toEqual([]);
  });

  test.each([
    ['came into force', [], [held('a', ['1'])]],
    ['was undone', [held('a', ['1'])], []],
    ['began its undo', [held('a', ['1'])], [held('a', ['1'], { mustBeThere: false })]],
  ])('misses no entry when it %s', (_, before, after) => {
    expect(compare(lists(), before, after)).toEqual([]);
  });
});

test('reports for an unreadable list only what the hourly check found missing', () => {
  const actions = [held('a', ['1']), held('b', ['2'], { isDrifted: true })];
  expect(keys(new Map(), actions, actions)).toEqual(['missing:2']);
  expect(keys(lists('1', '2'), actions, actions), 'there again').toEqual([]);
});
