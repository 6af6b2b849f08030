// Parsing and normalising addresses and ranges.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalAddress } from '../../functions/platform/ip-address.ts';

describe('an address', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['2001:0DB8::0001', '2001:db8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7/128', '203.0.113.7'],
    ['::ffff:203.0.113.0/120', '203.0.113.0/24'],
    ['0x7f.1', null],
    ['2130706433', null],
    ['010.0.0.1', null],
    ['203.0.113.7/33', null],
    ['203.0.113.7/abc', null],
    ['203.0.113.7/24/8', null],
    ['example.com', null],
    ['', null],
  ])('normalises %s to %s', (written, normal) => {
    expect(canonicalAddress(written)).toBe(normal);
  });

  test('gives every notation of an address the same normal form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (written) => {
        const normal = canonicalAddress(written);
        expect(normal).not.toBeNull();
        expect(canonicalAddress(normal!)).toBe(normal);
        expect(canonicalAddress(written.toUpperCase())).toBe(normal);
      }),
    );
  });
});
