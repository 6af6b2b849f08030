// The question fits the first screen of a phone, with the longest texts.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STYLE } from '../../functions/web/style.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { createPages, inForce, put } from '../web/approval-pages.ts';
import { launch } from './launch.ts';
import { LONGEST, longestPage, ORDINARY } from './longest.ts';
import { PHONE } from './site.ts';

let browser: Browser;
let page: Page;
let shown = '';
let textSize = '100%';
beforeAll(async () => {
  browser = await launch();
  page = await browser.newPage({ viewport: PHONE, javaScriptEnabled: false });
  await page.route('**/*', (route) =>
    route.request().url().endsWith('/style.css')
      ? route.fulfill({
          body: `${STYLE.replace('system-ui', '"DejaVu Sans"')} html { font-size: ${textSize}; }`,
          contentType: 'text/css',
        })
      : route.fulfill({ body: shown, contentType: 'text/html' }),
  );
});
afterAll(() => browser.close());

test.each([
  ...LONGEST.map((one) => ({ ...one, noticed: false, which: 'without a notice' })),
  ...LONGEST.filter(({ actions }) => actions.length > 1).map((one) => ({
    ...{ ...one, noticed: true, which: 'with every notice' },
  })),
])(
  'has both buttons in the first 600 px of a phone, in the widest font: $title, $which',
  async ({ actions, noticed }) => {
    shown = await longestPage(actions, noticed);
    await page.goto('http://countermand.example/');
    expect(await page.locator('.notice').count()).toBe(noticed ? 1 : 0);
    for (const name of [/^Approve/, /^Decline/]) {
      const box = await page.getByRole('button', { name }).boundingBox();
      expect((box?.y ?? 601) + (box?.height ?? 0)).toBeLessThanOrEqual(600);
    }
  },
);

test('has both buttons in the first 600 px of a phone for two ordinary requests with unknown facts', async () => {
  shown = await longestPage(ORDINARY.actions, false, ORDINARY.alert);
  await page.goto('http://countermand.example/');
  const box = await page.getByRole('button', { name: /^Decline/ }).boundingBox();
  expect((box?.y ?? 601) + (box?.height ?? 0)).toBeLessThanOrEqual(600);
});

test('keeps the words of each step whole at twice the text size', async () => {
  const store = storeOn(memoryTable());
  const { app, pathOf } = createPages(store);
  shown = await (await app.request(await pathOf(await put(store, inForce())))).text();
  textSize = '200%';
  await page.goto('http://countermand.example/');
  textSize = '100%';
  const boxes = await page.locator('.steps li > div > span').all();
  const widths = await Promise.all(boxes.map(async (one) => (await one.boundingBox())?.width ?? 0));
  expect(Math.min(...widths)).toBeGreaterThan(150);
});

test('shows a raised severity first, and lists every notice in full below the buttons', async () => {
  const [{ actions } = { actions: [] }] = LONGEST;
  shown = await longestPage(actions, true);
  await page.goto('http://countermand.example/');
  expect(await page.locator('.notice').textContent()).toMatch(
    /^Updated at 03:02 UTC: Severity raised from medium to critical\..*Details and \d more/,
  );
  const list = await page.getByRole('region', { name: 'Before you decide' }).textContent();
  expect(list).toContain('and 37 more.');
  expect(list).toContain('The product that reported the finding now marks it as suppressed.');
});
