// The steps of an action as a list, each with an icon, a word and a time.
import { html, raw } from 'hono/html';
import { utc } from '../../domain/wording.ts';
import type { Html } from '../../site/page.ts';
import type { Step } from '../texts/steps.ts';
import type { View } from '../view.ts';

const LINE = 'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"';
const RING = `<circle cx="8" cy="8" r="6.2" ${LINE}/>`;
const ICONS: Readonly<Record<Step['state'], string>> = {
  done: `${RING}<path ${LINE} d="M5.2 8.3l2 2 3.6-4.1"/>`,
  busy: `<circle cx="8" cy="8" r="6.2" ${LINE} stroke-dasharray="3 2.5"/>`,
  todo: RING,
  failed: `${RING}<path ${LINE} d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"/>`,
};
/** Read aloud before the step, because the icon is hidden from screen readers. */
const WORDS: Readonly<Record<Step['state'], string>> = {
  done: 'Done:',
  busy: 'Now:',
  todo: 'Next:',
  failed: 'Failed:',
};

export const stepList = (steps: readonly Step[], { now }: Pick<View, 'now'>): Html =>
  steps.length === 0
    ? html``
    : html`<ol class="steps">${steps.map(
        ({ state, text, detail, at }) =>
          html`<li class="${state}"><svg viewBox="0 0 16 16" aria-hidden="true">${raw(ICONS[state])}</svg><div><span><span class="vh">${WORDS[state]}</span> ${text}${detail ? html`<small>${detail}</small>` : ''}</span>${at ? html`<time datetime="${at}">${atSecond(at, now)}</time>` : ''}</div></li>`,
      )}</ol>`;

/** With seconds, because the steps follow each other quickly; with the date unless it is today. */
const atSecond = (at: string, now: Date): string => {
  const time = utc(at, now);
  return `${at.slice(11, 19)}${time.slice('03:15'.length)}`;
};
