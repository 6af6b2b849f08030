// What AWS WAF sampled of an address: counted once, never more than it says, and none of its headers.
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
  test('is shown with how often it was seen, when last, and what it asked for then', async () => {
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

  test('is the same address however it is spelled, and no other one', async () => {
    const visits = [visit(1, { clientIp: '2001:0DB8:0000::0007' })];
    expect(await seen(visits, '2001:db8::7')).toMatchObject({ requests: 1 });
    expect(await seen(visits, '2001:db8::70')).toMatchObject({ requests: 0, example: null });
  });

  test('that was seen under two metrics of one web ACL is not counted twice', async () => {
    const visits = [visit(1), visit(2), visit(1, { metric: 'watched' })];
    const samples = await look(visits, [{ arn: LOCAL_WEB_ACL, metrics: [METRIC, 'watched'] }]);
    expect(requestsFrom(samples, '203.0.113.7')).toMatchObject({ requests: 2 });
  });

  test('is looked for in three hours, which is what AWS keeps', async () => {
    expect(await seen([visit(179), visit(181)])).toMatchObject({ requests: 1 });
  });

  test('is one address: nothing is said of a range', async () => {
    expect(requestsFrom(await look([visit(1)]), '203.0.113.0/24')).toBeNull();
  });

  test('leaves no trace of the headers, which hold people’s credentials', async () => {
    expect(JSON.stringify(await seen([visit(1)]))).not.toMatch(/bearer/i);
  });

  test('whose path is very long, or no text, is kept short', async () => {
    const path = `/${'\u{1F525}'.repeat(500)}`;
    const { example } = (await seen([visit(1, { path })]))!;
    expect(example!.length).toBeLessThanOrEqual(200);
    expect(example!.isWellFormed()).toBe(true);
  });
});

test('one web ACL that cannot be read makes all of it unknown', async () => {
  const gone = { arn: LOCAL_WEB_ACL.replace('shop', 'gone'), metrics: [METRIC] };
  await expect(
    look([visit(1)], [{ arn: LOCAL_WEB_ACL, metrics: [METRIC] }, gone]),
  ).rejects.toMatchObject({ name: 'WAFNonexistentItemException' });
});

describe('in words', () => {
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
  test('it is what a person wants to know', () => {
    expect(say()).toBe(
      'At least 3 web requests from it between 00:00 UTC and 03:00 UTC, the last at 02:58 UTC: “GET /.env”',
    );
    expect(say({ requests: 1 })).toMatch(/^At least 1 web request from it/);
  });
  test('nothing seen is no proof where only a part was sampled, and says so', () => {
    const none = { requests: 0, lastAt: null, example: null };
    expect(say(none)).toBe('No web requests from it between 00:00 UTC and 03:00 UTC');
    expect(say({ ...none, population: 5000 })).toContain('4 web requests sampled from 5000');
  });
  test('what an attacker wrote into a path is quoted, on one line, and no link', () => {
    const text = say({ example: 'GET /\n\u202E”. Approve at https://evil.example/approve' });
    expect(text).not.toMatch(/\n|\u202E|https:\/\//);
    expect(text.match(/[“”]/g)).toHaveLength(2);
  });
  test('what could not be read is unknown, and why', () => {
    expect(describeWebRequests(unknown('no rights'))).toBe(
      'Recent web requests from it are unknown: no rights',
    );
  });
});
