// The page that asks: approve or decline, one question or several that are alike.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { span, timeOfDay, unlinked } from '../../domain/wording.ts';
import { headlineOf, unanswered } from '../../messaging/texts/phrases.ts';
import { pickOf } from '../grouped-answers.ts';
import type { View } from '../view.ts';
import { form, type Html, shell, timeLeft } from './frame.ts';
import { evidence, facts, machinesWords, record } from './parts.ts';

export function approvePage(view: View): Html {
  const { action, alike, person, now } = view;
  const expiresAt = action.approval?.expiresAt ?? null;
  return shell(
    'Approve or decline',
    html`
<header>
<p class="kicker">${person}, this needs your decision</p>
<h1>${headlineOf(action)}</h1>
${alike.length > 0 ? html`<p>And ${alike.length} more of the same kind, listed above the buttons</p>` : ''}
<p class="clock"><strong>${timeLeft(expiresAt, now)} left</strong> until ${timeOfDay(expiresAt)}. Without an answer, ${unanswered(action)}.</p>
</header>
${facts(view)}
${tally(view)}${oddAboutIt(view)}
${form(
  view,
  'Your decision',
  html`${buttons(view)}
<label for="reason">Reason, for the record (optional)</label>
<textarea id="reason" name="reason" rows="2" maxlength="300" autocomplete="off"></textarea>
${otherwise(view)}`,
)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}

/** One question, or several that are alike: all at once, or each by itself. */
const buttons = ({ action, alike }: View): Html => {
  if (alike.length === 0)
    return html`<div class="choice">
<button name="verdict" value="approve" class="go">Approve<small>carried out at once</small></button>
<button name="verdict" value="decline">Decline<small>nothing is done</small></button>
</div>`;
  return several([action, ...alike]);
};

const several = (all: readonly Action[]): Html => html`
<p><strong>${all.length === 1 ? 'One question' : `${all.length} questions`} of this kind ${all.length === 1 ? 'is' : 'are'} open:</strong></p>
<ul class="alike">${all.map((one) => html`<li><label><input type="checkbox" name="ticked" value="${pickOf(one)}"> ${headlineOf(one)}</label><input type="hidden" name="all" value="${pickOf(one)}">${inDetail(one)}</li>`)}</ul>
<div class="choice">
<button name="verdict" value="approve-all" class="go">Approve all ${all.length}<small>carried out at once</small></button>
<button name="verdict" value="decline-all">Decline all ${all.length}<small>nothing is done</small></button>
<button name="verdict" value="approve-ticked">Approve the ticked<small>the others stay open</small></button>
<button name="verdict" value="decline-ticked">Decline the ticked<small>the others stay open</small></button>
</div>`;

/** Nobody says yes to all who could not see what each of them does. */
const inDetail = ({ description }: Action): Html =>
  description === null
    ? html``
    : html`<details><summary>What it changes, and whom it touches</summary>
${[...description.changes, ...description.affected, description.undo].map((text) => html`<p>${text}</p>`)}
</details>`;

/** Below what is settled: the questions of the same kind that are not. */
export const stillOpen = (view: View): Html =>
  view.alike.length === 0 ? html`` : form(view, 'Still open', several(view.alike));

/** Where more than one person has to agree: who has said what. */
const tally = ({ action: { approval }, names }: View): Html => {
  if (!approval || approval.required === 1) return html``;
  const said = approval.votes.map(({ by, verdict }) => `${names[by] ?? by} ${verdict} it`);
  return html`<p class="tally"><strong>${approval.required} people have to approve.</strong> ${said.length === 0 ? 'Nobody has answered yet.' : `${said.join(', ')}.`}</p>`;
};

/** What was odd about the ladder when the question was put: rungs that were skipped, and why. */
const oddAboutIt = ({ action: { approval } }: View): Html =>
  html`${(approval?.notes ?? []).map((note) => html`<p class="tally">${unlinked(note)}.</p>`)}`;

/** What one may do instead of deciding. Closed, so that the two buttons stay the first thing. */
const otherwise = ({ action: { approval }, couldTake }: View): Html => html`
<details>
<summary>Not now, or not you?</summary>
${approval?.acknowledged ? '' : html`<p><button name="verdict" value="acknowledge" class="small">I am on it</button> Nobody else is asked; the time goes on.</p>`}
${approval && approval.moreTimeMinutes > 0 && !approval.moreTime ? html`<p><button name="verdict" value="more-time" class="small">${span(approval.moreTimeMinutes)} more</button> Once, for everybody.</p>` : ''}
${couldTake.length === 0 ? '' : html`<p><label for="to">Hand it to</label> <select id="to" name="to">${couldTake.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select> <button name="verdict" value="hand-over" class="small">Hand over</button></p>`}
</details>`;
