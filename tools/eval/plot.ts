// Draws rates with their intervals, beside those of the baseline.
import { html } from 'hono/html';
import type { Evaluated } from './evaluate.ts';
import { basesOf, FAULT_NAMES, rateOf } from './figures.ts';
import { type Rate, wilson } from './statistics.ts';

const LEFT = 170;
const WIDTH = 500;
const ROW = 44;
const x = (share: number): number => LEFT + share * WIDTH;

/** One bar for each fault, its interval, and the bar of the baseline below. */
export function plotOf(
  results: readonly Evaluated[],
  before: Readonly<Record<string, string>> | undefined,
): ReturnType<typeof html> {
  const bases = basesOf(results);
  const rows = FAULT_NAMES.map((fault) => {
    const now = rateOf(fault, bases);
    const counted = bases.filter(({ score }) => score.counted.includes(fault));
    const earlier = counted.flatMap(({ situation }) => before?.[situation.id] ?? []);
    const was: Rate = {
      events: earlier.filter((faults) => faults.split(' ').includes(fault)).length,
      of: earlier.length,
    };
    return { fault, now, was };
  });
  const height = rows.length * ROW + 30;
  return html`<svg viewBox="0 0 ${LEFT + WIDTH + 60} ${height}" role="img" aria-label="Rates with 95 % intervals">
${rows.map(({ fault, now, was }, i) => {
  const y = i * ROW + 8;
  const [low, high] = wilson(now) ?? [0, 0];
  return html`<text x="0" y="${y + 14}">${fault}</text>
<rect class="bar" x="${LEFT}" y="${y}" width="${share(now) * WIDTH}" height="14"></rect>
<line class="whisker" x1="${x(low)}" x2="${x(high)}" y1="${y + 7}" y2="${y + 7}"></line>
<text x="${x(high) + 6}" y="${y + 12}">${now.events}/${now.of}</text>
${was.of > 0 ? html`<rect class="old" x="${LEFT}" y="${y + 17}" width="${share(was) * WIDTH}" height="6"></rect>` : ''}`;
})}
${[0, 0.25, 0.5, 0.75, 1].map((one) => html`<text x="${x(one) - 10}" y="${height - 6}">${one * 100} %</text>`)}
</svg><p>Blue: now, with the interval. Grey: the baseline.</p>`;
}

const share = ({ events, of }: Rate): number => (of === 0 ? 0 : events / of);
