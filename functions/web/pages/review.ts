// The page about an action in force: keep, extend or undo.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import {
  isRemoved,
  isTargetGone,
  isUnproven,
  joinedIn,
  undoesNothing,
  wasInPlaceBefore,
} from '../../domain/effect-state.ts';
import { minutesAfter } from '../../domain/time.ts';
import { oneLine } from '../../domain/wording.ts';
import { seenSince } from '../../messaging/texts/phrases.ts';
import { type Html, shell } from '../../site/page.ts';
import { mayExtend } from '../keep-decision.ts';
import { REVIEW } from '../texts/pages.ts';
import { decidedBy } from '../texts/status.ts';
import type { View } from '../view.ts';
import { form, timeLeft } from './frame.ts';
import { evidence, facts, manually, reasoning, record, severityOf, why } from './parts.ts';
import { siblings } from './siblings.ts';

export function reviewPage(view: View): Html {
  const { action, incident, person, names, sharedWith, now } = view;
  return shell(
    REVIEW.title,
    html`
<header>
<p class="bar"><span>${severityOf(view)}</span><span>${REVIEW.kicker(action, person)}</span></p>
<h1>${REVIEW.heading(action)}</h1>
${deadline(view)}
${why(view)}
</header>
<section aria-labelledby="since">
<h2 id="since">${REVIEW.since}</h2>
<p>${REVIEW.appliedAt(action, now)} ${decidedBy(action, names, now) || REVIEW.byPolicy}</p>
<p>${seenSince(incident, action)}</p>
${lastCheck(view)}
</section>
${form(
  view,
  REVIEW.form,
  html`<input type="hidden" name="extensions" value="${action.extensions}">
<div class="choice wide">
${mayExtend(action, view) && !undoesNothing(action) ? extendButton(view) : ''}
<button name="review" value="reverse">${REVIEW.undo(action)}<small>${REVIEW.undoHint(action)}</small></button>
${undoesNothing(action) ? '' : html`<button name="review" value="keep">${REVIEW.keep(action)}<small>${REVIEW.keepHint(action)}</small></button>`}
</div>`,
)}
${sharedWith.length > 0 || joinedIn(action).length > 0 ? html`<p class="quiet">${REVIEW.shared(sharedWith, joinedIn(action))}</p>` : ''}
${action.status === 'in-force' && !mayExtend(action, view) && !undoesNothing(action) ? html`<p class="quiet">${REVIEW.noExtensionLeft(action.extensions)}</p>` : ''}
${facts(action, view)}
${manually(view)}
${siblings(view)}
${evidence(view)}
${reasoning(view)}
${record(view)}`,
  );
}

/** What the reminder saw of the target. The page itself reads nothing from AWS. */
function lastCheck({ action: { history }, now }: View): Html {
  const check = history.findLast(({ event }: Action['history'][number]) => event === 'looked');
  return check
    ? html`<p>${REVIEW.checked(check.at, now)} <bdi>${oneLine(check.text, 500)}</bdi>.</p>`
    : html``;
}

const extendButton = (view: View): Html => {
  const { durationMinutes, dueAt } = view.action;
  const minutes = durationMinutes ?? 0;
  const until = minutesAfter(dueAt ?? '', minutes);
  return html`<button name="review" value="extend" class="go">${REVIEW.extend(until, view)}<small>${REVIEW.extendHint(minutes)}</small></button>`;
};

function deadline(view: View): Html {
  const { strong, text } = deadlineText(view);
  return html`<p class="clock"><strong>${strong}</strong>${text}</p>`;
}

function deadlineText(view: View): { strong: string; text: string } {
  const { action, now } = view;
  if (action.status === 'reversal-failed')
    return isUnproven(action) ? REVIEW.unproven : REVIEW.failed;
  if (wasInPlaceBefore(action)) return REVIEW.inPlaceBefore;
  if (isTargetGone(action)) return REVIEW.targetGone;
  if (isRemoved(action)) return REVIEW.removed;
  return action.status === 'kept'
    ? REVIEW.kept
    : REVIEW.due(timeLeft(action.dueAt, now), action, view);
}
