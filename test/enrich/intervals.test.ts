// Ranges as intervals: what goes in as CIDR comes out as the same addresses.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cidrsOf,
  type Interval,
  intervalOfCidr,
  merged,
  overlapsAny,
  subtract,
} from '../../functions/enrich/intervals.ts';

/** Small numbers, so that random intervals meet. */
const small = fc
  .tuple(fc.nat(60), fc.nat(12))
  .map(([a, n]): Interval => [BigInt(a), BigInt(a + n)]);
const some = fc.array(small, { maxLength: 8 });
const holds = (intervals: readonly Interval[], n: bigint) =>
  intervals.some(([first, last]) => first <= n && n <= last);
const numbers = Array.from({ length: 80 }, (_, i) => BigInt(i));

test('merging keeps every number and leaves no two that meet', () => {
  fc.assert(
    fc.property(some, (intervals) => {
      const result = merged(intervals);
      for (const n of numbers) expect(holds(result, n)).toBe(holds(intervals, n));
      result.slice(1).forEach(([first], i) => {
        expect(first > (result[i]?.[1] ?? 0n) + 1n).toBe(true);
      });
    }),
  );
});

test('taking away leaves exactly what was in the one and not in the other', () => {
  fc.assert(
    fc.property(some, some, (from, taken) => {
      const left = subtract(from, taken);
      for (const n of numbers) expect(holds(left, n)).toBe(holds(from, n) && !holds(taken, n));
    }),
  );
});

test('touching is sharing a number', () => {
  fc.assert(
    fc.property(some, small, (intervals, [first, last]) => {
      const shared = numbers.some((n) => first <= n && n <= last && holds(intervals, n));
      expect(overlapsAny(merged(intervals), [first, last])).toBe(shared);
    }),
  );
});

test('an interval is written in ranges that together are the interval', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
      const [[first], [last]] = [intervalOfCidr(a), intervalOfCidr(b)].toSorted(([x], [y]) =>
        x < y ? -1 : 1,
      ) as [Interval, Interval];
      expect(merged(cidrsOf([first, last]).map(intervalOfCidr))).toEqual([[first, last]]);
    }),
  );
  expect(cidrsOf(intervalOfCidr('2600:1f00::/24'))).toEqual(['2600:1f00::/24']);
});

test('text that is no range is an error, not an empty interval', () => {
  expect(() => intervalOfCidr('10.0.0.0/33')).toThrow(RangeError);
});
