// Facts read from an address alone: normal form, size, range and AWS service.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { known } from '../../functions/domain/facts.ts';
import { addressFacts } from '../../functions/enrich/address.ts';

describe('an address', () => {
  test('reads a public address as a single host without a special range', async () => {
    expect(await addressFacts('5.188.10.7')).toEqual({
      cidr: known('5.188.10.7/32'),
      family: known('ipv4'),
      singleHost: known(true),
      range: known('unicast'),
      awsServices: known([]),
    });
  });
  test.each([
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ['::FFFF:0a00:0001', '10.0.0.1/32'],
    ['::ffff:10.9.8.7/104', '10.0.0.0/8'],
    ['2001:DB8:0:0::1', '2001:db8::1/128'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
  ])('reads %s in the normal form %s', async (written, normal) => {
    expect((await addressFacts(written)).cidr).toEqual(known(normal));
  });
  test.each([
    'example.com',
    '',
    '10.0.0.1/33',
    '10.0.0.1/8/8',
    '10.0.0.1/-1',
    '2130706433',
    '0x7f.1',
    '010.0.0.1',
    '::ffff:10.0.0.1/90',
    'fe80::1%eth0/10/1',
  ])('leaves every fact about "%s" unknown', async (text) => {
    for (const fact of Object.values(await addressFacts(text))) expect(fact.known).toBe(false);
  });
  test('names the range of private, link-local and unique local addresses', async () => {
    expect((await addressFacts('192.168.1.1')).range).toEqual(known('private'));
    expect((await addressFacts('169.254.169.254')).range).toEqual(known('linkLocal'));
    expect((await addressFacts('fd00:ec2::254')).range).toEqual(known('uniqueLocal'));
  });
});

describe('a range', () => {
  test('treats a range as more than one host in any notation', async () => {
    expect((await addressFacts('203.0.113.0/31')).singleHost).toEqual(known(false));
    expect((await addressFacts('::ffff:203.0.113.0/127')).singleHost).toEqual(known(false));
    expect((await addressFacts('203.0.113.0/32')).singleHost).toEqual(known(true));
  });
  test('names the special range of a block inside it, and leaves it unknown for a block that spans several', async () => {
    expect((await addressFacts('10.0.0.0/16')).range).toEqual(known('private'));
    // Public at both ends, with 172.16.0.0/12 in between.
    expect((await addressFacts('172.0.0.0/8')).range.known).toBe(false);
  });
});

describe('ranges that AWS publishes', () => {
  test('names the AWS service of an address', async () => {
    expect((await addressFacts('52.219.170.1')).awsServices).toEqual(known(['S3']));
    expect((await addressFacts('::ffff:52.219.170.1')).awsServices).toEqual(known(['S3']));
    expect((await addressFacts('13.32.0.1')).awsServices).toEqual(known(['CLOUDFRONT']));
  });
  test('names AMAZON when no specific service publishes the address', async () => {
    expect((await addressFacts('52.94.76.1')).awsServices).toEqual(known(['AMAZON']));
  });
  test('names no service for an address that EC2 customers use', async () => {
    expect((await addressFacts('3.5.140.1')).awsServices).toEqual(known(['S3']));
    expect((await addressFacts('54.72.0.1')).awsServices).toEqual(known([]));
  });
  test('names every service whose addresses overlap a range', async () => {
    expect((await addressFacts('52.219.0.0/16')).awsServices).toEqual(known(['S3']));
    const all = (await addressFacts('0.0.0.0/0')).awsServices;
    expect(all.known && all.value.length).toBeGreaterThan(20);
  });
});

test('returns facts or unknown for any text, and never throws', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.ipV4Extended(), fc.ipV6()),
      fc.nat(130),
      async (text, bits) => {
        for (const value of [text, `${text}/${bits}`]) {
          const { cidr, singleHost } = await addressFacts(value);
          expect(cidr.known).toBe(singleHost.known);
          if (cidr.known) expect((await addressFacts(cidr.value)).cidr).toEqual(cidr);
        }
      },
    ),
  );
});
