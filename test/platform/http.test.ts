// HTTP calls to services outside AWS: typed errors and safe retries.
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  Conflict,
  Denied,
  InvalidInput,
  NotFound,
  QuotaExceeded,
  Throttled,
  Unavailable,
} from '../../functions/domain/errors.ts';
import { type Call, callHttp, type Service } from '../../functions/platform/http.ts';
import { type Loopback, raw, silence, startLoopback } from '../fixtures/loopback.ts';

let server: Loopback;
let slept: number[];
beforeAll(async () => {
  server = await startLoopback();
});
afterAll(() => server.stop());
beforeEach(() => {
  slept = [];
});

const shop: Service = {
  name: 'the shop',
  codeOf: (body) => z.object({ code: z.string() }).safeParse(body).data?.code,
  errorsByCode: { tooMany: Throttled },
};
const clients = {
  http: { fetch: (url: string, init: RequestInit) => fetch(url, init) },
  sleep: async (milliseconds: number) => void slept.push(milliseconds),
};
const call = (change: Partial<Call<{ ok: boolean }>> = {}) =>
  callHttp(clients, shop, {
    what: 'ordering',
    ids: { orderId: '7' },
    method: 'POST',
    url: `${server.url}/orders?day=1`,
    headers: { Authorization: 'Bearer NEVER-SHOWN' },
    body: { amount: 1 },
    answer: z.object({ ok: z.boolean() }),
    ...change,
  });
const failed = (change: Partial<Call<{ ok: boolean }>> = {}) =>
  call(change).then(
    () => expect.fail('no error'),
    (error: unknown) => error as Denied,
  );

test('sends the request as given, and parses the answer', async () => {
  server.willAnswer(raw(200, '{"ok": true, "more": 1}'));
  expect(await call()).toEqual({ ok: true });
  expect(server.asked).toMatchObject([
    {
      path: '/orders?day=1',
      body: '{"amount":1}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer NEVER-SHOWN' },
    },
  ]);
});

test('sends URLSearchParams as a form', async () => {
  server.willAnswer(raw(200, '{"ok": true}'));
  await call({ body: new URLSearchParams({ grant_type: 'a b' }) });
  expect(server.asked[0]).toMatchObject({
    body: 'grant_type=a+b',
    headers: { 'content-type': expect.stringContaining('application/x-www-form-urlencoded') },
  });
});

test('returns null for an empty answer', async () => {
  server.willAnswer(raw(204, ''));
  expect(await callHttp(clients, shop, { ...callOf(), answer: z.null() })).toBeNull();
});
const callOf = () => ({ what: 'x', ids: {}, method: 'DELETE' as const, url: server.url });

test.each([
  [400, InvalidInput],
  [401, Denied],
  [403, Denied],
  [404, NotFound],
  [409, Conflict],
  [410, NotFound],
  [412, Conflict],
  [422, InvalidInput],
  [429, Throttled],
  [500, Unavailable],
  [503, Unavailable],
  [507, QuotaExceeded],
])(
  'throws a typed error for status %i that names the call and the answer, and does not retry',
  async (status, kind) => {
    server.willAnswer(raw(status, '{"why": "because\\nof this"}'));
    const error = await failed();
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toBe(
      `ordering: the shop returned ${status}: {"why": "because\\nof this"}`,
    );
    expect(error.ids).toMatchObject({ orderId: '7', status });
    expect(server.asked).toHaveLength(1);
  },
);

test('uses the error code of the body when it says more than the status', async () => {
  server.willAnswer(raw(403, '{"code": "tooMany"}'));
  const error = await failed();
  expect(error).toBeInstanceOf(Throttled);
  expect(error.ids.code).toBe('tooMany');
});

