// Sign-in in a real browser: redirects, cookies and policies between two sites.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { providerFrom } from '../../functions/sign-in/provider.ts';
import { POLICY } from '../fixtures/case.ts';
import { CLIENT, type Provider, startProvider } from '../fixtures/provider.ts';
import { sample, type World } from '../flow/world.ts';
import { launch } from './launch.ts';
import { PHONE, type Site, startSite } from './site.ts';

let browser: Browser;
let provider: Provider;
let site: Site;
let world: World;
let phone: BrowserContext;
let page: Page;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  let now = () => new Date();
  provider = await startProvider({ now: () => now(), asks: true });
  const signIn = {
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: 'countermand/sign-in',
    claim: 'email',
    acrValues: [],
  };
  const clients = {
    http: { fetch: (url: string, init: RequestInit) => fetch(url, init) },
    sleep: async () => {},
    secretsManager: {
      getSecretValue: async () => ({ SecretString: CLIENT.secret }),
    } as unknown as Parameters<typeof providerFrom>[2]['secretsManager'],
    now: () => now(),
  };
  site = await startSite((url) => ({
    policy: { ...POLICY, signIn },
    provider: providerFrom(signIn, url, clients),
  }));
  ({ world } = site);
  now = world.clock.now;
  phone = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
  page = await phone.newPage();
  await world.deliver(sample('ssh-brute-force'));
});
afterEach(async () => {
  await phone.close();
  await site.stop();
  await provider.stop();
});

const heading = () => page.getByRole('heading', { level: 1 }).textContent();

describe('a sign-in on a phone without script', () => {
  test('returns to the question after the sign-in, and confirms the approval', async () => {
    await page.goto(site.url + world.link('ana.silva'));
    expect(await heading()).toContain('203.0.113.101');
    expect(await page.getByRole('button').count()).toBe(0);
    await page.getByRole('link', { name: 'Sign in to decide' }).click();
    await page.getByRole('link', { name: 'Continue as Ana' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect.poll(heading).toContain('Approved');
    await world.runtime.engine.quiet();
    expect(world.denied()).toEqual(['203.0.113.101/32 at acl-0a1b2c3d4e5f60701']);
    const kept = (await phone.cookies()).map(({ name, httpOnly, secure, sameSite }) => ({
      name,
      httpOnly,
      secure,
      sameSite,
    }));
    expect(kept).toEqual([
      { name: '__Host-countermand-session', httpOnly: true, secure: true, sameSite: 'Lax' },
    ]);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds no accessibility violation on the sign-in page in the %s color scheme',
    async (colorScheme) => {
      const context = await browser.newContext({ viewport: PHONE, colorScheme });
      const shown = await context.newPage();
      await shown.goto(site.url + world.link('ana.silva'));
      const { violations } = await new AxeBuilder({ page: shown }).analyze();
      if (process.env.SHOT) await shown.screenshot({ path: `/tmp/sign-in-${colorScheme}.png` });
      await context.close();
      expect(violations.map(({ id }) => id)).toEqual([]);
    },
  );

  test('tells a person who signed in as someone else, and accepts no decision', async () => {
    provider.behaves({ claims: { email: 'mallory@example.com' } });
    await page.goto(site.url + world.link('ana.silva'));
    await page.getByRole('link', { name: 'Sign in to decide' }).click();
    await page.getByRole('link', { name: 'Continue as Ana' }).click();
    await expect.poll(heading).toContain('Not your link');
    await page.getByRole('link', { name: 'Back to the request' }).click();
    await expect.poll(heading).toContain('203.0.113.101');
    expect(await page.getByRole('button').count()).toBe(0);
    expect(world.denied()).toEqual([]);
  });

  test("the browser does not send the session with another site's form", async () => {
    await page.goto(site.url + world.link('ana.silva'));
    await page.getByRole('link', { name: 'Sign in to decide' }).click();
    await page.getByRole('link', { name: 'Continue as Ana' }).click();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    const hidden = await page.locator('input[type=hidden]').all();
    const fields = await Promise.all(
      hidden.map(
        async (one) =>
          `<input name="${await one.getAttribute('name')}" value="${await one.getAttribute('value')}">`,
      ),
    );
    const form = `<form method="post" action="${page.url()}">${fields.join('')}<button name="verdict" value="approve">Win</button></form>`;
    site.withoutConsole();
    const evil = await phone.newPage();
    await evil.route('http://localhost:1/', (route) =>
      route.fulfill({ contentType: 'text/html', body: form }),
    );
    await evil.goto('http://localhost:1/');
    await evil.getByRole('button', { name: 'Win' }).click();
    await expect
      .poll(() => evil.getByRole('heading', { level: 1 }).textContent())
      .toContain('Request rejected');
    expect((await world.action('block_ip_at_firewall')).status).toBe('awaiting-approval');
  });

  test('the page says that the identity provider is down, and the request escalates and expires unchanged', async () => {
    provider.behaves({ status: { '/token': 503 } });
    await page.goto(site.url + world.link('ana.silva'));
    await page.getByRole('link', { name: 'Sign in to decide' }).click();
    await page.getByRole('link', { name: 'Continue as Ana' }).click();
    await expect.poll(heading).toContain('Sign-in is unavailable');
    await world.pass(2);
    expect(world.subjectsTo('ben.okafor').length).toBeGreaterThan(0);
    await world.pass(15);
    expect((await world.action('block_ip_at_firewall')).status).toBe('expired');
    expect(world.denied()).toEqual([]);
  });
});
