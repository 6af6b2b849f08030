// Each kind of record has its own partition keys, which follow from IDs alone.
import { expect, test } from 'vitest';
import {
  INCIDENT_KINDS,
  incidentIdFor,
  incidentKey,
  LEADING_KEYS,
  layoutOf,
  locate,
  seriesPartition,
  singleKey,
} from '../../functions/store/layout.ts';

const OLD = 'inc-0123456789abcdef';
const NEW = 'inc-20123456789abcdef';

test('derives the layout from the incident ID alone', () => {
  expect([layoutOf(OLD), layoutOf(NEW)]).toEqual([1, 2]);
  // An ID of layout 1 may begin with a 2, too.
  expect(layoutOf('inc-2123456789abcdef')).toBe(1);
  expect(layoutOf(`${NEW}0`)).toBe(1);
  const alertId = 'al-0123456789abcdef';
  expect([incidentIdFor(alertId, 1), incidentIdFor(alertId, 2)]).toEqual([OLD, NEW]);
});

test('keeps the keys of layout 1, and gives each kind of layout 2 its own partition', () => {
  expect(incidentKey('incident', OLD)).toEqual({ pk: `INCIDENT#${OLD}`, sk: 'INCIDENT' });
  expect(incidentKey('action', OLD, 'act-1')).toEqual({
    pk: `INCIDENT#${OLD}`,
    sk: 'ACTION#act-1',
  });
  expect(incidentKey('incident', NEW)).toEqual({ pk: `2/INCIDENT#${NEW}`, sk: 'INCIDENT' });
  expect(incidentKey('action', NEW, 'act-1')).toEqual({ pk: `2/ACTION#${NEW}`, sk: 'act-1' });
});

/** `dynamodb:LeadingKeys` with StringLike: `*` matches any text. */
const matches = (pattern: string, key: string) =>
  pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;

test('no partition key matches the patterns of two kinds', () => {
  const keys = Object.values(LEADING_KEYS).map((pattern) => pattern.replace('*', 'x'));
  expect(keys.length).toBeGreaterThan(15);
  for (const key of keys)
    expect(Object.values(LEADING_KEYS).filter((pattern) => matches(pattern, key))).toHaveLength(1);
});

test.each([OLD, NEW])('finds the kind and the IDs in the keys of %s', (incidentId) => {
  for (const kind of Object.keys(INCIDENT_KINDS) as (keyof typeof INCIDENT_KINDS)[]) {
    const id = kind === 'incident' ? undefined : 'a#b';
    expect(locate(incidentKey(kind, incidentId, id))).toEqual({
      ...{ kind, incidentId, id: id ?? incidentId },
    });
  }
});

test('finds the kind of every other record', () => {
  const located = (pk: string, sk: string) => locate({ pk, sk });
  expect(locate(singleKey('lease', 'ticket:a#b'))).toMatchObject({
    kind: 'lease',
    id: 'ticket:a#b',
  });
  expect(located(seriesPartition('entityEvent', 'ip#0f'), 'x')?.kind).toBe('entityEvent');
  expect(located('LIST', 'x')?.kind).toBe('listing');
  expect(located('DRILL-UNFINISHED', 'x')?.kind).toBe('unfinishedDrill');
});

test.each([
  ['a new incident in the partition of layout 1', `INCIDENT#${NEW}`, 'INCIDENT'],
  ['an old incident in a partition of layout 2', `2/ACTION#${OLD}`, 'act-1'],
  ['an action in the partition of posts', `2/POST#${OLD}`, 'ACTION#act-1'],
  ['an action in the partition of a lease', 'LEASE#x', 'ACTION#act-1'],
  ['an incident under another sort key', `2/INCIDENT#${NEW}`, 'act-1'],
  ['a second item of a lease', 'LEASE#x', 'LEASE2'],
  ['an unknown kind', '2/OTHER#x', 'OTHER'],
])('finds no kind for %s', (_, pk, sk) => {
  expect(locate({ pk, sk })).toBeNull();
});
