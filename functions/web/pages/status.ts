// The page with an action's state: after a form, or for a link that is decided.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { isBeingUndone, joinedIn } from '../../domain/effect-state.ts';
import { minutesBetween } from '../../domain/time.ts';
import { doneLine, titleOf } from '../../messaging/texts/phrases.ts';
import { type Html, shell } from '../../site/page.ts';
import { pickOf } from '../grouped-answers.ts';
import { AFTER, nextFor } from '../texts/next.ts';
import { COMMON, REVIEW } from '../texts/pages.ts';
import type { Notice } from '../texts/status.ts';
import { stepsOf } from '../texts/steps.ts';
import { STILL, type View } from '../view.ts';
import { stillOpen } from './approve.ts';
import { askReason } from './decline-reason.ts';
import { form } from './frame.ts';
import { evidence, facts, manually, reasoning, record, severityOf, why } from './parts.ts';
import { asked, siblings } from './siblings.ts';
import { stepList } from './steps.ts';

export function statusPage(
  view: View,
  { title, text, tone }: Notice,
  { answered }: { answered: boolean },
): Html {
  const { action, path, together, open, answeredSince } = view;
  const refresh = isUnderWay(view) && !view.isStill ? { path, seconds: REFRESH_SECONDS } : null;
  return shell(
    title,
    html`
<header>
<p class="bar"><span>${severityOf(view)}</span><span>${view.person}</span></p>
<h1 class="${tone}">${title}</h1>
<p class="result">${text}</p>
${refresh ? html`<p class="quiet">${AFTER.updates(REFRESH_SECONDS)} <a href="${path}?${STILL}">${AFTER.stop}</a></p>` : ''}
${answered || view.isStill ? html`<p><a href="${path}">${COMMON.current}</a></p>` : ''}
</header>
${askReason(view)}
${answeredSince ? html`<h2>${titleOf(answeredSince)}</h2>${stepList(stepsOf(answeredSince, view), view)}` : ''}
${together.length + open.length > 0 || answeredSince ? html`<h2>${titleOf(action)}</h2>` : ''}${stepList(stepsOf(action, view), view)}
${undoNow(view)}
${stillOpen(view)}
${next(view)}
${asked(view)}
${siblings(view)}
${why(view)}
${view.open.some(({ actionId }) => actionId === action.actionId) ? '' : facts(action, view)}
${manually(view)}
${evidence(view)}
${reasoning(view)}
${record(view)}`,
    refresh,
  );
}

const REFRESH_SECONDS = 5;
/** Longer than an execution or an undo takes. After that, the page no longer updates itself. */
const UNDER_WAY_MINUTES = 15;

/** Whether the state changes by itself soon. A page with a form stays as it is, so that no input is lost. */
function isUnderWay({ action, together, answeredSince, ...view }: View): boolean {
  const { open, unexplained, now } = view;
  const hasForm = open.length > 0 || unexplained.length > 0;
  const shown = [action, ...together, ...(answeredSince ? [answeredSince] : [])];
  return !hasForm && shown.some((one) => changesSoon(one, now));
}

function changesSoon(action: Action, now: Date): boolean {
  const { status, history } = action;
  const changes = ['approved', 'executing', 'reversing'].includes(status);
  const last = history.at(-1)?.at ?? '';
  const isRecent = minutesBetween(last, now.toISOString()) < UNDER_WAY_MINUTES;
  return isRecent && (changes || isBeingUndone(action, now));
}

/** For an approver whose link is still valid: one button for each action, and each undoes only that one. */
function undoNow(view: View): Html | '' {
  const { undoable } = view;
  if (undoable.length === 0) return '';
  const isOwn = undoable.length === 1 && undoable[0]?.action.actionId === view.action.actionId;
  return html`${form(
    view,
    AFTER.undoForm,
    html`<input type="hidden" name="verdict" value="undo">
<div class="choice wide">${undoable.map(
      ({ action }) =>
        html`<button name="undo" value="${pickOf(action)}">${REVIEW.undo(action)}<small>${isOwn ? REVIEW.undoHint(action) : doneLine(action)}</small></button>`,
    )}</div>`,
  )}
${undoable.map(({ action, sharedWith }) => {
  const joined = joinedIn(action);
  return sharedWith.length > 0 || joined.length > 0
    ? html`<p class="quiet">${isOwn ? '' : `${doneLine(action)}: `}${REVIEW.shared(sharedWith, joined)}</p>`
    : '';
})}`;
}

function next(view: View): Html | '' {
  const lines = nextFor(view.action, view);
  return lines.length === 0
    ? ''
    : html`<section aria-labelledby="next"><h2 id="next">${AFTER.next}</h2><ul class="plain">${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`;
}
