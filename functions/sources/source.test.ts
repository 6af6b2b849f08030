// The envelope chooses the source; a shape never does where there is an envelope.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import inspector from './inspector/samples/package-vulnerability.json' with { type: 'json' };
import { SOURCES } from './registry.ts';
import { isFrom } from './source.ts';
import { unwrap } from './unwrap.ts';

/** What a GuardDuty finding looks like, in an event of another product. */
const lookAlike = {
  'detail-type': 'Wiz Issue',
  source: 'aws.partner/wiz.io/issues',
  account: '111122223333',
  region: 'eu-central-1',
  detail: { type: 'Toxic combination', severity: 9.5, resource: {}, service: {} },
};
const partner = {
  eventBus: 'aws.partner/wiz.io/issues',
  source: 'aws.partner/wiz.io/issues',
  format: 'guardduty',
} as const;

describe('an event that no source reads', () => {
  test('is refused by its source and detail type, although its detail looks like a finding', () => {
    expect(() => unwrap(JSON.stringify(lookAlike))).toThrow(
      /no source reads "Wiz Issue" from "aws.partner\/wiz.io\/issues"; expected "Countermand Alert"/,
    );
  });

  test('is refused although it has the detail type of a known product from another sender', () => {
    const posing = { ...lookAlike, 'detail-type': 'GuardDuty Finding' };
    expect(() => unwrap(JSON.stringify(posing))).toThrow('no source reads "GuardDuty Finding"');
  });

  test('is read in the form that policy names for its partner', () => {
    const [finding] = unwrap(JSON.stringify(lookAlike), [partner]);
    expect(finding).toMatchObject({ product: 'guardduty', body: lookAlike.detail });
  });

  test('costs its neighbours nothing, whatever it says of itself', () => {
    const known = SOURCES.flatMap(({ events }) => events.detailTypes);
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string().filter((type) => !known.includes(type)),
        (source, type) => {
          const odd = { ...lookAlike, source, 'detail-type': type };
          const [first, second] = unwrap(JSON.stringify([odd, inspector]));
          expect(first).toHaveProperty('error');
          expect(second).toMatchObject({ product: 'inspector' });
        },
      ),
    );
  });
});

test('no event belongs to two sources', () => {
  const senders = SOURCES.flatMap(({ events }) => events.source ?? ['example.monitoring']);
  for (const source of senders)
    for (const type of SOURCES.flatMap(({ events }) => events.detailTypes))
      expect(
        SOURCES.filter((one) => isFrom(one, { source, type })).length,
        `${source} ${type}`,
      ).toBeLessThanOrEqual(1);
});

test.each(SOURCES.map(({ id, events }) => ({ id, events })))(
  '$id names detail types, so that its rule lets in nothing else',
  ({ events }) => {
    expect(events.detailTypes.length).toBeGreaterThan(0);
    expect(JSON.stringify(events)).not.toMatch(/state|status|severity/i);
  },
);
