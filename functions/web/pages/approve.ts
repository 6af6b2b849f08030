// The page that asks about every open request of the incident.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { isMoreSevere } from '../../domain/alert.ts';
import { newsIn, saysRaised } from '../../domain/effect-state.ts';
import { type Incident, type IncidentAlert, worstOf } from '../../domain/incident.ts';
import { unlinked } from '../../domain/wording.ts';
import { type Unknown, unknownsOf } from '../../messaging/texts/unknown.ts';
import { type Html, shell } from '../../site/page.ts';
import { APPROVE, approvals, questionOf, unknownHint } from '../texts/decide.ts';
import type { View } from '../view.ts';
import { form, timeLeft } from './frame.ts';
import { evidence, facts, leftOut, reasoning, record, severityOf, why } from './parts.ts';
import { requests } from './requests.ts';
import { siblings } from './siblings.ts';

export function approvePage(view: View): Html {
  const { action, open, now } = view;
  const title = questionOf(open);
  const unknowns = unknownsOf(open, view.facts);
  const others = open.filter(({ actionId }) => actionId !== action.actionId);
  return shell(
    title,
    html`
<header>
<p class="bar"><span>${severityOf(view)}</span><strong class="clock">${APPROVE.left(timeLeft(firstEnd(open), now))}</strong></p>
<h1>${title}</h1>
${why(view)}${leftOut(view)}
${newsOf(open).map(({ at, text }) => html`<p><strong>${APPROVE.news(at)}</strong> ${text}.</p>`)}
${closedNotice(view)}${raisedNotice(view)}
</header>
${form(
  view,
  APPROVE.form,
  html`${requests(view, open, unknownLine(unknowns))}
<p class="quiet">${APPROVE.deadline([action, ...others], view)}</p>
${open.map((one) => html`${tally(one, view)}${notes(one)}`)}
${otherwise(view)}
<details><summary>${APPROVE.reason}</summary><label for="reason" class="vh">${APPROVE.reason}</label>
<textarea id="reason" name="reason" rows="2" maxlength="300" autocomplete="off"></textarea></details>`,
)}
${unknownList(unknowns)}
${open.map((one) => facts(one, view))}
${siblings(view)}
${evidence(view)}
${reasoning(view)}
${record(view)}`,
  );
}

const firstEnd = (open: readonly Action[]): string | null =>
  open.flatMap(({ approval }) => approval?.expiresAt ?? []).sort()[0] ?? null;

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
    ? html`<p><strong>${isLater(worst, action, incident) ? APPROVE.raised(worst, now) : APPROVE.hasWorse(worst)}</strong></p>`
    : html``;
}

/** The alerts are in the order of their arrival. */
const isLater = (worst: IncidentAlert, { alertId }: Action, { alerts }: Incident): boolean =>
  alerts.indexOf(worst) > alerts.findIndex((one) => one.alertId === alertId);

/** Above the buttons: the count and the first unknown facts. */
function unknownLine(unknowns: readonly Unknown[]): Html | '' {
  if (unknowns.length === 0) return '';
  const { count, which } = unknownHint(unknowns);
  return html`<p class="hint"><b>${count}</b> ${which} <a href="#unknown">${APPROVE.details}</a></p>`;
}

const unknownList = (unknowns: readonly Unknown[]): Html =>
  unknowns.length === 0
    ? html``
    : html`<section class="unknown" aria-labelledby="unknown"><h2 id="unknown">${APPROVE.unknown}</h2>
<ul>${unknowns.map(({ what, of, why }) => html`<li>${what}${of ? html` (<bdi>${of}</bdi>)` : ''}<small><bdi>${why}</bdi></small></li>`)}</ul></section>`;

/** Requests that are still open, below an action that is decided. */
export const stillOpen = (view: View): Html =>
  view.open.length === 0
    ? html``
    : html`<h2>${APPROVE.stillOpen}</h2>${form(view, APPROVE.stillOpen, requests(view, view.open))}
${view.open.map((one) => facts(one, view))}`;

/** The votes so far, if more than one person must approve. */
const tally = ({ approval }: Action, { names }: View): Html => {
  if (!approval || approval.required === 1) return html``;
  const voted = approval.votes.map(({ by, verdict }) => `${names[by] ?? by} ${verdict}`);
  const text = approvals(approval.required, voted);
  return html`<p class="tally"><strong>${text.required}</strong> ${text.voted}</p>`;
};

/** Notes about the request, for example skipped escalation steps and why. */
const notes = ({ approval }: Action): Html =>
  html`${(approval?.notes ?? []).map((note) => html`<p class="tally">${unlinked(note)}.</p>`)}`;

/** Folded, so that the two buttons come first. */
const otherwise = ({ action, open, couldTake }: View): Html => {
  const { approval } = action;
  return html`
<details>
<summary>${APPROVE.notNow}</summary>
${open.length > 1 ? html`<p>${APPROVE.forAll(open.length)}</p>` : ''}
${approval?.acknowledged ? '' : html`<p><button name="verdict" value="acknowledge" class="small">${APPROVE.onIt}</button> ${APPROVE.onItHint}</p>`}
${approval && approval.moreTimeMinutes > 0 && !approval.moreTime ? html`<p><button name="verdict" value="more-time" class="small">${APPROVE.moreTime(approval.moreTimeMinutes)}</button> ${APPROVE.moreTimeHint}</p>` : ''}
${couldTake.length === 0 ? '' : html`<p><label for="to">${APPROVE.handTo}</label> <select id="to" name="to">${couldTake.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select> <button name="verdict" value="hand-over" class="small">${APPROVE.handOver}</button></p>`}
</details>`;
};
