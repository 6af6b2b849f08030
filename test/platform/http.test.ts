// Calls to services outside AWS, over real HTTP: what is refused is typed, and nothing is sent twice by accident.
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
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
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Denied,
  );

test('an answer is parsed, and the request is what was asked for', async () => {
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

test('a form is sent as a form', async () => {
  server.willAnswer(raw(200, '{"ok": true}'));
  await call({ body: new URLSearchParams({ grant_type: 'a b' }) });
  expect(server.asked[0]).toMatchObject({
    body: 'grant_type=a+b',
    headers: { 'content-type': expect.stringContaining('application/x-www-form-urlencoded') },
  });
});

test('an empty answer is null', async () => {
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
  '%i is a typed error that names the call and the answer, and is not repeated',
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

test('where a code says more than the status, the code counts', async () => {
  server.willAnswer(raw(403, '{"code": "tooMany"}'));
  const error = await failed();
  expect(error).toBeInstanceOf(Throttled);
  expect(error.ids.code).toBe('tooMany');
});

describe('a service that asks to wait', () => {
  const busy = (status: number, seconds: string) => raw(status, '{}', { 'retry-after': seconds });

  test.each([429, 503])('is waited for, as long as it said (%i)', async (status) => {
    server.willAnswer(busy(status, '7'), busy(status, '2'), raw(200, '{"ok": true}'));
    expect(await call()).toEqual({ ok: true });
    expect(slept).toEqual([7000, 2000]);
  });

  test('is not waited for longer than a function lives', async () => {
    server.willAnswer(busy(429, '21'));
    expect(await failed()).toBeInstanceOf(Throttled);
    server.willAnswer(busy(429, 'Tue, 24 Nov 2026 03:00:00 GMT'));
    expect(await failed()).toBeInstanceOf(Throttled);
    expect([slept, server.asked.length]).toEqual([[], 1]);
  });

  test('is not waited for without end', async () => {
    server.willAnswer(busy(429, '1'));
    expect(await failed()).toBeInstanceOf(Throttled);
    expect([slept.length, server.asked.length]).toEqual([3, 4]);
  });
});

test('who hangs up has not answered, and is not asked again: it may have been done', async () => {
  server.willAnswer((response) => response.destroy());
  const error = await failed();
  expect(error).toBeInstanceOf(Unavailable);
  expect(error.message).toContain('the shop did not respond');
  expect(server.asked).toHaveLength(1);
});

test('nobody is waited for without a limit', async () => {
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

test('an answer in another form is an error that says what was missing', async () => {
  for (const body of ['{"no": 1}', '']) {
    server.willAnswer(raw(200, body));
    const error = await failed();
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error.message).toContain('an unexpected response');
  }
});

test('a page where an answer should be may pass: a proxy put it there', async () => {
  server.willAnswer(raw(200, '<html>'));
  expect(await failed()).toBeInstanceOf(Unavailable);
});

test('a refusal that comes with 200 is one', async () => {
  server.willAnswer(raw(200, '{"ok": true, "code": "tooMany"}'));
  expect(await failed()).toBeInstanceOf(Throttled);
});

test('what may be done twice is done again after a silence, after the pause that is asked for or a short one', async () => {
  server.willAnswer((response) => response.destroy(), raw(502, ''), raw(200, '{"ok": true}'));
  expect(await call({ repeatable: true })).toEqual({ ok: true });
  expect(slept).toEqual([500, 500]);
  server.willAnswer(raw(400, '{}'));
  expect(await failed({ repeatable: true })).toBeInstanceOf(InvalidInput);
  expect(server.asked).toHaveLength(1);
});

test('a service may be waited for less than usual', async () => {
  const hasty = { ...shop, retryLimits: { timeoutMs: 50, retries: 1, longestWaitSeconds: 2 } };
  const order = { ...callOf(), answer: z.null() };
  server.willAnswer(silence);
  await expect(callHttp(clients, hasty, order)).rejects.toThrow(Unavailable);
  server.willAnswer(raw(429, '', { 'retry-after': '3' }));
  await expect(callHttp(clients, hasty, order)).rejects.toThrow(Throttled);
  expect(slept).toEqual([]);
});

test('a secret stands in no error, not even where the service or the platform quotes it', async () => {
  const secret = 'NEVER-SHOWN';
  server.willAnswer(raw(400, '{"you sent": "NEVER-SHOWN"}'));
  const errors = [
    await failed({ secret }),
    await failed({ secret, headers: { Authorization: `Bearer ${secret}\n\n` } }),
    await failed({ secret, url: `no address: ${secret}` }),
  ];
  for (const error of errors) expect(inspect(error, { depth: 9 })).not.toContain(secret);
});

test('a redirect is not followed: it would take the token along', async () => {
  server.willAnswer(raw(302, '', { location: `${server.url}/elsewhere` }));
  expect(await failed()).toBeInstanceOf(Unavailable);
  expect(server.asked).toHaveLength(1);
});

test('no error shows what was sent', async () => {
  for (const answer of [raw(400, '{}'), raw(200, '{}')]) {
    server.willAnswer(answer);
    const { message, ids } = await failed();
    expect(JSON.stringify([message, ids])).not.toContain('NEVER-SHOWN');
  }
});
