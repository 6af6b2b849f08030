// Address ranges as intervals, and back as CIDR ranges.
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

/** Small numbers, so that random intervals overlap. */
const small = fc
  .tuple(fc.nat(60), fc.nat(12))
  .map(([a, n]): Interval => [BigInt(a), BigInt(a + n)]);
const some = fc.array(small, { maxLength: 8 });
const holds = (intervals: readonly Interval[], n: bigint) =>
  intervals.some(([first, last]) => first <= n && n <= last);
const numbers = Array.from({ length: 80 }, (_, i) => BigInt(i));

test('merges intervals without losing a number or leaving two that touch', () => {
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

test('removes exactly the numbers of the second set from the first', () => {
  fc.assert(
    fc.property(some, some, (from, taken) => {
      const left = subtract(from, taken);
      for (const n of numbers) expect(holds(left, n)).toBe(holds(from, n) && !holds(taken, n));
    }),
  );
});

test('reports an overlap exactly when a number is shared', () => {
  fc.assert(
    fc.property(some, small, (intervals, [first, last]) => {
      const shared = numbers.some((n) => first <= n && n <= last && holds(intervals, n));
      expect(overlapsAny(merged(intervals), [first, last])).toBe(shared);
    }),
  );
});

test('writes an interval as ranges that together cover exactly the interval', () => {
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

test('throws RangeError for text that is not a range', () => {
  expect(() => intervalOfCidr('10.0.0.0/33')).toThrow(RangeError);
});
