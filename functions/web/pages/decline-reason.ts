// The question after a decline: why, in one tap.
import { html } from 'hono/html';
import { DeclineReason } from '../../domain/approval.ts';
import type { Html } from '../../site/page.ts';
import { pickOf } from '../grouped-answers.ts';
import { ASK_REASON, DECLINE_REASONS } from '../texts/decline-reasons.ts';
import type { View } from '../view.ts';
import { form } from './frame.ts';

/** Nothing if this person declined nothing, or said why. Each reason is a button of its own. */
export const askReason = (view: View): Html =>
  view.unexplained.length === 0
    ? html``
    : html`<h2>${ASK_REASON.heading}</h2>
${form(
  view,
  ASK_REASON.form,
  html`<p class="quiet">${ASK_REASON.hint}</p>
<input type="hidden" name="verdict" value="give-reason">
${view.unexplained.map((one) => html`<input type="hidden" name="all" value="${pickOf(one)}">`)}
<div class="reasons">${DeclineReason.options.map((why) => html`<button name="why" value="${why}" class="small">${DECLINE_REASONS[why]}</button>`)}</div>
<label for="more">${ASK_REASON.note}</label>
<textarea id="more" name="reason" rows="2" maxlength="300" autocomplete="off"></textarea>`,
)}`;
