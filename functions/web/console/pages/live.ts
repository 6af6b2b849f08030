// The parts of a page that polls for changes: its time and its notices.
import { html } from 'hono/html';
import type { Html } from '../../../site/page.ts';
import { LIST } from '../list/texts.ts';

export const liveParts = (
  now: Date,
): Html => html`<div id="lost" class="notice bad" role="alert" hidden>${LIST.lost} <a href="">${LIST.refresh}</a></div>
<div id="changed" class="notice" role="status" hidden>${LIST.changed} <a href="">${LIST.show}</a></div>
<p class="asof"><span>${LIST.asOf(now.toISOString().slice(11, 19))}</span><a href="">${LIST.refresh}</a></p>`;
