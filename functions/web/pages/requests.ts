// The open requests on a page: one action as the question, several with ticks.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { quoted, shortened } from '../../domain/wording.ts';
import { headlineOf } from '../../messaging/texts/action-line.ts';
import type { Html } from '../../site/page.ts';
import { durationChoice, durationsFor } from '../durations.ts';
import { pickOf } from '../grouped-answers.ts';
import {
  APPROVE,
  approveAllHint,
  approveHint,
  howUndone,
  inBrief,
  MAX_EFFECT,
  MAX_TITLE,
} from '../texts/decide.ts';
import type { View } from '../view.ts';

/** Up to this many actions are visible at once with the buttons, so they start ticked. */
const TICKED_AT_FIRST = 2;

/**
 * What each action does, with the buttons for one or for the ticked ones. `between`: above the buttons. `isTitled`: the
 * title of the page names the action.
 */
export function requests(
  view: View,
  open: readonly Action[],
  {
    between = '',
    dense = false,
    isTitled = false,
  }: { between?: Html | ''; dense?: boolean; isTitled?: boolean } = {},
): Html {
  const [first] = open;
  if (!first) return html``;
  return open.length === 1 && first.actionId === view.action.actionId
    ? html`<div class="pick only">${isTitled ? '' : html`<b>${inBrief(headlineOf(first))}</b>`}${effectOf(first)}${undoOf(view, first)}</div>
${between}${buttonsForOne(view, first)}`
    : html`<fieldset><legend class="vh">${APPROVE.actions}</legend>
${open.map((one) => pick(view, one, { ticked: open.length <= TICKED_AT_FIRST, dense }))}
</fieldset>
${view.later > 0 ? html`<p>${APPROVE.later(view.later)}</p>` : ''}${between}${buttonsForSeveral(view, open)}`;
}

const pick = (
  view: View,
  one: Action,
  { ticked, dense }: { ticked: boolean; dense: boolean },
): Html => html`<div class="pick">
<label><input type="checkbox" name="ticked" value="${pickOf(one)}"${ticked ? html` checked` : ''}><b>${inBrief(headlineOf(one))}</b></label>
${ownReason(view, one, dense)}${effectOf(one)}<input type="hidden" name="all" value="${pickOf(one)}">${undoOf(view, one)}
</div>`;

const MAX_TITLE_IF_DENSE = 36;

/** The reason at the top of the page is about the link's own alert. */
function ownReason({ action, incident }: View, { alertId }: Action, dense: boolean): Html | '' {
  const alert = incident?.alerts.find((one) => one.alertId === alertId);
  return alertId === action.alertId || !alert
    ? ''
    : html`<p class="hurts"><i>${APPROVE.why}</i> ${quoted(alert.title, dense ? MAX_TITLE_IF_DENSE : MAX_TITLE)}</p>`;
}

/** The first line about what the action stops. The page lists all of them further down. */
const effectOf = ({ description }: Action): Html =>
  html`<p class="hurts"><i>${APPROVE.affects}</i> ${shortened(description?.affected[0] ?? 'unknown', MAX_EFFECT)}</p>`;

function undoOf({ policy }: View, action: Action): Html {
  const { actionId } = action;
  const choices = durationsFor(action, policy);
  const how = html`<span><i>${APPROVE.undo}</i> ${howUndone(action)}</span>`;
  const [only, ...shorter] = choices;
  if (only === undefined) return html`<div class="undo">${how}</div>`;
  if (shorter.length === 0)
    return html`<div class="undo">${how}<span>${APPROVE.after(only)}</span></div>`;
  return html`<div class="undo">${how}<label for="d-${actionId}" class="vh">${APPROVE.undoAfter}</label><select id="d-${actionId}" name="duration">${choices.map((minutes) => html`<option value="${durationChoice(action, minutes)}">${APPROVE.after(minutes)}</option>`)}</select></div>`;
}

const buttonsForOne = ({ names, claimant }: View, action: Action): Html => html`<div class="choice">
<button name="verdict" value="approve" class="go">${APPROVE.approve}<small>${approveHint(action, names, claimant)}</small></button>
<button name="verdict" value="decline">${APPROVE.decline}<small>${APPROVE.declineHint}</small></button>
</div>`;

/** The style sheet counts the ticked actions, so the buttons name what counts without a script. */
const tickedOnes = html`<span class="if-ticked"><span class="count"></span> ${APPROVE.selected}</span>`;

/** The hint of a button, or what to do while no action is ticked. The style sheet shows one of them. */
const hintIfTicked = (hint: string): Html =>
  html`<small class="if-ticked">${hint}</small><small class="if-none">${APPROVE.tickFirst}</small>`;

const buttonsForSeveral = (
  { names, claimant }: View,
  open: readonly Action[],
): Html => html`<div class="choice">
<button name="verdict" value="approve-ticked" class="go">${APPROVE.approve} ${tickedOnes}${hintIfTicked(approveAllHint(open, names, claimant))}</button>
<button name="verdict" value="decline-ticked">${APPROVE.decline} ${tickedOnes}${hintIfTicked(APPROVE.declineHint)}</button>
${open.length > TICKED_AT_FIRST ? allButtons(open.length) : ''}
</div>`;

/** Only with every fact of every action unfolded on the page. */
const allButtons = (
  count: number,
): Html => html`<button name="verdict" value="approve-all">${APPROVE.approveAll(count)}</button>
<button name="verdict" value="decline-all">${APPROVE.declineAll(count)}</button>`;
