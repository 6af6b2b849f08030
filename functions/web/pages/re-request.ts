// The page on which a manager requests an expired action again.
import { html } from 'hono/html';
import { type Html, shell } from '../../site/page.ts';
import { REQUEST_AGAIN } from '../texts/pages.ts';
import { decidedBy } from '../texts/status.ts';
import type { View } from '../view.ts';
import { form } from './frame.ts';
import { evidence, facts, manually, reasoning, record, severityOf, why } from './parts.ts';
import { asked, siblings } from './siblings.ts';

export function requestAgainPage(view: View): Html {
  const { action, person, names, now } = view;
  return shell(
    REQUEST_AGAIN.title,
    html`
<header>
<p class="bar"><span>${severityOf(view)}</span><span>${REQUEST_AGAIN.kicker(person)}</span></p>
<h1>${REQUEST_AGAIN.question(action)}</h1>
<p class="clock">${REQUEST_AGAIN.outcome(action, now)} ${decidedBy(action, names, now)}</p>
${why(view)}
</header>
${form(
  view,
  REQUEST_AGAIN.form,
  html`<div class="choice wide"><button class="go">${REQUEST_AGAIN.button}<small>${REQUEST_AGAIN.hint}</small></button></div>`,
)}
${asked(view)}
${siblings(view)}
${facts(action, view)}
${manually(view)}
${evidence(view)}
${reasoning(view)}
${record(view)}`,
  );
}
