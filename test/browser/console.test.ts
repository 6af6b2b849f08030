// The demo's start page in a real browser: from a sample to its undo.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sample, type World } from '../flow/world.ts';
import { launch } from './launch.ts';
import { PHONE, type Site, startSite } from './site.ts';

let browser: Browser;
let site: Site;
let world: World;
let page: Page;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await startSite();
  ({ world } = site);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(site.url);
});
afterEach(async () => {
  await page.close();
  await site.stop();
});

const region = (name: string) => page.getByRole('region', { name });
const says = async (name: string) => {
  await page.goto(site.url);
  return region(name).textContent();
};
const screens = async () =>
  Number(await page.evaluate('document.documentElement.scrollHeight / window.innerHeight'));
const sideways = () =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe('the start page', () => {
  test('a sample can be sent and approved, and the account shows its block until the undo', async () => {
    await page.getByRole('button', { name: 'A known scanner probes the web shop' }).click();
    await region('Messages to people')
      .getByRole('link', { name: 'Open, then approve or decline' })
      .click();
    await page.getByRole('button', { name: /^Approve .*selected/ }).click();
    await expect.poll(() => page.title(), { timeout: 15_000 }).toContain('2 approved');
    await world.runtime.engine.quiet();

    expect(await says('WAF address sets')).toContain('203.0.113.66/32');
    expect(await says('Network ACLs')).toContain('deny 203.0.113.66/32 inbound');
    expect(await says('Messages to people')).toContain('now in force');
    await world.pass(11);
    expect(await says('WAF address sets')).not.toContain('203.0.113.66');
    expect(await says('Network ACLs')).not.toContain('203.0.113.66');
  });

  test('rejects an unreadable event with the reason, keeps it in the form and lists it', async () => {
    await page.getByText('Paste your own event').click();
    await page.getByRole('textbox').fill('hello {');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect
      .poll(() => page.getByText('expected JSON').first().isVisible(), { timeout: 15_000 })
      .toBe(true);
    expect(await page.getByRole('textbox').inputValue()).toBe('hello {');
    expect(await says('Send a finding')).toContain('kept for replay');
  });

  test('stays within three screens after every sample, also on a phone, and shows the question first', async () => {
    for (const id of ['web-port-probe', 'ssh-brute-force', 'leaked-access-key', 'mining'])
      await world.deliver(sample(id));
    for (let i = 0; i < 20; i++)
      await world.deliver(
        JSON.parse(
          JSON.stringify(sample('web-port-probe'))
            .replaceAll('203.0.113.66', `203.0.113.${100 + i}`)
            .replaceAll('3ec7a5f0b1d24c6e8a9f0b1c2d3e4f50', `finding-${i}`),
        ),
      );
    for (const path of ['/', '/messages']) {
      await page.goto(site.url + path);
      expect(await screens(), path).toBeLessThanOrEqual(3);
    }
    await page.setViewportSize(PHONE);
    await page.goto(site.url);
    expect(await sideways(), 'pixels to scroll sideways').toBe(0);
    const asked = page.getByRole('link', { name: /\d+ questions/ });
    expect((await asked.boundingBox())?.y).toBeLessThan(PHONE.height);
  });

  test('works without script: a sample, its request and the stop button', async () => {
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(site.url);
    await plain.getByRole('button', { name: 'A known scanner probes the web shop' }).click();
    await plain.getByText('Approve 2 actions?').first().waitFor({ timeout: 15_000 });
    expect(await plain.getByRole('button', { name: 'Halt' }).isVisible()).toBe(true);
    await plain.close();
  });
});
