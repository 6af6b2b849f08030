// The part above the buttons, which fits the first screen of a phone.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { isMoreSevere } from '../../domain/alert.ts';
import { newsIn, saysRaised } from '../../domain/effect-state.ts';
import { type Incident, type IncidentAlert, worstOf } from '../../domain/incident.ts';
import { shortened } from '../../domain/wording.ts';
import { sentence } from '../../messaging/texts/action-line.ts';
import { plainReason } from '../../messaging/texts/reason.ts';
import type { Html } from '../../site/page.ts';
import { NOTICES, type Notice, questionOf } from '../texts/decide.ts';
import type { View } from '../view.ts';
import { breakable, why } from './parts.ts';

/** Notices for the reader, the most urgent first. */
export function noticesOf(view: View): Notice[] {
  const news = newsOf(view.open).toReversed();
  const notice = ({ at, text }: (typeof news)[number]): Notice =>
    NOTICES.news(at, sentence(raiseFirst(text)));
  return [
    ...news.filter(({ text }) => saysRaised(text)).map(notice),
    ...raised(view),
    ...closed(view),
    ...news.filter(({ text }) => !saysRaised(text)).map(notice),
    ...(view.left.length > 0 ? [NOTICES.notProposed(view.left)] : []),
  ];
}

/** Puts the sentence about the raised severity first, because the first screen may cut off the rest. */
const raiseFirst = (text: string): string => {
  const sentences = text.split('. ');
  return [...sentences.filter(saysRaised), ...sentences.filter((one) => !saysRaised(one))].join(
    '. ',
  );
};

/** Requests on one page often have the same updates. */
const newsOf = (all: readonly Action[]) => [
  ...new Map(all.flatMap(newsIn).map((news) => [news.text, news])).values(),
];

/** An attacker may close a finding, so the request stays open. */
function closed({ action, incident }: View): Notice[] {
  const state = incident?.alerts.find(({ alertId }) => alertId === action.alertId)?.state;
  return state && state !== 'active' ? [NOTICES.findingClosed(state)] : [];
}

/** Another alert of the incident is more severe than the one on this page. */
function raised({ action, alert, incident, now }: View): Notice[] {
  const worst = incident && worstOf(incident.alerts);
  if (
    !alert ||
    !worst ||
    worst.alertId === action.alertId ||
    newsIn(action).some(({ text }) => saysRaised(text)) ||
    !isMoreSevere(worst.severity, alert.severity.label)
  )
    return [];
  return [isLater(worst, action, incident) ? NOTICES.raised(worst, now) : NOTICES.hasWorse(worst)];
}

/** The alerts are in the order of their arrival. */
const isLater = (worst: IncidentAlert, { alertId }: Action, { alerts }: Incident): boolean =>
  alerts.indexOf(worst) > alerts.findIndex((one) => one.alertId === alertId);

/** Maximum number of requests whose buttons must fit on the first screen. */
const AT_ONCE = 2;
/** Characters that fit above the buttons at normal size, for one request and for two. */
const ROOM = [0, 620, 430];
const MAX_REASON = 90;
const MAX_NOTICE = 96;

/** Whether the first screen needs the small font: for long names, or for any notice. */
export function isDense({ open, alert }: View, notices: readonly Notice[]): boolean {
  if (open.length > AT_ONCE) return false;
  const texts = open.flatMap(({ description }) => [
    description?.headline ?? '',
    description?.affected[0] ?? '',
  ]);
  const length = [alert ? plainReason(alert) : '', ...texts].join('').length;
  return notices.length > 0 || length > (ROOM[open.length] ?? 0);
}

/** The question, the reason and the first of the notices. */
export function question(view: View, notices: readonly Notice[], dense: boolean): Html {
  const { open, alert } = view;
  const [first] = notices;
  const title = dense && open.length > 1 ? questionOf(open, { brief: true }) : questionOf(open);
  const reason =
    dense && alert
      ? html`<p class="lead">${shortened(plainReason(alert), MAX_REASON)}${first ? '' : html`<small>${breakable(alert.type)}</small>`}</p>`
      : why(view);
  return html`<h1>${title}</h1>
${reason}${first ? brief(first, notices.length - 1) : ''}`;
}

/** One notice in two lines. The list below the buttons has all of them in full. */
function brief({ strong, text }: Notice, others: number): Html {
  const shown = shortened(text, MAX_NOTICE - strong.length);
  const isWhole = others === 0 && shown === text;
  return html`<p class="notice"><strong>${strong}</strong> ${shown}${isWhole ? '' : html` <a href="#notices">${NOTICES.more(others)}</a>`}</p>`;
}

export const noticeList = (notices: readonly Notice[]): Html =>
  notices.length === 0
    ? html``
    : html`<section aria-labelledby="notices"><h2 id="notices">${NOTICES.heading}</h2>
<ul class="plain">${notices.map(({ strong, text }) => html`<li><strong>${strong}</strong> ${text}</li>`)}</ul></section>`;
