// OpenID Connect: only the person of the link, signed in, can decide.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { signClaims } from '../../functions/links/signed-claims.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { providerFrom } from '../../functions/sign-in/provider.ts';
import { whyNot } from '../../functions/sign-in/sign-in.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { CLIENT, type Misbehaviour, type Provider, startProvider } from '../fixtures/provider.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import {
  BASE_URL,
  ben,
  createPages,
  inForce,
  mac,
  minute,
  pages,
  put,
  waiting,
} from '../web/approval-pages.ts';

let provider: Provider;
/** The same on every clock. */
let now: Date;
beforeAll(async () => {
  provider = await startProvider({ now: () => now });
});
afterAll(() => provider.stop());
beforeEach(() => {
  now = minute(1);
  provider.behaves({});
});

const signInOf = (change: Partial<NonNullable<Policy['signIn']>> = {}) => ({
  issuer: provider.issuer,
  clientId: CLIENT.id,
  clientSecret: 'countermand/sign-in',
  claim: 'email',
  acrValues: [],
  ...change,
});

/** A request to Ana in an account that requires a sign-in, and a browser without cookies. */
async function asked({
  action: given = waiting(),
  policy: change = {},
  secret = CLIENT.secret,
}: {
  action?: Action;
  policy?: Partial<Policy>;
  secret?: string;
} = {}) {
  const store = storeOn(memoryTable());
  const action = await put(store, given);
  const policy: Policy = { ...POLICY, signIn: signInOf(), ...change };
  const read: string[] = [];
  const secretsManager = {
    getSecretValue: async ({ SecretId }: { SecretId: string }) => {
      read.push(SecretId);
      return { SecretString: secret };
    },
  } as unknown as Parameters<typeof providerFrom>[2]['secretsManager'];
  const clients = {
    http: { fetch: (url: string, init: RequestInit) => fetch(url, init) },
    sleep: async () => {},
    secretsManager,
    now: () => now,
  };
  let ids = 0;
  const site = createPages(store, {
    policy,
    provider: policy.signIn && providerFrom(policy.signIn, BASE_URL, clients),
    now: () => now,
    newId: () => `id-${++ids}`,
  });
  const path = await site.pathOf(action);
  const cookies = new Map<string, string>();

  /** Requests as a browser does: sends and stores cookies, follows no redirect. */
  const ask = async (to: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await site.app.request(to.replace(BASE_URL, ''), {
      ...init,
      headers: { ...init.headers, ...(cookie && { Cookie: cookie }) },
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/Max-Age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  /** Goes to the provider and back; returns the response of the callback. */
  const signIn = async (from = path) => {
    const away = await ask(`/sign-in${from}`);
    const location = away.headers.get('Location');
    if (!location) return away;
    const back = await fetch(location, { redirect: 'manual' });
    return ask(back.headers.get('Location') ?? '');
  };
  const answer = async (form: Record<string, string> = {}, to = path) => {
    const page = await (await ask(to)).text();
    const [, nonce = await site.nonceOf(to)] = /name="nonce" value="([^"]*)"/.exec(page) ?? [];
    const fields = { verdict: 'approve', reason: '', digest: action.digest, nonce, ...form };
    return ask(to, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' },
      body: new URLSearchParams(fields).toString(),
    });
  };
  const record = () => store.records.action(INCIDENT_ID, action.actionId);
  const status = async () => (await record()).status;
  return { ...site, action, path, cookies, read, ask, signIn, answer, record, status };
}

