// The page for a manager, when nobody answered in time.
import { html } from 'hono/html';
import { headlineOf } from '../../messaging/texts/phrases.ts';
import { decidedBy } from '../action-status.ts';
import { peopleAsked } from '../decision.ts';
import type { View } from '../view.ts';
import { form, type Html, shell } from './frame.ts';
import { byHand, evidence, facts, machinesWords, record } from './parts.ts';

export function anewPage(view: View): Html {
  const { action, person, names } = view;
  const asked = action.approval ? peopleAsked(action.approval).map(({ name }) => name) : [];
  return shell(
    'Ask again',
    html`
<header>
<p class="kicker">${person}, nobody decided about this in time</p>
<h1>${headlineOf(action)}</h1>
<p class="clock"><strong>Nothing was done.</strong> Asked were ${asked.join(', ') || 'none'}. ${decidedBy(action, names)}</p>
</header>
${form(
  view,
  'Your decision',
  html`<div class="choice wide"><button class="go">Ask again<small>fresh facts, a new clock, the people on call now</small></button></div>`,
)}
${facts(view)}
${byHand(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}
