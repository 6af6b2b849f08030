// Entities of an alert: unique, bounded, and the same for the same event.
import { describe, expect, test } from 'vitest';
import { createCollector, numbered } from '../../functions/sources/entities.ts';
import { located } from '../../functions/sources/entity-place.ts';
import { HERE } from '../fixtures/case.ts';
import { alertOf, sample } from '../intake/events.ts';

describe('the entities of an alert', () => {
  const named = (...of: [value: string, part: 'actor' | 'target' | 'related'][]) => {
    const collector = createCollector();
    for (const [index, [value, part]] of of.entries())
      collector.add({ kind: 'ip', value, part, path: `$[${index}]` });
    return numbered(located(collector.found(), HERE));
  };

  test('lists each entity once, with every path and its most serious part', () => {
    const { entities } = named(['203.0.113.7', 'related'], ['::ffff:203.0.113.7', 'actor']);
    expect(entities).toEqual([
      {
        ref: 'ip-1',
        kind: 'ip',
        value: '203.0.113.7',
        part: 'actor',
        foundAt: ['$[0]', '$[1]'],
        attributes: {},
        place: HERE,
      },
    ]);
  });

  test('keeps the actors when the list is too long', () => {
    const many = Array.from({ length: 150 }, (_, i) => [`10.0.0.${i}`, 'related'] as const);
    const { entities, left } = named(...(many as never[]), ['203.0.113.7', 'actor']);
    expect(entities[0]).toMatchObject({ ref: 'ip-1', value: '203.0.113.7' });
    expect([entities.length, left]).toEqual([100, 51]);
  });

  test('keeps an alert small enough for one DynamoDB item', () => {
    const event = sample('attack-sequence');
    event.detail.service.detection.sequence.resources = Array.from({ length: 300 }, (_, i) => ({
      uid: `${i}${'長'.repeat(2000)}`,
      resourceType: 'OTHER',
    }));
    const alert = alertOf(event);
    expect(Buffer.byteLength(JSON.stringify(alert))).toBeLessThan(250_000);
    expect(alert.notes.join()).toContain('more entities are not listed');
    expect(alert.entities.map(({ ref }) => ref)).toContain('user-1');
  });
});
