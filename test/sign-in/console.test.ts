// Sign-in from the console: who is admitted, and where it returns.
import { type Context, Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { questionUrl } from '../../functions/messaging/links.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { consolePathIn } from '../../functions/sign-in/console-path.ts';
import { providerFrom } from '../../functions/sign-in/provider.ts';
import { whoIsAtConsole, whoSignedIn, whoSignedInAfresh } from '../../functions/sign-in/session.ts';
import { POLICY } from '../fixtures/case.ts';
import { CLIENT, type Misbehaviour, type Provider, startProvider } from '../fixtures/provider.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { BASE_URL, createPages, mac, minute, pages, put, waiting } from '../web/approval-pages.ts';

let provider: Provider;
let now: Date;
beforeAll(async () => {
  provider = await startProvider({ now: () => now });
});
afterAll(() => provider.stop());
beforeEach(() => {
  now = minute(1);
  provider.behaves({});
});
const seconds = () => now.getTime() / 1000;

/** A browser without cookies, at the pages of an account that requires a sign-in. */
function browser(
  change: Partial<NonNullable<Policy['signIn']>> = {},
  escalation = POLICY.escalation,
  store = storeOn(memoryTable()),
) {
  const signIn = {
    ...{ issuer: provider.issuer, clientId: CLIENT.id, clientSecret: 'a', claim: 'email' },
    acrValues: [],
    ...change,
  };
  const clients = {
    http: { fetch: (url: string, init: RequestInit) => fetch(url, init) },
    sleep: async () => {},
    secretsManager: {
      getSecretValue: async () => ({ SecretString: CLIENT.secret }),
    } as unknown as Parameters<typeof providerFrom>[2]['secretsManager'],
    now: () => now,
  };
  const { app } = createPages(store, {
    policy: { ...POLICY, signIn, escalation },
    provider: providerFrom(signIn, BASE_URL, clients),
    now: () => now,
  });
  const cookies = new Map<string, string>();
  const ask = async (to: string, site = app) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await site.request(to.replace(BASE_URL, ''), { headers: { Cookie: cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/Max-Age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const signInFrom = async (query: string) => {
    const away = (await ask(`/sign-in/console${query}`)).headers.get('Location') ?? '';
    const back = await fetch(away, { redirect: 'manual' });
    const page = await ask(back.headers.get('Location') ?? '');
    return { away: new URL(away).searchParams, page, to: page.headers.get('Location') };
  };
  /** What a function that only verifies reads from the cookies. */
  const read = async () => {
    const reader = { pages: { verify: pages.verify }, now: () => now };
    const site = new Hono().get('/', async (c: Context) =>
      c.json({
        decides: await whoSignedIn(reader, c),
        console: await whoIsAtConsole(reader, c),
        fresh: (await whoSignedInAfresh(reader, c))?.person ?? null,
      }),
    );
    return (await ask('/', site)).json();
  };
  return { cookies, ask, signInFrom, read };
}

/** A browser that was sent from a link to the provider, which has not answered yet. */
async function signingInToDecide() {
  const store = storeOn(memoryTable());
  const { ask, cookies } = browser({}, POLICY.escalation, store);
  const action = await put(store, waiting());
  const link = await questionUrl({ mac, webBaseUrl: BASE_URL }, action, { id: 'ana.silva' });
  const away = await ask(link.replace('/approve/', '/sign-in/approve/'));
  return { ask, cookies, begun: away.headers.get('Location') ?? '' };
}

describe('a sign-in from the console', () => {
  test('does not end a sign-in that a person began from a link to decide', async () => {
    const { ask, cookies, begun } = await signingInToDecide();
    await ask('/sign-in/console');
    await ask('/sign-in/console?to=/console/in-force');
    const back = await fetch(begun, { redirect: 'manual' });
    const page = await ask(back.headers.get('Location') ?? '');
    expect([page.status, page.headers.get('Location')]).toEqual([
      303,
      expect.stringMatching('^/approve/'),
    ]);
    expect([...cookies.keys()]).toContain('__Host-countermand-session');
    expect([...cookies.keys()]).not.toContain('__Host-countermand-console');
  });

  test('returns to the page of the console, as the person whose claim matches', async () => {
    const { signInFrom, read } = browser();
    const { page, to } = await signInFrom('?to=/console/incidents/inc-1?state=open%26page=2');
    expect([page.status, to]).toEqual([303, '/console/incidents/inc-1?state=open&page=2']);
    expect(await read()).toEqual({ decides: 'ana.silva', console: 'ana.silva', fresh: null });
  });

  test('lasts 8 hours in the console, and 15 minutes for decisions', async () => {
    const { signInFrom, read } = browser();
    await signInFrom('');
    now = minute(16);
    expect(await read()).toEqual({ decides: null, console: 'ana.silva', fresh: null });
    now = minute(1 + 8 * 60);
    expect(await read()).toEqual({ decides: null, console: null, fresh: null });
  });

  test.each([
    ['no one', 'mallory@example.com', POLICY.escalation],
    [
      'two people',
      'ana.silva@example.com',
      {
        ...POLICY.escalation,
        people: {
          ...POLICY.escalation.people,
          'ana.two': POLICY.escalation.people['ana.silva']!,
        },
      },
    ],
  ])('is refused if policy names %s with the account', async (_, email, escalation) => {
    provider.behaves({ claims: { email } });
    const { signInFrom, cookies } = browser({}, escalation);
    expect((await signInFrom('')).page.status).toBe(403);
    expect([...cookies.keys()]).toEqual([]);
  });

  const weak: [string, Misbehaviour][] = [
    ['no time of the sign-in', {}],
    ['a time as text', { claims: { auth_time: String(minute(1).getTime() / 1000) } }],
    ['a time six minutes ago', { claims: { auth_time: minute(-5).getTime() / 1000 } }],
    ['a time in the future', { claims: { auth_time: minute(3).getTime() / 1000 } }],
  ];
  test.each(weak)('is not fresh if the provider states %s', async (_, misbehaviour) => {
    provider.behaves(misbehaviour);
    const { signInFrom, cookies } = browser();
    expect((await signInFrom('?fresh&to=/console/resume')).page.status).toBe(403);
    expect([...cookies.keys()]).toEqual([]);
  });

  test('is fresh for five minutes after the provider authenticated the person again', async () => {
    provider.behaves({ claims: { auth_time: seconds() } });
    const { signInFrom, read } = browser();
    const { away, to } = await signInFrom('?fresh&to=/console/resume');
    expect([away.get('max_age'), away.get('prompt'), to]).toEqual([
      '0',
      'login',
      '/console/resume',
    ]);
    now = minute(6);
    expect(await read()).toMatchObject({ fresh: 'ana.silva' });
    now = new Date(minute(6).getTime() + 1000);
    expect(await read()).toEqual({ decides: 'ana.silva', console: 'ana.silva', fresh: null });
  });

  test('is not fresh without the request to authenticate again, even if the provider states the present time', async () => {
    provider.behaves({ claims: { auth_time: seconds() } });
    const { signInFrom, read } = browser();
    const { away } = await signInFrom('?to=/console');
    expect([away.get('max_age'), away.get('prompt')]).toEqual([null, null]);
    expect(await read()).toMatchObject({ decides: 'ana.silva', fresh: null });
  });

  test('requires one of the second factors that policy names', async () => {
    const { signInFrom, cookies } = browser({ acrValues: ['mfa', 'phr'] });
    const { away, page } = await signInFrom('');
    expect([away.get('acr_values'), page.status]).toEqual(['mfa phr', 403]);
    expect([...cookies.keys()]).toEqual([]);
    provider.behaves({ claims: { acr: 'phr' } });
    expect((await signInFrom('')).page.status).toBe(303);
  });
});

describe('the place to return to', () => {
  test.each([
    '//evil.example/console',
    '/\\evil.example/console',
    '/console\\..\\..\\evil',
    'https://evil.example/console',
    'https:/console',
    'javascript:alert(1)',
    '/console/..//evil.example',
    '/console/%2e%2e//evil.example',
    '/console/.%2E/approve/x',
    '/consolex',
    '/approve/token',
    '/console#x',
    '/console\t/x',
    '/con\nsole',
    '/console/é',
    '@evil.example/console',
    '',
  ])('is the first page of the console instead of %j', (to) => {
    expect(consolePathIn(to, BASE_URL)).toBe('/console');
  });

  test.each([
    '/console',
    '/console/',
    '/console/resume',
    '/console?q=a%20b&page=2',
    '/console/a/b',
  ])('is %s', (to) => {
    expect(consolePathIn(to, BASE_URL)).toBe(to);
  });
});
