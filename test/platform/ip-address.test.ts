// Parsing and normalising addresses and ranges.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalAddress, ipv4Behind, parseAddress } from '../../functions/platform/ip-address.ts';

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

test.each([
  ['64:ff9b::cb00:7107', '203.0.113.7'],
  ['64:ff9b::203.0.113.7', '203.0.113.7'],
  ['2002:cb00:7107::1', '203.0.113.7'],
  ['64:ff9c::cb00:7107', undefined],
  ['2003:cb00:7107::1', undefined],
  ['2002:cb00:7107::/48', undefined],
  ['203.0.113.7', undefined],
])('returns the IPv4 host behind %s: %s', (written, behind) => {
  expect(ipv4Behind(parseAddress(written)!)?.address.toString()).toBe(behind);
});
