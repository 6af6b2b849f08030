// The page that says where an action stands: after a form, when the way goes on, and for a link whose question is settled.
import { html } from 'hono/html';
import { headlineOf } from '../../messaging/texts/phrases.ts';
import type { Standing } from '../action-status.ts';
import type { View } from '../view.ts';
import { stillOpen } from './approve.ts';
import { type Html, shell } from './frame.ts';
import { byHand, evidence, facts, machinesWords, record } from './parts.ts';

export function standingPage(
  view: View,
  { title, text, tone }: Standing,
  { answered }: { answered: boolean },
): Html {
  return shell(
    title,
    html`
<header>
<p class="kicker">${view.person}</p>
<h1 class="${tone}">${title}</h1>
<p class="result">${text}</p>
${answered ? html`<p><a href="${view.path}">See how it stands now</a></p>` : ''}
</header>
${stillOpen(view)}
<h2 class="about">${headlineOf(view.action)}</h2>
${facts(view)}
${byHand(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}
