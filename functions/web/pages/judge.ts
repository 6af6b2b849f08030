// The page on which a person judges an action that shadow mode recorded.
import { html } from 'hono/html';
import { type Html, shell } from '../../site/page.ts';
import { JUDGE } from '../texts/pages.ts';
import { judgedBy } from '../texts/status.ts';
import type { View } from '../view.ts';
import { form } from './frame.ts';
import { evidence, facts, reasoning, record, severityOf, why } from './parts.ts';

export function judgePage(view: View): Html {
  const { action, person, names, now } = view;
  return shell(
    JUDGE.title,
    html`
<header>
<p class="bar"><span>${severityOf(view)}</span><span>${JUDGE.kicker(person)}</span></p>
<h1>${JUDGE.question(action)}</h1>
<p class="clock"><strong>${JUDGE.outcome}</strong> ${judgedBy(action, names, now)}</p>
${why(view)}
</header>
${form(
  view,
  JUDGE.form,
  html`<div class="choice">
<button name="judgement" value="right" class="go">${JUDGE.right}<small>${JUDGE.rightHint}</small></button>
<button name="judgement" value="wrong">${JUDGE.wrong}<small>${JUDGE.wrongHint}</small></button>
</div>
<label for="note">${JUDGE.note}</label>
<textarea id="note" name="note" rows="2" maxlength="300" autocomplete="off"></textarea>`,
)}
${facts(action, view)}
${evidence(view)}
${reasoning(view)}
${record(view)}`,
  );
}
