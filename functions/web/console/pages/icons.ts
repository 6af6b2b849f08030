// Icons of states and evidence. Each stands beside a word.
import { html, raw } from 'hono/html';
import type { Html } from '../../../site/page.ts';

const ring = '<circle cx="8" cy="8" r="6.2"/>';
const ICONS = {
  brand: '<path d="M3 6.5h7a3.5 3.5 0 0 1 0 7H6"/><path d="M6 3.5l-3 3 3 3"/>',
  wait: `${ring}<path d="M8 4.5V8l2.3 1.6"/>`,
  force: `${ring}<circle cx="8" cy="8" r="3.4" fill="currentColor" stroke="none"/>`,
  undone: '<path d="M3.5 6H10a3.2 3.2 0 0 1 0 6.5H6"/><path d="M6 3.3 3.3 6 6 8.7"/>',
  none: `${ring}<path d="M3.8 12.2 12.2 3.8"/>`,
  done: `${ring}<path d="M5.2 8.3l2 2 3.6-4.1"/>`,
  fail: `${ring}<path d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"/>`,
  hand: '<path d="M2 8h10M8.5 4.5 12 8l-3.5 3.5"/><path d="M14.2 3v10"/>',
  kept: '<path d="M4 2h8v12l-4-3-4 3z"/>',
  step: '<circle cx="8" cy="8" r="6.2" stroke-dasharray="3 2.5"/>',
  plus: '<path d="M8 3v10M3 8h10"/>',
  minus: '<path d="M3 8h10"/>',
  question:
    '<path d="M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6"/><circle cx="8" cy="12.4" r=".9" fill="currentColor" stroke="none"/>',
  stop: '<path fill="currentColor" stroke="none" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/>',
} as const;
export type Icon = keyof typeof ICONS;

export const icon = (name: Icon): Html =>
  html`<svg class="i" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${raw(ICONS[name])}</svg>`;