describe('a policy that requires a sign-in', () => {
  test('shows the request with a sign-in link instead of a form', async () => {
    const { ask, path, read } = await asked();
    const page = await (await ask(path)).text();
    expect(page).toContain('Block web requests from 203.0.113.7?');
    expect(page).toContain(`<a class="go" href="/sign-in${path}">`);
    expect(page).not.toContain('<form');
    expect(read).toEqual([]);
  });

  test('decides nothing with the link alone', async () => {
    const { answer, status, did } = await asked();
    const refused = await answer();
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('Sign in first');
    expect([await status(), did]).toEqual(['awaiting-approval', []]);
  });

  test('lets the signed-in person of the link return to the question and decide', async () => {
    const { signIn, answer, status, record, path, ask } = await asked();
    const back = await signIn();
    expect([back.status, back.headers.get('Location')]).toEqual([303, path]);
    expect(await (await ask(path)).text()).toContain('value="approve"');
    expect((await answer()).status).toBe(200);
    expect(await status()).toBe('approved');
    const { history } = await record();
    expect(history.at(-1)?.text, 'the record says so').toMatch(/^approved after signing in/);
  });

  test.each(['review', 'ask-anew'] as const)(
    'requires the sign-in for a link to %s as well',
    async (purpose) => {
      const action = purpose === 'review' ? inForce() : waiting({ status: 'expired' });
      const { pathOf, answer, signIn, did, ask } = await asked({ action });
      const person = purpose === 'review' ? {} : { person: 'mei.tanaka' };
      const path = await pathOf(action, {
        purpose,
        expires: minute(63).getTime() / 1000,
        ...person,
      });
      expect(await (await ask(path)).text()).not.toContain('<form');
      const form = purpose === 'review' ? { review: 'reverse', extensions: '0' } : {};
      expect((await answer(form, path)).status).toBe(403);
      expect(did).toEqual([]);
      if (purpose === 'ask-anew') provider.behaves({ claims: { email: 'mei.tanaka@example.com' } });
      expect((await signIn(path)).status).toBe(303);
      expect(await (await ask(path)).text()).toContain('<form');
    },
  );

  test('ends a session after 15 minutes, and limits it to the links of its person', async () => {
    const { signIn, answer, pathOf, action, ask, path, status } = await asked();
    await signIn();
    const bens = await pathOf(action, { person: ben.id });
    expect(await (await ask(bens)).text()).not.toContain('<form');
    expect((await answer({}, bens)).status).toBe(403);
    now = new Date(minute(16).getTime() - 1000);
    const later = await pathOf(action, { expires: minute(99).getTime() / 1000 });
    expect(await (await ask(later)).text()).not.toContain('Sign in to decide');
    now = minute(16);
    expect((await answer({}, later)).status).toBe(403);
    expect(path).not.toBe(later);
    expect(await status()).toBe('awaiting-approval');
  });

  test('sets cookies that are host-only, secure, HTTP-only and without a secret', async () => {
    const { ask, path } = await asked();
    const away = await ask(`/sign-in${path}`);
    const [cookie = ''] = away.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-countermand-sign-in=[\w.-]+; /);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/', 'Max-Age=600'])
      expect(cookie).toContain(attribute);
    expect(cookie).not.toContain('Domain');
    const to = new URL(away.headers.get('Location')!);
    const challenge = to.searchParams.get('code_challenge');
    const nonce = to.searchParams.get('nonce');
    const inside = Buffer.from(cookie, 'base64url').toString() + cookie;
    expect(inside).not.toContain(nonce);
    // No part of the cookie contains the verifier.
    const parts = inside.match(/[\w-]{43,}/g) ?? [];
    for (const part of parts)
      expect(createHash('sha256').update(part).digest('base64url')).not.toBe(challenge);
  });

  test.each([
    ['in the header', undefined],
    ['in the header', ['client_secret_basic', 'private_key_jwt']],
    ['in the form', ['client_secret_basic', 'client_secret_post']],
  ])('sends the client secret %s if the provider lists %o', async (where, methods) => {
    provider.behaves({ metadata: { token_endpoint_auth_methods_supported: methods } });
    const { signIn } = await asked();
    expect((await signIn()).status).toBe(303);
    expect(provider.authenticated.at(-1)).toBe(where);
  });

  test('writes nothing of the URL to the log when the provider returns an error', async () => {
    const { ask, path, logged } = await asked();
    const away = await ask(`/sign-in${path}`);
    const back = await fetch(away.headers.get('Location') ?? '', { redirect: 'manual' });
    const returned = new URL(back.headers.get('Location') ?? '');
    const [state, code] = ['state', 'code'].map((name) => returned.searchParams.get(name) ?? '');
    returned.searchParams.set('error', 'access_denied');
    returned.searchParams.set('error_description', 'https://evil.example');
    expect((await ask(returned.href)).status).toBe(403);
    const log = logged.join();
    expect(log).toContain('sign-in failed');
    for (const part of [`state=${state}`, `${code}`, 'evil']) expect(log).not.toContain(part);
  });

  test('reads the client secret on the callback, and fails with a wrong one', async () => {
    const right = await asked();
    await right.signIn();
    expect(right.read).toEqual(['countermand/sign-in']);
    const wrong = await asked({ secret: 'another' });
    expect((await wrong.signIn()).status).toBe(403);
    expect(wrong.cookies.size).toBe(0);
    expect(wrong.logged.join()).not.toContain('another');
  });
});

