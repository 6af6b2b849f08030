// The people who were asked, and the other actions of the incident.
import { html } from 'hono/html';
import { statusLine } from '../../messaging/texts/phrases.ts';
import type { Html } from '../../site/page.ts';
import { AFTER, askedPeople } from '../texts/next.ts';
import { stepsOf } from '../texts/steps.ts';
import type { View } from '../view.ts';
import { facts } from './parts.ts';
import { stepList } from './steps.ts';

/** An incident may have hundreds of actions. */
const MOST_SHOWN = 30;

/** Only where no one decided: otherwise the page names the person who did. */
export function asked(view: View): Html | '' {
  const { status } = view.action;
  const people =
    status === 'expired' || status === 'awaiting-approval' ? askedPeople(view.action, view) : [];
  return people.length === 0
    ? ''
    : html`<section aria-labelledby="asked"><h2 id="asked">${AFTER.asked}</h2><ul class="plain">${people.map(({ name, text }) => html`<li>${name} ${text}.</li>`)}</ul></section>`;
}

/** The other actions of the incident, each with its steps and facts. */
export function siblings(view: View): Html | '' {
  const { action, others, together, now } = view;
  const isExpired = action.status === 'expired';
  if (others.length === 0 && !isExpired) return '';
  const shown = others.slice(0, MOST_SHOWN);
  const left = others.length - shown.length;
  return html`<section aria-labelledby="siblings"><h2 id="siblings">${isExpired ? AFTER.stateNow : AFTER.siblings}</h2>
${isExpired ? html`<p>${AFTER.nothingThere}</p>` : ''}
${shown.map(
  (
    one,
  ) => html`<details class="inner"${together.includes(one) ? html` open` : ''}><summary>${statusLine(one, now)}</summary>
${stepList(stepsOf(one, view), view)}${facts(one, view)}</details>`,
)}${left > 0 ? html`<p class="quiet">${AFTER.more(left)}</p>` : ''}</section>`;
}
