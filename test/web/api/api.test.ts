// The API and its tokens over records in memory.
import { Hono } from 'hono';
import { beforeEach, describe, expect, test } from 'vitest';
import { issueToken, TOKEN_MINUTES } from '../../../functions/sign-in/api-token.ts';
import { startConsole, startSession } from '../../../functions/sign-in/session.ts';
import { Read } from '../../../functions/store/reads.ts';
import type { Store } from '../../../functions/store/store.ts';
import { summarise } from '../../../functions/summarise/summarise.ts';
import { createApi } from '../../../functions/web/api/api.ts';
import { createConsole } from '../../../functions/web/console/site.ts';
import { tokenSite } from '../../../functions/web/token-page.ts';
import { INCIDENT_ID, POLICY } from '../../fixtures/case.ts';
import { memoryTable, storeOn } from '../../store/memory-table.ts';
import { BASE_URL, mac, minute, pages, put, waiting } from '../approval-pages.ts';
import { type Api, CONTRACT } from './contract.ts';

const signIn = {
  issuer: 'https://x.example',
  clientId: 'c',
  clientSecret: 's',
  claim: 'email',
  acrValues: [],
};
const PATH = `/api/incidents/${INCIDENT_ID}`;
const log = () => {};
const now = () => minute(4);

let store: Store;
let ids: number;
beforeEach(() => {
  store = storeOn(memoryTable());
  ids = 0;
});
const newId = () => `id-${++ids}`;
const policyWith = (roles: ('viewer' | 'analyst')[] = ['viewer']) => {
  const people = { ...POLICY.escalation.people };
  people['ana.silva'] = { ...people['ana.silva']!, roles };
  return { ...POLICY, signIn, escalation: { ...POLICY.escalation, people } };
};
const apiWith = (change: Partial<Parameters<typeof createApi>[0]> = {}) =>
  createApi({ store, policy: policyWith(), pages, actsAs: null, newId, now, log, ...change });
const tokenAt = async (at: Date, person = 'ana.silva') =>
  (await issueToken({ pages, now: () => at }, person)).token;
const endTokens = async (by: string, ended: string, reads = store.reads) =>
  new Hono()
    .route('/', tokenSite({ store: { reads }, policy: policyWith(), pages, newId, now, log }))
    .request('/', {
      method: 'POST',
      headers: { cookie: await cookieOf(by, startConsole) },
      body: new URLSearchParams({ ended }),
    });
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('the contract', () => {
  const api = (): Api => ({
    store,
    get: async (path, headers = {}) => {
      const answer = await apiWith().request(path, { headers: { ...headers } });
      return { status: answer.status, body: await answer.text() };
    },
    tokenOf: (email) => tokenAt(minute(3), email.split('@')[0]),
    endTokens: async (email, ended) => (await endTokens(email.split('@')[0]!, ended)).status,
    summarise: () => summarise({ store, newId }, [INCIDENT_ID]),
  });
  test.each(Object.entries(CONTRACT))('%s', (_, holds) => holds(api()));
});

describe('a token', () => {
  test('ends after its time, and with the roles or the entry of its person', async () => {
    await put(store, waiting());
    const fresh = bearer(await tokenAt(minute(3)));
    const old = bearer(await tokenAt(minute(4 - TOKEN_MINUTES)));
    const unknown = bearer(await tokenAt(minute(3), 'someone.else'));
    const status = async (given: object, roles?: 'viewer'[]) =>
      (await apiWith({ policy: policyWith(roles) }).request(PATH, given)).status;
    expect(await status(fresh)).toBe(200);
    expect(await status(old)).toBe(401);
    expect(await status(unknown)).toBe(401);
    expect(await status(fresh, [])).toBe(403);
  });

  test('is no cookie of the console, and a cookie of the console is no token', async () => {
    await put(store, waiting());
    const token = await tokenAt(minute(3));
    const site = createConsole({
      ...{ store, policy: policyWith(), mac, pages, actsAs: null, newId },
      ...{ webBaseUrl: BASE_URL, now, log },
    });
    for (const name of ['countermand-console', 'countermand-session']) {
      const headers = { cookie: `__Host-${name}=${token}` };
      expect((await site.request('/console', { headers })).status).toBe(303);
    }
    for (const start of [startConsole, startSession] as const) {
      const [, value = ''] = /=([^;]*)/.exec(await cookieOf('ana.silva', start)) ?? [];
      expect((await apiWith().request(PATH, bearer(value))).status).toBe(401);
    }
  });

  test('is issued only to a person at the console whose role reads, and only when they press the button', async () => {
    const app = (roles?: 'viewer'[]) =>
      new Hono().route(
        '/',
        tokenSite({ store, policy: policyWith(roles), pages, newId, now, log }),
      );
    const cookie = await cookieOf('ana.silva', startConsole);
    const shown = await app().request('/', { headers: { cookie } });
    expect([shown.status, await shown.text()]).toEqual([200, expect.not.stringMatching(TOKEN)]);
    const post = (headers: Record<string, string>, roles?: 'viewer'[]) =>
      app(roles).request('/', { method: 'POST', headers });
    expect((await post({})).status).toBe(403);
    const decides = await cookieOf('ana.silva', startSession);
    expect((await post({ cookie: decides })).status).toBe(403);
    expect((await post({ cookie }, [])).status).toBe(403);
    const [token = ''] = TOKEN.exec(await (await post({ cookie })).text()) ?? [];
    await put(store, waiting());
    expect((await apiWith().request(PATH, bearer(token))).status).toBe(200);
  });
});

