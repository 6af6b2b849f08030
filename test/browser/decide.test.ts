// The decision pages in a browser: phone, keyboard, no script, accessibility.

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { unknown } from '../../functions/domain/facts.ts';
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

/** Reading the user's facts failed. */
async function forgetFacts() {
  const { records } = world.runtime.store;
  const incidentId = world.runtime.inbox().at(-1)?.message.incidentId ?? '';
  const [{ alertId = '' } = {}] = await records.actions(incidentId);
  const facts = await records.findFacts(incidentId, alertId);
  if (!facts) throw new Error('expected facts');
  const denied = unknown('AccessDenied');
  const entities = facts.entities.map((one) => ({
    ...one,
    identity:
      one.ref !== 'key-1' || !one.identity
        ? one.identity
        : { ...one.identity, lastUsed: denied, consoleAccess: denied },
  }));
  await records.putFacts(incidentId, alertId, { ...facts, entities });
}

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

  test('shows two actions with their effect, undo and time, and the buttons, within 600 px in a wide font', async () => {
    await world.deliver(sample('leaked-access-key'));
    const path = world.link('ana.silva');
    await forgetFacts();
    const page = await phone.newPage();
    await page.route('**/style.css', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('system-ui', '"DejaVu Sans"');
      await route.fulfill({ response, body });
    });
    await page.goto(url + path);
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(2);
    expect(await page.getByText(/^\d unknown: whether the user has/).isVisible()).toBe(true);
    for (const name of [/^Approve .*selected/, /^Decline .*selected/]) {
      const box = await page.getByRole('button', { name }).boundingBox();
      expect((box?.y ?? 601) + (box?.height ?? 0)).toBeLessThanOrEqual(600);
    }
  });

  test('names the number of ticked actions on the buttons, and approves only those', async () => {
    await world.deliver(sample('web-port-probe'));
    const page = await phone.newPage();
    await page.goto(url + world.link('ana.silva'));
    expect(await page.getByText('Shared: 2 subnets').last().isVisible()).toBe(true);
    const approve = page.getByRole('button', { name: /^Approve.*selected/ });
    const count = approve.locator('.count');
    const [of, two] = [await count.boundingBox(), await count.screenshot()];
    expect(of?.width, 'the style sheet writes the number').toBeGreaterThan(4);
    await page.getByRole('checkbox', { name: 'Block traffic' }).uncheck();
    expect((await count.screenshot()).equals(two)).toBe(false);
    await approve.click();
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent())
      .toContain('1 approved');
    await world.runtime.engine.quiet();
    expect(world.blocked()).toEqual(['203.0.113.66/32']);
    expect(world.denied()).toEqual([]);
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
    const { detail, ...event } = sample('injected-instructions') as { detail: object };
    await world.deliver({ ...event, detail: { ...detail, severity: 8 } });
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
