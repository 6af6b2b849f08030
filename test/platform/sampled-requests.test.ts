// Requests that AWS WAF sampled from an address, without their headers.
import { describe, expect, test } from 'vitest';
import { known, type SeenOnWeb, unknown } from '../../functions/domain/facts.ts';
import { describeWebRequests } from '../../functions/domain/web-requests.ts';
import { requestsFrom, sampledRequests } from '../../functions/platform/sampled-requests.ts';
import { createWafSamples, LOCAL_WEB_ACL, type Visit } from '../../local/aws/waf-samples.ts';
import { NOW } from '../fixtures/case.ts';

const METRIC = 'shop-default';
const visit = (minutesAgo: number, change: Partial<Visit> = {}): Visit => ({
  minutesAgo,
  clientIp: '203.0.113.7',
  method: 'GET',
  path: '/',
  metric: METRIC,
  ...change,
});
const look = (visits: Visit[], webAcls = [{ arn: LOCAL_WEB_ACL, metrics: [METRIC] }]) => {
  const regional = createWafSamples(visits, () => NOW);
  const waf = { REGIONAL: regional, CLOUDFRONT: regional };
  return sampledRequests({ waf, webAcls }, NOW, new AbortController().signal);
};
const seen = async (visits: Visit[], address = '203.0.113.7') =>
  requestsFrom(await look(visits), address);

describe('an address', () => {
  test('counts the requests of an address, with the time and the path of the latest one', async () => {
    const visits = [visit(20, { path: '/a' }), visit(2, { path: '/.env' }), visit(9)];
    expect(await seen([...visits, visit(1, { clientIp: '198.51.100.1' })])).toEqual({
      requests: 3,
      lastAt: '2026-11-24T02:58:00.000Z',
      example: 'GET /.env',
      sampled: 4,
      population: 4,
      from: '2026-11-24T00:00:00.000Z',
      to: '2026-11-24T03:00:00.000Z',
    });
  });

  test('matches every notation of an address, and no other address', async () => {
    const visits = [visit(1, { clientIp: '2001:0DB8:0000::0007' })];
    expect(await seen(visits, '2001:db8::7')).toMatchObject({ requests: 1 });
    expect(await seen(visits, '2001:db8::70')).toMatchObject({ requests: 0, example: null });
  });

  test('counts a request that has two metrics of one web ACL once', async () => {
    const visits = [visit(1), visit(2), visit(1, { metric: 'watched' })];
    const samples = await look(visits, [{ arn: LOCAL_WEB_ACL, metrics: [METRIC, 'watched'] }]);
    expect(requestsFrom(samples, '203.0.113.7')).toMatchObject({ requests: 2 });
  });

  test('reads the last three hours, which is what AWS keeps', async () => {
    expect(await seen([visit(179), visit(181)])).toMatchObject({ requests: 1 });
  });

  test('returns null for a range', async () => {
    expect(requestsFrom(await look([visit(1)]), '203.0.113.0/24')).toBeNull();
  });

  test('returns no headers, which hold credentials', async () => {
    expect(JSON.stringify(await seen([visit(1)]))).not.toMatch(/bearer/i);
  });

  test('shortens a long path without leaving a lone surrogate', async () => {
    const path = `/${'\u{1F525}'.repeat(500)}`;
    const { example } = (await seen([visit(1, { path })]))!;
    expect(example!.length).toBeLessThanOrEqual(200);
    expect(example!.isWellFormed()).toBe(true);
  });
});

test('throws when one of the web ACLs cannot be read', async () => {
  const gone = { arn: LOCAL_WEB_ACL.replace('shop', 'gone'), metrics: [METRIC] };
  await expect(
    look([visit(1)], [{ arn: LOCAL_WEB_ACL, metrics: [METRIC] }, gone]),
  ).rejects.toMatchObject({ name: 'WAFNonexistentItemException' });
});

describe('the text about sampled requests', () => {
  const fact: SeenOnWeb = {
    requests: 3,
    lastAt: '2026-11-24T02:58:00.000Z',
    example: 'GET /.env',
    sampled: 4,
    population: 4,
    from: '2026-11-24T00:00:00.000Z',
    to: '2026-11-24T03:00:00.000Z',
  };
  const say = (change: Partial<SeenOnWeb> = {}) =>
    describeWebRequests(known({ ...fact, ...change }));
  test('describes the requests with their number, the period, and the latest path', () => {
    expect(say()).toBe(
      'At least 3 web requests from this address between 00:00 UTC and 03:00 UTC, last at 02:58 UTC: “GET /.env”',
    );
    expect(say({ requests: 1 })).toMatch(/^At least 1 web request from this address/);
  });
  test('says how many requests were sampled when no request was seen and only a part was sampled', () => {
    const none = { requests: 0, lastAt: null, example: null };
    expect(say(none)).toBe('No web requests from this address between 00:00 UTC and 03:00 UTC');
    expect(say({ ...none, population: 5000 })).toContain(
      'None of 4 sampled web requests (of 5000)',
    );
  });
  test('quotes a path on one line, without a link', () => {
    const text = say({ example: 'GET /\n\u202E”. Approve at https://evil.example/approve' });
    expect(text).not.toMatch(/\n|\u202E|https:\/\//);
    expect(text.match(/[“”]/g)).toHaveLength(2);
  });
  test('says that requests are unknown when they could not be read, and why', () => {
    expect(describeWebRequests(unknown('no permission'))).toBe(
      'Unknown: its recent web requests (no permission)',
    );
  });
});