const fails = async () => {
  throw new Error('the table is not available');
};

describe('after a person ended their tokens', () => {
  test('a token that they create later is valid', async () => {
    await put(store, waiting());
    await endTokens('ana.silva', 'ana.silva');
    const api = apiWith({ now: () => minute(6) });
    const status = async (at: Date) => (await api.request(PATH, bearer(await tokenAt(at)))).status;
    expect(await status(now())).toBe(401);
    expect(await status(new Date(now().getTime() + 1))).toBe(200);
  });

  test('no token is valid while the record of the end cannot be read', async () => {
    await put(store, waiting());
    const token = bearer(await tokenAt(minute(3)));
    const reads = { ...store.reads, tokensEnded: fails };
    const answer = await apiWith({ store: { ...store, reads } }).request(PATH, token);
    expect([answer.status, await answer.text()]).toEqual([
      500,
      expect.not.stringContaining('203.'),
    ]);
    const { pk, sk, record } = { pk: 'READ#ended-ana.silva', sk: 'x', record: { at: 'never' } };
    await store.table.put({ pk, sk, record });
    expect((await apiWith().request(PATH, token)).status).toBe(500);
  });

  test('an end that cannot be recorded is not reported as one', async () => {
    const reads = { ...store.reads, add: fails };
    expect((await endTokens('ana.silva', 'ana.silva', reads)).status).toBe(500);
  });
});

test('the page offers the tokens of others only to managers and leads', async () => {
  const shown = async (person: string) => {
    const headers = { cookie: await cookieOf(person, startConsole) };
    const site = tokenSite({ store, policy: policyWith(), pages, newId, now, log });
    return (await new Hono().route('/', site).request('/', { headers })).text();
  };
  expect(await shown('ana.silva')).not.toContain('<select');
  expect(await shown('mei.tanaka')).toContain('<option value="ana.silva">Ana Silva</option>');
});

test('a token is recorded with its person and its end before it is shown', async () => {
  const cookie = await cookieOf('ana.silva', startConsole);
  const recorded: Read[] = [];
  const issue = (reads: Pick<Store['reads'], 'add'>) =>
    new Hono()
      .route('/', tokenSite({ store: { reads }, policy: policyWith(), pages, newId, now, log }))
      .request('/', { method: 'POST', headers: { cookie } });
  await issue({ add: async (_id, read) => void recorded.push(Read.parse(read)) });
  expect(recorded).toEqual([
    {
      ...{ at: minute(4).toISOString(), by: 'ana.silva', route: '/sign-in/api', incidentId: null },
      until: minute(4 + TOKEN_MINUTES).toISOString(),
    },
  ]);
  const answer = await issue({ add: fails });
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringMatching(TOKEN)]);
});

test('a read that cannot be recorded is not answered', async () => {
  await put(store, waiting());
  const api = apiWith({ store: { ...store, reads: { ...store.reads, add: fails } } });
  const answer = await api.request(PATH, bearer(await tokenAt(minute(3))));
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('203.')]);
});

test('every method but GET is refused', async () => {
  await put(store, waiting());
  const { headers } = bearer(await tokenAt(minute(3)));
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expect((await apiWith().request(PATH, { method, headers })).status).toBe(405);
});

const TOKEN = /[\w-]{20,}\.[\w-]{43}/;

async function cookieOf(
  person: string,
  start: typeof startConsole | typeof startSession,
): Promise<string> {
  const app = new Hono().get('/', async (c) => {
    const deps = { pages, newId: () => 'id', now: () => minute(3) };
    if (start === startConsole) await startConsole(deps, c, person);
    else await startSession(deps, c, { person, authTime: null });
    return c.text('');
  });
  const [cookie = ''] = (await app.request('/')).headers.getSetCookie();
  return cookie.split(';')[0] ?? '';
}
