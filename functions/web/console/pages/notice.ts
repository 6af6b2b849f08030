// A console page that only shows a notice.
import { html } from 'hono/html';
import type { Html } from '../../../site/page.ts';
import { CONSOLE } from '../texts.ts';
import { bareFrame } from './frame.ts';
import { icon } from './icons.ts';

export const consoleNotice = ({ title, text }: { title: string; text: string }): Html =>
  bareFrame(
    title,
    html`<header class="top"><a class="brand" href="/console">${icon('brand')}<span>${CONSOLE.name}</span></a></header>
<main id="main" class="page"><h1>${title}</h1><p class="says">${text}</p><p><a href="/console">${CONSOLE.incidents}</a></p></main>`,
  );
