// The page for whoever decides whether shadow mode was right often enough.
import { html } from 'hono/html';
import { headlineOf } from '../../messaging/texts/phrases.ts';
import { judgedBy } from '../action-status.ts';
import type { View } from '../view.ts';
import { form, type Html, shell } from './frame.ts';
import { evidence, facts, machinesWords, record } from './parts.ts';

export function judgePage(view: View): Html {
  const { action, person, names } = view;
  return shell(
    'Right or wrong',
    html`
<header>
<p class="kicker">${person}, shadow mode recorded this</p>
<h1>${headlineOf(action)}</h1>
<p class="clock"><strong>Nothing was done.</strong> Would it have been right? ${judgedBy(action, names)}</p>
</header>
${form(
  view,
  'Your judgement',
  html`<div class="choice">
<button name="judgement" value="right" class="go">Right<small>it should have been done</small></button>
<button name="judgement" value="wrong">Wrong<small>it should not</small></button>
</div>
<label for="note">Why, for the record (optional)</label>
<textarea id="note" name="note" rows="2" maxlength="300" autocomplete="off"></textarea>`,
)}
${facts(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}
