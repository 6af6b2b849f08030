// The bar of a countdown, beside its text.
import { html } from 'hono/html';
import type { Html } from '../../../site/page.ts';

const WIDTH = 72;

/** How much of the time from `from` to `end` is left. */
export function countdownBar(from: string | null, end: string, now: Date): Html {
  const whole = Math.max(1, Date.parse(end) - Date.parse(from ?? end));
  const left = Math.max(0, Math.min(1, (Date.parse(end) - now.getTime()) / whole));
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 4" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="${WIDTH}" height="4" rx="2"/><rect class="rest" width="${Math.round(WIDTH * left)}" height="4" rx="2"/></svg>`;
}
