// A list of 500 incidents in a browser: length, accessibility, updates.
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import { serve } from '@hono/node-server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createConsole } from '../../functions/web/console/site.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { asking, manySummaries, summaryWith } from '../fixtures/summaries.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { inForce, mac, pages, put } from '../web/approval-pages.ts';
import { launch } from './launch.ts';
import { PHONE } from './site.ts';

// axe reads the whole page, which takes long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const SIZE = '[document.documentElement.scrollHeight, document.documentElement.scrollWidth]';
/** The texts in rows of the list that are wider than their cells. */
const SPILLED = `[...document.querySelectorAll('.list tbody tr:not(.group) td')]
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
  .map((cell) => cell.textContent.trim())`;
const LAPTOP = { width: 1280, height: 800 };
const store = storeOn(memoryTable());
const server = serve({ fetch: (request) => handle(request), port: 0, hostname: '127.0.0.1' });
let handle: (request: Request) => Response | Promise<Response>;
let browser: Browser;
let url: string;
let isDown = false;

beforeAll(async () => {
  browser = await launch();
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = createConsole({
    ...{ store, policy: POLICY, mac, pages, actsAs: 'ana.silva', newId: () => 'id' },
    ...{ webBaseUrl: url, now: () => NOW, log: () => {} },
  });
  handle = (request) => (isDown ? new Response('', { status: 503 }) : app.fetch(request));
  for (const one of manySummaries(NOW)) {
    await store.summaries.put(one);
    await store.table.put({ pk: 'LIST', sk: `${one.openedAt}#${one.incidentId}` });
  }
  await put(store, inForce());
  const { actionId, ...more } = inForce();
  const others = [
    { status: 'reversal-failed', dueAt: '2026-11-24T02:35:00.000Z', effectKey: 'a' },
    { dueAt: '2026-11-25T03:06:00.000Z', effectKey: 'b' },
    { dueAt: '2026-11-25T03:06:00.000Z', effectKey: 'b' },
    { status: 'kept', reviewAt: '2026-12-24T03:00:00.000Z', effectKey: 'c' },
  ] as const;
  for (const [i, change] of others.entries())
    await store.records.createAction({
      ...more,
      actionId: `${actionId.slice(0, -1)}${i + 2}`,
      ...change,
    });
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => {
  isDown = false;
  await store.summaries.setRevision('first');
});

async function open(path: string, viewport = LAPTOP, colorScheme: 'light' | 'dark' = 'light') {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  await page.goto(url + path);
  return page;
}

describe.each([
  { name: 'laptop', viewport: LAPTOP, screens: 3 },
  { name: 'phone', viewport: PHONE, screens: 6 },
])('on a $name', ({ name, viewport, screens }) => {
  const shown = (['light', 'dark'] as const).flatMap((scheme) => [
    { scheme, path: '/console', title: 'list' },
    { scheme, path: '/console?severity=high&time=7d&q=bastion-1', title: 'search' },
    { scheme, path: '/console/in-force', title: 'in-force' },
  ]);
  test.each(shown)(
    'the $title page fits in the $scheme scheme, and axe finds no fault',
    async ({ scheme, path, title }) => {
      const page = await open(path, viewport, scheme);
      const [height = 0, width = 0] = await page.evaluate<number[]>(SIZE);
      if (process.env.PICTURES)
        await page.screenshot({
          path: `${process.env.PICTURES}/${title}-${name}-${scheme}.png`,
          fullPage: true,
        });
      expect(height / viewport.height).toBeLessThanOrEqual(screens);
      expect(width).toBeLessThanOrEqual(viewport.width);
      const killSwitch = await page.locator('.kill').boundingBox();
      expect(killSwitch?.height, 'two lines').toBeLessThan(50);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      await page.context().close();
    },
  );
});

test.each([
  { name: 'laptop', viewport: LAPTOP },
  { name: 'phone', viewport: PHONE },
])('covers no word and no button on a $name at twice the text size', async ({ viewport }) => {
  const page = await open('/console', viewport);
  await page.evaluate("document.documentElement.style.fontSize = '32px'");
  const box = await page.getByRole('button', { name: 'Halt' }).boundingBox();
  expect((box?.x ?? 0) + (box?.width ?? 9_999)).toBeLessThanOrEqual(viewport.width);
  expect(await page.evaluate(SPILLED)).toEqual([]);
  await page.context().close();
});

describe('an open list', () => {
  const title = 'A new question';
  async function addQuestion(): Promise<void> {
    await store.summaries.put(
      summaryWith(900, NOW, { ...asking(900, NOW, 1), title, severity: 'critical' }),
    );
    await store.summaries.setRevision('second');
  }
  /** Makes the script poll now instead of every ten seconds. */
  const ask = (page: Page) => page.evaluate('ask()');

  test('shows a change at once while the reader has not begun to use the page', async () => {
    const page = await open('/console');
    await addQuestion();
    await ask(page);
    expect(await page.getByText(title).first().isVisible()).toBe(true);
    await page.context().close();
  });

  test('does not replace the content that the reader uses, and offers the changes', async () => {
    const page = await open('/console');
    await page.getByRole('searchbox').fill('half a wor');
    await addQuestion();
    await ask(page);
    expect(await page.getByRole('status').isVisible()).toBe(true);
    expect(await page.getByRole('searchbox').inputValue()).toBe('half a wor');
    await page.context().close();
  });

  test('says when the console does not answer, and that it answers again', async () => {
    const page = await open('/console');
    isDown = true;
    await ask(page);
    expect(await page.getByRole('alert').isVisible()).toBe(true);
    isDown = false;
    await ask(page);
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    await page.context().close();
  });
});

test('the list can be searched without script', async () => {
  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${url}/console`);
  await page.getByRole('searchbox').fill('mining');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/q=mining/);
  expect(await page.getByText('“mining”').isVisible()).toBe(true);
  await context.close();
});
