// A console page that only shows a notice.
import { html } from 'hono/html';
import type { Html } from '../../../site/page.ts';
import { CONSOLE } from '../texts.ts';
import { bareFrame, haltButton } from './frame.ts';
import { icon } from './icons.ts';

/** `haltPath`: where the stop button leads back to; null for someone who may not halt, or is not known. */
export const consoleNotice = (
  { title, text }: { title: string; text: string },
  haltPath: string | null = null,
): Html =>
  bareFrame(
    title,
    html`<header class="top"><a class="brand" href="/console">${icon('brand')}<span>${CONSOLE.name}</span></a></header>
<main id="main" class="page"><h1>${title}</h1><p class="says">${text}</p><p><a href="/console">${CONSOLE.incidents}</a></p>${haltPath === null ? '' : haltButton(haltPath)}</main>`,
  );
