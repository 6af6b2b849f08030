// The page that asks about every open request of the incident.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { capitalised, unlinked } from '../../domain/wording.ts';
import { headlineOf } from '../../messaging/texts/action-line.ts';
import { type Unknown, unknownsOf } from '../../messaging/texts/unknown.ts';
import { type Html, shell } from '../../site/page.ts';
import { APPROVE, approvals, inBrief, questionOf, unknownHint } from '../texts/decide.ts';
import type { View } from '../view.ts';
import { assessment, ownWords } from './assessment.ts';
import { isDense, noticeList, noticesOf, question } from './first-screen.ts';
import { form, timeLeft } from './frame.ts';
import { evidence, facts, reasoning, record, severityOf } from './parts.ts';
import { requests } from './requests.ts';
import { siblings } from './siblings.ts';

export function approvePage(view: View): Html {
  const { action, open, now } = view;
  const title = questionOf(open);
  const unknowns = unknownsOf(open, view.facts, view.alert);
  const others = open.filter(({ actionId }) => actionId !== action.actionId);
  const notices = noticesOf(view);
  const dense = isDense(view, notices);
  return shell(
    title,
    html`<div class="${dense ? 'dense' : ''}">
<header>
<p class="bar"><span>${severityOf(view)}</span><strong class="clock">${APPROVE.left(timeLeft(firstEnd(open), now))}</strong></p>
${question(view, notices, dense)}
${beforeSignIn(view)}
</header>
${form(
  view,
  APPROVE.form,
  html`${requests(view, open, {
    between: unknownLine(unknowns, dense || open.length > 1),
    dense,
    isTitled: true,
  })}
<p class="quiet">${APPROVE.deadline([action, ...others], view)}</p>
${remarks(view).map((text) => html`<p class="tally">${text}</p>`)}
${otherwise(view)}
<details><summary>${APPROVE.reason}</summary><label for="reason" class="vh">${APPROVE.reason}</label>
<textarea id="reason" name="reason" rows="2" maxlength="300" autocomplete="off"></textarea></details>`,
)}
</div>
${noticeList(notices)}
${unknownList(unknowns)}
${open.map((one) => facts(one, view))}
${siblings(view)}
${assessment(view)}
${evidence(view)}
${reasoning(view)}
${ownWords(view)}
${record(view)}`,
  );
}

/** Without a sign-in there is no form, which would name the actions. The title names a single one. */
const beforeSignIn = ({ open, signInPath }: View): Html | '' =>
  signInPath === null || open.length < 2
    ? ''
    : html`<ul>${open.map((one) => html`<li>${inBrief(headlineOf(one))}</li>`)}</ul>`;

const firstEnd = (open: readonly Action[]): string | null =>
  open.flatMap(({ approval }) => approval?.expiresAt ?? []).sort()[0] ?? null;

/** Above the buttons: the count and the first unknown facts. */
function unknownLine(unknowns: readonly Unknown[], brief: boolean): Html | '' {
  if (unknowns.length === 0) return '';
  const { count, which } = unknownHint(unknowns, { brief });
  return html`<p class="hint"><b>${count}</b> ${which} <a href="#unknown">${APPROVE.details}</a></p>`;
}

const MAX_UNKNOWNS = 12;

const unknownList = (unknowns: readonly Unknown[]): Html =>
  unknowns.length === 0
    ? html``
    : html`<section class="unknown" aria-labelledby="unknown"><h2 id="unknown">${APPROVE.unknown}</h2>
<p class="quiet">${APPROVE.unknownHint}</p>
<ul>${unknowns.slice(0, MAX_UNKNOWNS).map(({ what, of, why }) => html`<li>${capitalised(what)}${of ? html` (<bdi>${of}</bdi>)` : ''}<small><bdi>${capitalised(why)}</bdi></small></li>`)}${unknowns.length > MAX_UNKNOWNS ? html`<li>${APPROVE.more(unknowns.length - MAX_UNKNOWNS)}</li>` : ''}</ul></section>`;

/** Requests that are still open, below an action that is decided. */
export const stillOpen = (view: View): Html =>
  view.open.length === 0
    ? html``
    : html`<h2>${APPROVE.stillOpen}</h2>${form(view, APPROVE.stillOpen, requests(view, view.open))}
${view.open.map((one) => facts(one, view))}`;

/** The votes so far, and notes such as a skipped escalation step. Requests on one page often share them. */
const remarks = ({ open, names }: View): string[] => [
  ...new Set(
    open.flatMap(({ approval }) => [
      ...(approval && approval.required > 1 ? [approvals(approval, names)] : []),
      ...(approval?.notes ?? []).map((note) => `${unlinked(note)}.`),
    ]),
  ),
];

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
