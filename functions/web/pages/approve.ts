// The page that asks: approve or decline one question, or several similar ones.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { isMoreSevere } from '../../domain/alert.ts';
import { newsIn, saysRaised } from '../../domain/effect-state.ts';
import { worstOf } from '../../domain/incident.ts';
import { unlinked } from '../../domain/wording.ts';
import { headlineOf } from '../../messaging/texts/action-line.ts';
import { pickOf } from '../grouped-answers.ts';
import { APPROVE, approvals, approveAllHint, approveHint } from '../texts/pages.ts';
import type { View } from '../view.ts';
import { form, type Html, shell, timeLeft } from './frame.ts';
import { evidence, facts, reasoning, record } from './parts.ts';

export function approvePage(view: View): Html {
  const { action, similar, person, now } = view;
  return shell(
    APPROVE.title,
    html`
<header>
<p class="kicker">${APPROVE.kicker(person)}</p>
<h1>${APPROVE.question(action)}</h1>
${similar.length > 0 ? html`<p>${APPROVE.more(similar.length)}</p>` : ''}
<p class="clock"><strong>${APPROVE.left(timeLeft(action.approval?.expiresAt ?? null, now))}</strong>${APPROVE.deadline(action)}</p>
${newsOf([action, ...similar]).map(({ at, text }) => html`<p><strong>${APPROVE.news(at)}</strong> ${text}.</p>`)}
${closedNotice(view)}${raisedNotice(view)}
</header>
${facts(view)}
${tally(view)}${notes(view)}
${form(
  view,
  APPROVE.form,
  html`${buttons(view)}
<label for="reason">${APPROVE.reason}</label>
<textarea id="reason" name="reason" rows="2" maxlength="300" autocomplete="off"></textarea>
${otherwise(view)}`,
)}
${evidence(view)}
${reasoning(view)}
${record(view)}`,
  );
}

/** Questions on one page often have the same news. */
const newsOf = (all: readonly Action[]) => [
  ...new Map(all.flatMap(newsIn).map((news) => [news.text, news])).values(),
];

/** An attacker may close a finding, so the request stays open. */
function closedNotice({ action, incident }: View): Html {
  const state = incident?.alerts.find(({ alertId }) => alertId === action.alertId)?.state;
  return state && state !== 'active'
    ? html`<p><strong>${APPROVE.findingClosed(state)}</strong></p>`
    : html``;
}

/** Another alert of the incident is more severe than the one on this page. */
function raisedNotice({ action, alert, incident, now }: View): Html {
  const worst = incident && worstOf(incident.alerts);
  return alert &&
    worst &&
    worst.alertId !== action.alertId &&
    !newsIn(action).some(({ text }) => saysRaised(text)) &&
    isMoreSevere(worst.severity, alert.severity.label)
    ? html`<p><strong>${APPROVE.raised(worst, now)}</strong></p>`
    : html``;
}

/** For one question, or for several: all at once, or the ticked ones. */
const buttons = (view: View): Html => {
  const { action, similar, names } = view;
  if (similar.length === 0)
    return html`<div class="choice">
<button name="verdict" value="approve" class="go">${APPROVE.approve}<small>${approveHint(action, names)}</small></button>
<button name="verdict" value="decline">${APPROVE.decline}<small>${APPROVE.declineHint}</small></button>
</div>`;
  return several(view, [action, ...similar]);
};

const several = ({ names, later }: View, all: readonly Action[]): Html => html`
<p><strong>${APPROVE.openOnes(all.length)}</strong></p>
<ul class="alike">${all.map((one) => html`<li><label><input type="checkbox" name="ticked" value="${pickOf(one)}"> ${headlineOf(one)}</label><input type="hidden" name="all" value="${pickOf(one)}">${inDetail(one)}</li>`)}</ul>
${later > 0 ? html`<p>${APPROVE.later(later)}</p>` : ''}
<div class="choice">
<button name="verdict" value="approve-all" class="go">${APPROVE.approveAll(all.length)}<small>${approveAllHint(all, names)}</small></button>
<button name="verdict" value="decline-all">${APPROVE.declineAll(all.length)}<small>${APPROVE.declineHint}</small></button>
<button name="verdict" value="approve-ticked">${APPROVE.approveTicked}<small>${APPROVE.tickedHint}</small></button>
<button name="verdict" value="decline-ticked">${APPROVE.declineTicked}<small>${APPROVE.tickedHint}</small></button>
</div>`;

/** An approver of all questions must be able to see each change. */
const inDetail = ({ description }: Action): Html =>
  description === null
    ? html``
    : html`<details><summary>${APPROVE.detail}</summary>
${[...description.changes, ...description.affected, description.undo].map((text) => html`<p>${text}</p>`)}
</details>`;

/** Similar questions that are still open, below an action that is decided. */
export const stillOpen = (view: View): Html =>
  view.similar.length === 0 ? html`` : form(view, APPROVE.stillOpen, several(view, view.similar));

/** The votes so far, if more than one person must approve. */
const tally = ({ action: { approval }, names }: View): Html => {
  if (!approval || approval.required === 1) return html``;
  const voted = approval.votes.map(({ by, verdict }) => `${names[by] ?? by} ${verdict}`);
  const text = approvals(approval.required, voted);
  return html`<p class="tally"><strong>${text.required}</strong> ${text.voted}</p>`;
};

/** Notes about the request, for example skipped escalation steps and why. */
const notes = ({ action: { approval } }: View): Html =>
  html`${(approval?.notes ?? []).map((note) => html`<p class="tally">${unlinked(note)}.</p>`)}`;

/** Folded, so that the two buttons come first. */
const otherwise = ({ action: { approval }, couldTake }: View): Html => html`
<details>
<summary>${APPROVE.notNow}</summary>
${approval?.acknowledged ? '' : html`<p><button name="verdict" value="acknowledge" class="small">${APPROVE.onIt}</button> ${APPROVE.onItHint}</p>`}
${approval && approval.moreTimeMinutes > 0 && !approval.moreTime ? html`<p><button name="verdict" value="more-time" class="small">${APPROVE.moreTime(approval.moreTimeMinutes)}</button> ${APPROVE.moreTimeHint}</p>` : ''}
${couldTake.length === 0 ? '' : html`<p><label for="to">${APPROVE.handTo}</label> <select id="to" name="to">${couldTake.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select> <button name="verdict" value="hand-over" class="small">${APPROVE.handOver}</button></p>`}
</details>`;