describe('a rejected sign-in', () => {
  const bad: [string, Misbehaviour][] = [
    ['as another person', { claims: { email: 'ben.okafor@example.com' } }],
    ['with an unverified address', { claims: { email_verified: false } }],
    ['with an address whose verification is not a boolean', { claims: { email_verified: 'true' } }],
    ['with another nonce', { claims: { nonce: 'another' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['with a token for another client', { claims: { aud: 'another-client' } }],
    ['with a token of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['with an expired token', { claims: { iat: 1, exp: 600 } }],
    ['with a token signed with another key', { forged: true }],
    ['with a response of another issuer (mix-up)', { redirect: { iss: 'https://evil.example' } }],
    ['with a response that names no issuer', { redirect: { iss: undefined } }],
    ['with another state', { redirect: { state: 'another' } }],
    ['with a code that the provider did not issue', { redirect: { code: 'code-of-mine' } }],
    ['that the provider denies', { redirect: { code: undefined, error: 'access_denied' } }],
    [
      'at a provider whose metadata names another issuer',
      { metadata: { issuer: 'https://evil.example' } },
    ],
  ];
  test.each(bad)('rejects a sign-in %s', async (_, misbehaviour) => {
    provider.behaves(misbehaviour);
    const { signIn, answer, status, cookies } = await asked();
    const refused = await signIn();
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('Nothing was decided');
    expect([...cookies.keys()]).not.toContain('__Host-countermand-session');
    expect((await answer()).status).toBe(403);
    expect(await status()).toBe('awaiting-approval');
  });

  test('rejects a second sign-in with the same response of the provider', async () => {
    const { ask, path } = await asked();
    const { headers } = await ask(`/sign-in${path}`);
    const back = await fetch(headers.get('Location')!, { redirect: 'manual' });
    const location = back.headers.get('Location')!;
    expect((await ask(location)).status).toBe(303);
    expect((await ask(location)).status).toBe(400);
  });

  test('rejects a sign-in in a browser that did not start it, and after ten minutes', async () => {
    const one = await asked();
    const { headers } = await one.ask(`/sign-in${one.path}`);
    const back = await fetch(headers.get('Location')!, { redirect: 'manual' });
    const location = back.headers.get('Location')!;
    const other = await asked();
    const refused = await other.ask(location);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('Start again');
    now = minute(11);
    expect((await one.ask(location)).status).toBe(400);
  });

  test('rejects a sign-in without a valid link', async () => {
    const { ask, path } = await asked();
    expect((await ask(`/sign-in${path}x`)).status).toBe(403);
    expect((await ask(`/sign-in${path.replace('approve', 'review')}`)).status).toBe(403);
    expect((await ask('/sign-in/session/x')).status).toBe(403);
  });

  test('rejects a sign-in with a cookie that was altered or issued for another purpose', async () => {
    const { signIn, answer, cookies, status } = await asked();
    const name = '__Host-countermand-session';
    await signIn();
    const session = cookies.get(name)!;
    const attempt = await asked();
    await attempt.ask(`/sign-in${attempt.path}`);
    const claims = { person: 'ana.silva', expires: minute(15).getTime() / 1000 };
    const forged = [
      `A${session.slice(1)}`,
      `${session}A`,
      attempt.cookies.get('__Host-countermand-sign-in')!,
      await signClaims(mac, 'countermand session v1', claims),
      await signClaims(pages, 'countermand form v1', claims),
      '',
    ];
    for (const one of forged) {
      cookies.set(name, one);
      expect((await answer()).status).toBe(403);
    }
    expect(await status()).toBe('awaiting-approval');
    cookies.set(name, await signClaims(pages, 'countermand session v1', claims));
    expect((await answer()).status).toBe(200);
  });
});

describe('an unavailable provider', () => {
  const down: [string, Misbehaviour][] = [
    ['at its description', { status: { '/.well-known/openid-configuration': 503 } }],
    ['at its tokens', { status: { '/token': 502 } }],
    ['at its keys', { status: { '/jwks': 500 } }],
    ['for the moment', { status: { '/token': 429 } }],
  ];
  test.each(down)(
    'accepts no decision while the identity provider is unavailable (%s), and the page says so',
    async (_, misbehaviour) => {
      provider.behaves(misbehaviour);
      const { signIn, answer, status } = await asked();
      const refused = await signIn();
      expect(refused.status).toBe(503);
      expect(await refused.text()).toContain('the identity provider is not responding');
      expect((await answer()).status).toBe(403);
      expect(await status()).toBe('awaiting-approval');
    },
  );

  test('accepts no decision until the identity provider answers again', async () => {
    const { signIn, status, answer } = await asked({
      policy: { signIn: signInOf({ issuer: 'http://127.0.0.1:1' }) },
    });
    expect((await signIn()).status).toBe(503);
    expect((await answer()).status).toBe(403);
    expect(await status()).toBe('awaiting-approval');
    provider.behaves({ status: { '/.well-known/openid-configuration': 503 } });
    const other = await asked();
    expect((await other.signIn()).status).toBe(503);
    provider.behaves({});
    expect((await other.signIn()).status).toBe(303);
  });
});

describe('the identity of a person', () => {
  const people = {
    ...POLICY.escalation.people,
    'ana.silva': { ...POLICY.escalation.people['ana.silva']!, subject: 'subject-of-ana' },
  };
  const bySubject = (claim: string) => ({
    signIn: signInOf({ claim }),
    escalation: { ...POLICY.escalation, people },
  });

  test('matches the person by the subject if policy names that claim', async () => {
    const { signIn } = await asked({ policy: bySubject('sub') });
    expect((await signIn()).status).toBe(303);
    provider.behaves({ claims: { sub: 'Subject-of-ana' } });
    expect((await signIn()).status).toBe(403);
  });

  test('matches the person by any other claim, or by the user-info endpoint if the token lacks it', async () => {
    const { signIn } = await asked({ policy: bySubject('employee') });
    expect((await signIn()).status).toBe(403);
    provider.behaves({ userInfo: { employee: 'subject-of-ana' } });
    expect((await signIn()).status).toBe(303);
    provider.behaves({ userInfo: { employee: 'subject-of-ana', sub: 'of-ben' } });
    expect((await signIn()).status).toBe(403);
  });

  test('does not match an address that differs before Unicode lower-casing', () => {
    const kelvin = 'ben.o\u212Aafor@example.com';
    const person = POLICY.escalation.people['ben.okafor']!;
    expect(kelvin.toLowerCase()).toBe(person.email);
    const said = (email: string) => ({ email, email_verified: true });
    expect(whyNot({ claim: 'email' }, said('Ben.Okafor@Example.com'), person)).toBe(null);
    expect(whyNot({ claim: 'email' }, said(kelvin), person)).toBe(
      'You signed in with another account.',
    );
  });

  test('does not match a claim for which the person has no subject', async () => {
    const { signIn } = await asked({ policy: { signIn: signInOf({ claim: 'sub' }) } });
    provider.behaves({ claims: { sub: 'undefined' } });
    expect((await signIn()).status).toBe(403);
  });
});

test('serves no sign-in and accepts the link alone if policy requires no sign-in', async () => {
  const { ask, path, answer } = await asked({ policy: { signIn: null } });
  expect((await ask(`/sign-in${path}`)).status).toBe(404);
  expect((await ask('/signed-in?code=x&state=y')).status).toBe(404);
  expect((await answer()).status).toBe(200);
});
