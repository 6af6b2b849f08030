// The console in a real browser: from a sample alert to its undo.
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
  page = await browser.newPage();
  await page.goto(site.url);
});
afterEach(async () => {
  await page.close();
  await site.stop();
});

const region = (name: string) => page.getByRole('region', { name });
/** The page updates once a second. */
const eventually = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 15_000 });
const says = (name: string) => region(name).textContent();

describe('the console', () => {
  test('a sample sent from the console can be approved, and its block is shown until the undo', async () => {
    await page.getByRole('button', { name: 'A known scanner probes the web shop' }).click();
    await eventually(() => says('State')).toContain('2 open requests');

    const [decision] = await Promise.all([
      page.waitForEvent('popup'),
      region('On-call inbox').getByRole('link', { name: 'Open, then approve or decline' }).click(),
    ]);
    await decision.getByRole('button', { name: /^Approve .*selected/ }).click();
    await eventually(() => decision.title()).toContain('2 approved');
    await world.runtime.engine.quiet();
    await decision.getByRole('link', { name: 'See the current state' }).click();
    await eventually(() => decision.title()).toContain('In force');

    await eventually(() => says('In force')).toContain('Blocked web requests from 203.0.113.66');
    await eventually(() => says('WAF address sets')).toContain('203.0.113.66/32');
    await eventually(() => says('Network ACLs')).toContain('deny 203.0.113.66/32 inbound');
    await eventually(() => says('On-call inbox')).toContain('now in force');
    await eventually(() => says('State')).toContain('No open requests');

    await world.pass(11);
    await eventually(() => says('In force')).toContain('Nothing yet.');
    expect(await says('WAF address sets')).not.toContain('203.0.113.66');
    expect(await says('Network ACLs')).not.toContain('203.0.113.66');
  });
});

describe('an event pasted into the console', () => {
  const paste = async (event: string) => {
    await page.getByText('Paste your own event').click();
    await page.getByRole('textbox').fill(event);
  };

  test('rejects an unreadable event with the reason, keeps it in the form and lists it', async () => {
    await paste('hello {');
    await page.getByRole('button', { name: 'Send' }).click();
    await eventually(() => page.getByRole('alert').textContent()).toContain('expected JSON');
    expect(await page.getByRole('textbox').inputValue()).toBe('hello {');
    expect(await says('Rejected events')).toContain('kept for replay');
  });

  test('keeps a pasted event in the form while the page updates', async () => {
    await paste('{"half": ');
    await page.getByRole('heading', { level: 1 }).click();
    await world.deliver(sample('web-port-probe'));
    await eventually(() => says('State')).toContain('2 open requests');
    expect(await page.getByRole('textbox').inputValue()).toBe('{"half": ');
  });
});

describe('the page of the console', () => {
  test('keeps opened details open and closed ones closed while the page updates', async () => {
    await world.deliver(sample('web-port-probe'));
    await eventually(() => says('Incidents')).toContain('Port 443');
    const why = region('Incidents').getByText('Reasons and history').first();
    await why.click();
    await world.deliver(sample('ssh-brute-force'));
    await eventually(() => says('Incidents')).toContain('SSH brute force');
    const reason = region('Incidents').getByText('Tier 1: may run automatically');
    expect(await reason.locator('visible=true').count()).toBe(1);
  });

  test('says that the page is out of date when the server does not answer', async () => {
    site.breakDown();
    await eventually(() => page.getByRole('alert').isVisible()).toBe(true);
  });

  test('shows an approval request on the first screen of a phone', async () => {
    await world.deliver(sample('web-port-probe'));
    await page.setViewportSize(PHONE);
    const link = page.getByRole('link', { name: '2 open requests' });
    await eventually(async () => (await link.boundingBox())?.y ?? PHONE.height).toBeLessThan(
      PHONE.height,
    );
    const wide = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(wide, 'pixels to scroll sideways').toBe(0);
  });
});
