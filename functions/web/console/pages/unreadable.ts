// The records that a page leaves out because they can't be read.
import { html } from 'hono/html';
import type { Html } from '../../../site/page.ts';
import { LIST } from '../list/texts.ts';

export const unreadableList = (keys: readonly string[]): Html =>
  keys.length === 0
    ? html``
    : html`<section class="block" aria-labelledby="unreadable"><h2 id="unreadable">${LIST.unreadable}</h2><p class="sub">${LIST.unreadableHint}</p><ul class="mono">${keys.map((key) => html`<li>${key}</li>`)}</ul></section>`;
