// The part above the buttons, which fits the first screen of a phone.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { isMoreSevere } from '../../domain/alert.ts';
import { newsIn, saysRaised } from '../../domain/effect-state.ts';
import { type Incident, type IncidentAlert, worstOf } from '../../domain/incident.ts';
import { quoted, shortened } from '../../domain/wording.ts';
import { sentence } from '../../messaging/texts/action-line.ts';
import { declaredScanners } from '../../messaging/texts/looked-up.ts';
import { plainReason, seenText } from '../../messaging/texts/reason.ts';
import { unknownsOf } from '../../messaging/texts/unknown.ts';
import type { Html } from '../../site/page.ts';
import {
  APPROVE,
  MAX_EFFECT,
  MAX_TITLE,
  NOTICES,
  type Notice,
  questionOf,
  unknownHint,
} from '../texts/decide.ts';
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
    ...declaredScanners(view.facts).map(NOTICES.scanner),
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
/** The height of a small phone's first screen. */
const SCREEN_PX = 600;
/** Paddings, margins, the severity, the choice of time and the buttons, for one request and for two. */
const FIXED_PX = [0, 192, 250];

/** The height of a text on a phone in a wide font, wrapped at `perLine` characters. */
function heightOf(text: string, perLine: number, linePx: number): number {
  let [lines, used] = [0, perLine];
  for (const { length } of text.split(' ').filter(Boolean)) {
    const fits = used + 1 + length <= perLine;
    if (!fits) lines++;
    used = fits ? used + 1 + length : length;
  }
  return lines * linePx;
}

const MAX_REASON = 90;
const MAX_NOTICE = 96;

/** Whether the first screen needs the small font: for long texts, or for any notice. */
export function isDense(view: View, notices: readonly Notice[]): boolean {
  const { open } = view;
  if (open.length > AT_ONCE) return false;
  return notices.length > 0 || normalHeight(view) > SCREEN_PX;
}

/** The height down to the buttons at normal size. */
function normalHeight({ action, open, alert, alerts, facts, now }: View): number {
  const reason = alert ? `${plainReason(alert)} ${seenText(alert, now)}` : '';
  const { count, which } = unknownHint(unknownsOf(open, facts, alert), { brief: open.length > 1 });
  const own = open.map(({ alertId, description }) => {
    const other = alerts.find((one) => one.alertId === alertId && alertId !== action.alertId);
    const why = other ? `${APPROVE.why} ${quoted(other.title, MAX_TITLE)}` : '';
    const headline = open.length > 1 ? (description?.headline ?? '') : '';
    const affected = `${APPROVE.affects} ${shortened(description?.affected[0] ?? '', MAX_EFFECT)}`;
    return heightOf(headline, 29, 20) + heightOf(why, 45, 17) + heightOf(affected, 48, 17);
  });
  return (
    (FIXED_PX[open.length] ?? 0) +
    heightOf(questionOf(open), 27, 24) +
    heightOf(reason, 40, 21) +
    heightOf((alert?.type ?? '').replace(/[:/]/g, '$& '), 52, 18) +
    heightOf(`${count} ${which} ${APPROVE.details}`, 43, 18) +
    own.reduce((sum, height) => sum + height, 0)
  );
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
