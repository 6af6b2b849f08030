// The page with an action's state: after a form, or for a link that is decided.
import { html } from 'hono/html';
import { COMMON } from '../texts/pages.ts';
import type { Notice } from '../texts/status.ts';
import type { View } from '../view.ts';
import { stillOpen } from './approve.ts';
import { askReason } from './decline-reason.ts';
import { type Html, shell } from './frame.ts';
import { evidence, facts, manually, reasoning, record } from './parts.ts';

export function statusPage(
  view: View,
  { title, text, tone }: Notice,
  { answered }: { answered: boolean },
): Html {
  return shell(
    title,
    html`
<header>
<p class="kicker">${view.person}</p>
<h1 class="${tone}">${title}</h1>
<p class="result">${text}</p>
${answered ? html`<p><a href="${view.path}">${COMMON.current}</a></p>` : ''}
</header>
${askReason(view)}
${stillOpen(view)}
${facts(view.action, view)}
${manually(view)}
${evidence(view)}
${reasoning(view)}
${record(view)}`,
  );
}