describe('a service that asks to wait', () => {
  const busy = (status: number, seconds: string) => raw(status, '{}', { 'retry-after': seconds });

  test.each([429, 503])('waits for the time that the service asks for (%i)', async (status) => {
    server.willAnswer(busy(status, '7'), busy(status, '2'), raw(200, '{"ok": true}'));
    expect(await call()).toEqual({ ok: true });
    expect(slept).toEqual([7000, 2000]);
  });

  test('does not wait longer than the limit, or for a date in Retry-After', async () => {
    server.willAnswer(busy(429, '21'));
    expect(await failed()).toBeInstanceOf(Throttled);
    server.willAnswer(busy(429, 'Tue, 24 Nov 2026 03:00:00 GMT'));
    expect(await failed()).toBeInstanceOf(Throttled);
    expect([slept, server.asked.length]).toEqual([[], 1]);
  });

  test('stops after three waits', async () => {
    server.willAnswer(busy(429, '1'));
    expect(await failed()).toBeInstanceOf(Throttled);
    expect([slept.length, server.asked.length]).toEqual([3, 4]);
  });
});

test('throws Unavailable and does not repeat the call when the service closes the connection', async () => {
  server.willAnswer((response) => response.destroy());
  const error = await failed();
  expect(error).toBeInstanceOf(Unavailable);
  expect(error.message).toContain('the shop did not respond');
  expect(server.asked).toHaveLength(1);
});

test('sets a time limit for every call', async () => {
  const signals: unknown[] = [];
  const http = {
    fetch: async (_url: string, init: RequestInit) => {
      signals.push(init.signal);
      throw new DOMException('The operation timed out', 'TimeoutError');
    },
  };
  const call = callHttp({ ...clients, http }, shop, { ...callOf(), answer: z.null() });
  await expect(call).rejects.toThrow(Unavailable);
  expect(signals).toEqual([expect.any(AbortSignal)]);
});

test('throws InvalidInput for an answer of another shape, and says so', async () => {
  for (const body of ['{"no": 1}', '']) {
    server.willAnswer(raw(200, body));
    const error = await failed();
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error.message).toContain('an unexpected response');
  }
});

test('throws Unavailable for an HTML page, which a proxy may have sent', async () => {
  server.willAnswer(raw(200, '<html>'));
  expect(await failed()).toBeInstanceOf(Unavailable);
});

test('throws the typed error of a code that comes with status 200', async () => {
  server.willAnswer(raw(200, '{"ok": true, "code": "tooMany"}'));
  expect(await failed()).toBeInstanceOf(Throttled);
});

test('repeats a repeatable call when the service did not answer, after a pause', async () => {
  server.willAnswer((response) => response.destroy(), raw(502, ''), raw(200, '{"ok": true}'));
  expect(await call({ repeatable: true })).toEqual({ ok: true });
  expect(slept).toEqual([500, 500]);
  server.willAnswer(raw(400, '{}'));
  expect(await failed({ repeatable: true })).toBeInstanceOf(InvalidInput);
  expect(server.asked).toHaveLength(1);
});

test('uses the shorter limits of a service', async () => {
  const hasty = { ...shop, retryLimits: { timeoutMs: 50, retries: 1, longestWaitSeconds: 2 } };
  const order = { ...callOf(), answer: z.null() };
  server.willAnswer(silence);
  await expect(callHttp(clients, hasty, order)).rejects.toThrow(Unavailable);
  server.willAnswer(raw(429, '', { 'retry-after': '3' }));
  await expect(callHttp(clients, hasty, order)).rejects.toThrow(Throttled);
  expect(slept).toEqual([]);
});

test('writes no secret into an error, even when the service or the platform quotes it', async () => {
  const secret = 'NEVER-SHOWN';
  server.willAnswer(raw(400, '{"you sent": "NEVER-SHOWN"}'));
  const errors = [
    await failed({ secret }),
    await failed({ secret, headers: { Authorization: `Bearer ${secret}\n\n` } }),
    await failed({ secret, url: `no address: ${secret}` }),
  ];
  for (const error of errors) expect(inspect(error, { depth: 9 })).not.toContain(secret);
});

test('does not follow a redirect, which would receive the token', async () => {
  server.willAnswer(raw(302, '', { location: `${server.url}/elsewhere` }));
  expect(await failed()).toBeInstanceOf(Unavailable);
  expect(server.asked).toHaveLength(1);
});

test('writes nothing that was sent into an error', async () => {
  for (const answer of [raw(400, '{}'), raw(200, '{}')]) {
    server.willAnswer(answer);
    const { message, ids } = await failed();
    expect(JSON.stringify([message, ids])).not.toContain('NEVER-SHOWN');
  }
});
