// The page about what is in force: keep, extend or reverse.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { oneLine, span, utc } from '../../domain/wording.ts';
import { headlineOf, seenSince } from '../../messaging/texts/phrases.ts';
import { decidedBy } from '../action-status.ts';
import { mayExtend } from '../keep-decision.ts';
import type { View } from '../view.ts';
import { form, type Html, shell, timeLeft } from './frame.ts';
import { evidence, facts, machinesWords, record } from './parts.ts';

export function reviewPage(view: View): Html {
  const { action, incident, person, names } = view;
  return shell(
    'Keep, extend or reverse',
    html`
<header>
<p class="kicker">${person}, ${action.status === 'reversal-failed' ? 'this could not be undone' : 'this is in force'}</p>
<h1>${headlineOf(action)}</h1>
${deadline(view)}
</header>
<section aria-labelledby="since">
<h2 id="since">Since then</h2>
<p>In force since ${utc(action.appliedAt)}. ${decidedBy(action, names) || 'Policy allowed it without a person.'}</p>
<p>${seenSince(incident, action)}</p>
${lastLook(action)}
</section>
${form(
  view,
  'Your decision',
  html`<input type="hidden" name="extensions" value="${action.extensions}">
<div class="choice wide">
${mayExtend(action, view) ? extendButton(action) : ''}
<button name="review" value="reverse">Reverse now<small>undone at once</small></button>
<button name="review" value="keep">${action.status === 'kept' ? 'Keep on' : 'Keep'}<small>no end, in your name</small></button>
</div>`,
)}
${action.status === 'in-force' && !mayExtend(action, view) ? html`<p class="quiet">It was extended ${action.extensions} times; policy allows no more.</p>` : ''}
${facts(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}

/** What the reminder saw of the target: pages look nowhere themselves. */
function lastLook({ history }: Action): Html {
  const look = history.findLast(({ event }) => event === 'looked');
  return look
    ? html`<p>Looked at ${utc(look.at)}: <bdi>${oneLine(look.text, 500)}</bdi>.</p>`
    : html``;
}

const extendButton = ({ durationMinutes, dueAt }: Action): Html => {
  const minutes = durationMinutes ?? 0;
  const until = utc(new Date(Date.parse(dueAt ?? '') + minutes * 60_000));
  return html`<button name="review" value="extend" class="go">Extend by ${span(minutes)}<small>until ${until}</small></button>`;
};

function deadline({ action, now }: View): Html {
  const { status, dueAt } = action;
  if (status === 'kept')
    return html`<p class="clock"><strong>Kept.</strong> It stays until somebody reverses it.</p>`;
  if (status === 'reversal-failed')
    return html`<p class="clock"><strong>It should have been undone</strong> and is still there, as far as we know.</p>`;
  return html`<p class="clock"><strong>Undone in ${timeLeft(dueAt, now)}</strong> at ${utc(dueAt)}, unless you extend or keep it.</p>`;
}
