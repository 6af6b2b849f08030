// Arbitrary input never crashes intake: it is accepted or rejected (P9).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reported } from '../../functions/domain/alert.ts';
import { InvalidInput } from '../../functions/domain/errors.ts';
import { correlationKeys } from '../../functions/intake/correlate.ts';
import { normalise } from '../../functions/sources/normalise.ts';
import { rewrapped, unwrap } from '../../functions/sources/unwrap.ts';
import { productSampleIds, sample, sampleIds } from './events.ts';

const Unidentified = Reported;
/** A DynamoDB item holds at most 400 KB. */
const MOST_BYTES = 300_000;

/** The number of accepted findings in a body. Throws on anything but a valid alert or a rejection. */
function acceptedIn(body: string): number {
  const rejected = (error: unknown) => {
    if (!(error instanceof InvalidInput)) throw error;
    expect(error.message).toMatch(/^\$.*expected|wrapped|scan result|at least|✖/s);
    return 0;
  };
  try {
    return unwrap(body).reduce((count, part) => {
      expect(() => JSON.parse(rewrapped(part))).not.toThrow();
      if ('error' in part) return count;
      try {
        const alert = Unidentified.parse(normalise(part));
        expect(new Set(alert.entities.map(({ ref }) => ref)).size).toBe(alert.entities.length);
        expect(alert.entities[0]).toMatchObject({ ref: 'alert-1', value: alert.findingId });
        expect(Buffer.byteLength(JSON.stringify(alert))).toBeLessThan(MOST_BYTES);
        expect(correlationKeys(alert).length).toBeLessThanOrEqual(10);
        return count + 1;
      } catch (error) {
        return count + rejected(error);
      }
    }, 0);
  } catch (error) {
    return rejected(error);
  }
}

test('accepts or rejects any text without a crash', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => acceptedIn(body) >= 0));
});

/** The paths of all values. */
const places = (value: unknown, here: string[] = []): string[][] => [
  here,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => places(inner, [...here, key]))
    : []),
];

const replace = (value: unknown, [key, ...rest]: string[], by: unknown): unknown => {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...Object(value) }) as Record<
    string,
    unknown
  >;
  copy[key] = replace(copy[key], rest, by);
  return copy;
};

/** Values with which JavaScript itself fails: a name that every object has, and an object that is no text. */
const HOSTILE = ['constructor', { toString: null, valueOf: null }];
const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, '', ' ', 0, -1, 1e300, true, [], {}, [null], '__proto__', 'a'.repeat(3000)),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 100 }),
);

test.each(sampleIds)('accepts or rejects %s with any one or two of its values replaced', (id) => {
  const event = sample(id);
  const all = places(event);
  expect(acceptedIn(JSON.stringify(event))).toBe(1);
  const change = fc.tuple(fc.constantFrom(...all), oddValue);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const odd = changes.reduce<unknown>((value, [path, by]) => replace(value, path, by), event);
      return acceptedIn(JSON.stringify(odd) ?? 'null') >= 0;
    }),
    { numRuns: 100 },
  );
});

/** Paths without which there is no finding: the envelope, the type and what identifies the product. */
const NEEDED =
  /^(source|detail-type|detail|detail,findings|detail,findings,0|detail,([Tt]ype|eventTypeCode)|.*,finding_info|.*,Types(,0)?)$/;

test.each(productSampleIds)('accepts %s with any one of its other values malformed', (id) => {
  const event = sample(id);
  const others = places(event).filter((path) => path.length > 0 && !NEEDED.test(path.join()));
  for (const path of others)
    for (const odd of [null, { odd: [] }, 'odd', -1, ...HOSTILE])
      expect(acceptedIn(JSON.stringify(replace(event, path, odd))), `${path.join('.')}`).toBe(1);
});

test('accepts a finding with a path that is too long for an alert', () => {
  const event = sample('leaked-access-key');
  const name = 'AWS::'.padEnd(3000, 'x');
  event.detail.service.action.awsApiCallAction.affectedResources = { [name]: 'it' };
  expect(acceptedIn(JSON.stringify(event))).toBe(1);
});

test('gives the same alert for an event whose keys are in another order', () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .map(([key, inner]) => [key, reversed(inner)])
              .reverse(),
          )
        : value;
  for (const id of sampleIds) {
    const read = (event: unknown) =>
      unwrap(JSON.stringify(event)).map((part) => {
        if ('error' in part) throw part.error;
        const { entities, ...alert } = normalise(part);
        return {
          ...alert,
          entities: entities.map(({ ref, kind, value, part: of }) => [ref, kind, value, of]),
        };
      });
    expect(read(reversed(sample(id)))).toEqual(read(sample(id)));
  }
});
