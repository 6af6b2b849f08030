// The decision pages in a browser: phone, keyboard, no script, accessibility.

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sample, type World } from '../flow/world.ts';
import { launch } from './launch.ts';
import { PHONE, type Site, startSite } from './site.ts';

let browser: Browser;
let site: Site;
let world: World;
let url: string;
let phone: BrowserContext;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(async () => {
  site = await startSite();
  ({ world, url } = site);
  phone = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
});
afterEach(async () => {
  await phone.close();
  await site.stop();
});

const violations = async (path: string, colorScheme: 'light' | 'dark') => {
  const context = await browser.newContext({ viewport: PHONE, colorScheme });
  const page = await context.newPage();
  await page.goto(url + path);
  const result = await new AxeBuilder({ page }).analyze();
  await context.close();
  return result.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`,
  );
};

describe('a decision page on a phone without script', () => {
  test('shows the change and the Approve button without scrolling, and confirms the approval', async () => {
    await world.deliver(sample('ssh-brute-force'));
    const page = await phone.newPage();
    await page.goto(url + world.link('ana.silva'));
    const approve = page.getByRole('button', { name: 'Approve' });
    const box = await approve.boundingBox();
    expect(
      (box?.y ?? PHONE.height) + (box?.height ?? 0),
      'the button is on the first screen',
    ).toBeLessThanOrEqual(PHONE.height);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('203.0.113.101');
    await approve.click();
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent())
      .toContain('Approved');
    await world.runtime.engine.quiet();
    expect(world.denied()).toEqual(['203.0.113.101/32 at acl-0a1b2c3d4e5f60701']);
  });

  test('shows the change of each similar request, and approves all at once', async () => {
    await world.deliver(sample('web-port-probe'));
    const page = await phone.newPage();
    await page.goto(url + world.link('ana.silva'));
    await page.getByText('Changes, and who is affected').last().click();
    expect(await page.getByText('Shared: 2 subnets').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Approve all 2' }).click();
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent())
      .toContain('2 of 2 approved');
    await world.runtime.engine.quiet();
    expect(world.blocked()).toEqual(['203.0.113.66/32']);
    expect(world.denied()).toEqual(['203.0.113.66/32 at acl-0a1b2c3d4e5f60701']);
  });

  test('declines a request with one tap, and changes nothing', async () => {
    await world.deliver(sample('ssh-brute-force'));
    const page = await phone.newPage();
    await page.goto(url + world.link('ana.silva'));
    await page.getByRole('button', { name: 'Decline' }).click();
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent())
      .toContain('Declined');
    expect(world.denied()).toEqual([]);
  });

  test("shows the attacker's text as text, never as markup", async () => {
    await world.deliver(sample('injected-instructions'));
    const page = await phone.newPage();
    await page.goto(url + world.link('ana.silva'));
    expect(await page.locator('script, img, iframe').count()).toBe(0);
  });

  test('the decision page requests nothing from another origin', async () => {
    await world.deliver(sample('web-port-probe'));
    const page = await phone.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    await page.goto(url + world.link('ana.silva'));
    expect(new Set(asked)).toEqual(new Set([url]));
  });
});

describe.each(['light', 'dark'] as const)('accessibility in the %s color scheme', (scheme) => {
  test('axe finds no accessibility violation on the approval page, the review page and the console', async () => {
    await world.deliver(sample('web-port-probe'));
    expect(await violations(world.link('ana.silva'), scheme)).toEqual([]);
    await world.approve('ana.silva');
    await world.pass(3);
    expect(await violations(world.link('ana.silva'), scheme)).toEqual([]);
    expect(await violations('/', scheme)).toEqual([]);
  });
});
