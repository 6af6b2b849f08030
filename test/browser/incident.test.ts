// The page of an incident in a browser: its drawing and its accessibility.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sample, type World } from '../flow/world.ts';
import { launch } from './launch.ts';
import { PHONE, type Site, startSite } from './site.ts';

let browser: Browser;
let site: Site;
let world: World;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await startSite();
  ({ world } = site);
});
afterEach(() => site.stop());

const DESKTOP = { width: 1280, height: 900 };

async function opened(
  {
    viewport,
    colorScheme = 'light',
  }: { viewport: { width: number; height: number }; colorScheme?: 'light' | 'dark' },
  then: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const [incident] = await world.incidents();
  await page.goto(`${site.url}/console/incident/${incident?.incidentId}`);
  await then(page);
  await context.close();
}

const TEXTS = `[...document.querySelectorAll('svg.tl')]
  .filter((one) => getComputedStyle(one).display !== 'none')
  .flatMap((one) => [...one.querySelectorAll('text')]
    .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect(), frame: one.getBoundingClientRect() })))`;

/** Pairs of texts that overlap in the visible drawing. */
const overlaps = (page: Page): Promise<string[]> =>
  page.evaluate(`${TEXTS}.flatMap((a, i, all) => all.slice(i + 1).flatMap((b) => {
    const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
    const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    return x > 2 && y > 4 ? [a.text + ' | ' + b.text] : [];
  }))`);

/** Texts of the drawing that are cut off at its edge. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(`${TEXTS}.flatMap(({ text, box, frame }) =>
    box.left < frame.left - 2 || box.right > frame.right + 2 ? [text] : [])`);

/** The leaked key, approved in part; the scanner with two questions; a probe that was undone. */
const STATES: readonly [string, () => Promise<void>][] = [
  [
    'a question open and two changes in force',
    async () => {
      await world.deliver(sample('leaked-access-key'));
      await world.pass(1);
      await world.approve('ana.silva');
      await world.pass(1);
    },
  ],
  [
    'everything over',
    async () => {
      await world.deliver(sample('web-port-probe'));
      await world.approve('ana.silva');
      await world.pass(30);
    },
  ],
  [
    'fourteen alerts of one attacker',
    async () => {
      const event = JSON.stringify(sample('web-port-probe'));
      for (let i = 0; i < 14; i++) {
        await world.deliver(
          JSON.parse(event.replaceAll('3ec7a5f0b1d24c6e8a9f0b1c2d3e4f50', `finding-${i}`)),
        );
        world.clock.advance(45_000);
      }
      await world.pass(1);
    },
  ],
];

describe.each(STATES)('with %s', (_, reach) => {
  test('no text of the drawing covers another or is cut off, at 1280 and 390 px', async () => {
    await reach();
    for (const viewport of [DESKTOP, PHONE])
      await opened({ viewport }, async (page) => {
        expect(await overlaps(page)).toEqual([]);
        expect(await cutOff(page)).toEqual([]);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect(width).toBeLessThanOrEqual(viewport.width);
      });
  }, 120_000);
});

test('axe finds no accessibility violation, in light and dark, with all details unfolded', async () => {
  await STATES[0]![1]();
  for (const [viewport, colorScheme] of [
    [DESKTOP, 'light'],
    [PHONE, 'dark'],
  ] as const)
    await opened({ viewport, colorScheme }, async (page) => {
      await page.evaluate(
        `for (const one of document.querySelectorAll('details')) one.open = true`,
      );
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    });
}, 120_000);
