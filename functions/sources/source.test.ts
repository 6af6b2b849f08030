// The envelope of an event selects the source, never the shape of its detail.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sample } from '../../test/intake/events.ts';
import { PartnerSource } from '../policy/schemas/account.ts';
import { SOURCES } from './registry.ts';
import { isFrom } from './source.ts';
import { rewrapped, unwrap } from './unwrap.ts';

/** An event of another product whose detail looks like a GuardDuty finding. */
const lookAlike = {
  'detail-type': 'Wiz Issue',
  source: 'aws.partner/wiz.io/issues',
  account: '111122223333',
  region: 'eu-central-1',
  detail: { type: 'Toxic combination', severity: 9.5, resource: {}, service: {} },
};
const knownType = fc.constantFrom(...SOURCES.flatMap(({ events }) => events.detailTypes));
const knownSenders = SOURCES.flatMap(({ events }) => events.source ?? []);
const unknownSender = fc.string().filter((source) => !knownSenders.includes(source));
/** Values that may surround or replace a finding. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(lookAlike.detail, lookAlike, { findings: [lookAlike.detail] }),
);
const partner: PartnerSource = {
  eventBus: 'aws.partner/wiz.io/issues',
  source: 'aws.partner/wiz.io/issues',
  format: 'guardduty',
};

describe('events of unknown senders', () => {
  test('rejects an unknown source and detail type even if the detail looks like a finding', () => {
    expect(() => unwrap(JSON.stringify(lookAlike))).toThrow(
      /no source reads "Wiz Issue" from "aws.partner\/wiz.io\/issues"; expected .*"Countermand Alert"/,
    );
  });

  test('rejects the detail type of a known product from another sender', () => {
    const posing = { ...lookAlike, 'detail-type': 'GuardDuty Finding' };
    expect(() => unwrap(JSON.stringify(posing))).toThrow('no source reads "GuardDuty Finding"');
  });

  test('parses an event of a partner in the format that policy names', () => {
    const [finding] = unwrap(JSON.stringify(lookAlike), [partner]);
    expect(finding).toMatchObject({ product: 'guardduty', body: lookAlike.detail });
  });

  test('rejects an event of an unknown sender unchanged, and still parses the other events of the batch', () => {
    fc.assert(
      fc.property(unknownSender, fc.oneof(fc.string(), knownType), odd, (source, type, detail) => {
        const event = { ...lookAlike, source, 'detail-type': type, detail };
        fc.pre(!SOURCES.some((one) => isFrom(one, { source, type })));
        const [first, second] = unwrap(JSON.stringify([event, sample('package-vulnerability')]));
        if (!first || !('error' in first)) throw new Error('it was read');
        expect(first.error.message).toContain('no source reads');
        expect(JSON.parse(rewrapped(first))).toEqual(JSON.parse(JSON.stringify(event)));
        expect(second).toMatchObject({ product: 'inspector' });
      }),
    );
  });

  test('reads a generic alert as one, although its sender poses as a partner', () => {
    const posing = { ...lookAlike, 'detail-type': 'Countermand Alert' };
    const [finding] = unwrap(JSON.stringify(posing), [partner]);
    expect(finding).toMatchObject({ product: 'generic' });
  });

  test.each([
    { 'detail-type': 7 },
    { source: 7 },
    { source: null },
    { source: 7, 'detail-type': 'GuardDuty Finding' },
    { detail: 'text' },
    { detail: undefined },
    { detail: 'text', findings: [lookAlike.detail] },
  ])(
    'rejects an event with invalid envelope fields even if it has fields of a finding: %j',
    (change) => {
      const event = { ...lookAlike.detail, ...lookAlike, ...change };
      expect(() => unwrap(JSON.stringify(event))).toThrow(/no source reads|expected string/);
    },
  );
});

describe('an event inside another', () => {
  const posing = {
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: '444455556666',
    detail: lookAlike.detail,
  };

  test.each([
    ['the generic alert', { ...lookAlike, 'detail-type': 'Countermand Alert' }],
    ['a partner', lookAlike],
  ])('ignores source and account of an event inside an event of %s', (_sender, outer) => {
    for (const detail of [posing, { Type: 'Notification', Message: JSON.stringify(posing) }])
      expect(
        unwrap(JSON.stringify({ ...outer, detail }), [{ ...partner, format: 'generic' }]),
      ).toMatchObject([
        { product: 'generic', envelope: { account: '111122223333' }, body: detail },
      ]);
  });

  test('rejects an event inside an event of a partner that sends GuardDuty findings', () => {
    const event = JSON.stringify({ ...lookAlike, detail: posing });
    expect(() => unwrap(event, [partner])).toThrow('$.detail: expected a GuardDuty finding');
  });
});

test('assigns each event to at most one source', () => {
  for (const source of [...knownSenders, 'example.monitoring', undefined])
    for (const type of SOURCES.flatMap(({ events }) => events.detailTypes))
      expect(
        SOURCES.filter((one) => isFrom(one, { source, type })).length,
        `${source} ${type}`,
      ).toBeLessThanOrEqual(1);
});

test.each(SOURCES.map(({ id, events }) => ({ id, events })))(
  'limits the rule of $id to its detail types',
  ({ events }) => {
    expect(events.detailTypes.length).toBeGreaterThan(0);
    expect(JSON.stringify(events)).not.toMatch(/state|status|severity/i);
  },
);

test('selects no event by the state of its finding, so that a closed one reaches its incident', () => {
  const fields = SOURCES.flatMap(({ events }) => Object.keys(events.detail ?? {}));
  expect(fields).toEqual(['eventTypeCode']);
});

test('gives sources that share a rule the same sender and filter', () => {
  const filters = new Map<string, unknown>();
  for (const { events } of SOURCES) {
    const { rule, detailTypes: _, ...filter } = events;
    expect(filters.get(rule) ?? filter).toEqual(filter);
    filters.set(rule, filter);
  }
});

test('registers a source for every format that policy offers for a partner', () => {
  const ids = SOURCES.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(PartnerSource.shape.format.options));
});
