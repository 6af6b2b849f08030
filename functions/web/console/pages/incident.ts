// The page of one incident: what happened, what was done, what is to come.
import { html } from 'hono/html';
import { isMoreSevere } from '../../../domain/alert.ts';
import { worstOf } from '../../../domain/incident.ts';
import { namingAlert } from '../../../domain/naming-alert.ts';
import { openRequestsTo } from '../../../domain/open-requests.ts';
import { capitalised, oneLine } from '../../../domain/wording.ts';
import { plainTitle, seenText } from '../../../messaging/texts/reason.ts';
import type { Html } from '../../../site/page.ts';
import { breakable } from '../../pages/parts.ts';
import { severityBadge } from '../../pages/severity.ts';
import { arrange } from '../columns.ts';
import type { IncidentView } from '../incident-view.ts';
import { LIST } from '../list/texts.ts';
import { type Moment, type Story, timeOf } from '../moments.ts';
import { nextSentence, soFarSentence } from '../sentences.ts';
import { storyOf } from '../story.ts';
import { tallDrawing } from '../tall-drawing.ts';
import { INCIDENT, TIMELINE } from '../texts.ts';
import { wideDrawing } from '../wide-drawing.ts';
import { actionTable, notDoneList } from './actions.ts';
import { details, entities, evidence, notes } from './details.ts';
import type { ConsolePage } from './frame.ts';

export function incidentPage(view: IncidentView): ConsolePage {
  const { incident, worst, unreadable } = view;
  const title = titleOf(view);
  return {
    title,
    current: 'incidents',
    body: html`<nav class="crumbs" aria-label="Path"><a href="/console">${INCIDENT.crumbs}</a> / <span>${incident.incidentId}</span></nav>
<header class="ihead"><div><h1>${title}</h1>${heading(view)}
<p class="says">${worst ? seenText(worst.alert, view.now) : ''} ${soFarSentence(view)} ${nextSentence(view)}</p>
${worst ? html`<p class="quiet small">${breakable(worst.alert.type)}</p>` : ''}${moreSevere(view)}
${unreadable > 0 ? html`<p class="warning">${INCIDENT.unreadable(unreadable)}</p>` : ''}</div>
<div class="do">${question(view)}${exports(view)}</div></header>
${timeline(view)}
${actionTable(view)}
${evidence(view)}
<div class="block two"><div>${notDoneList(view)}${details(view)}</div>
<aside>${entities(view)}${notes(view)}</aside></div>`,
  };
}

/** The way to the reader's open requests, above everything that has to be scrolled to. */
function question({ incident, actions, reader, mayDecide, now }: IncidentView): Html | '' {
  const open = mayDecide ? openRequestsTo(reader.id, actions, incident.alerts, now) : [];
  return open.length === 0
    ? ''
    : html`<a class="btn primary" href="/console/incident/${incident.incidentId}/decide">${LIST.review(open.length)}</a>`;
}

const exports = ({ incident }: IncidentView): Html =>
  html`<details class="menu"><summary class="btn">${INCIDENT.export}</summary><div class="pop">${INCIDENT.exports.map(({ format, title, hint }) => html`<a href="/console/incident/${incident.incidentId}/${format}">${title}<small>${hint}</small></a>`)}</div></details>`;

/** In our own words where we have them; otherwise the title of the alert. */
export const titleOf = ({ worst, incident, actions }: IncidentView): string =>
  worst
    ? plainTitle(worst.alert)
    : oneLine(namingAlert(incident.alerts, actions)?.title ?? incident.incidentId, 160);

/** The most severe alert, if another alert names the incident. */
function moreSevere({ worst, incident }: IncidentView): Html {
  const most = worstOf(incident.alerts);
  if (!worst || !most || !isMoreSevere(most.severity, worst.alert.severity.label)) return html``;
  return html`<p class="quiet small">${INCIDENT.moreSevere(most.severity)} <bdi>${oneLine(most.title, 160)}</bdi></p>`;
}

function heading({ incident, names, actions, now }: IncidentView): Html {
  const severity = worstOf(incident.alerts)?.severity;
  const decider = actions.findLast(
    ({ approval }) => approval?.acknowledged ?? approval?.decision,
  )?.approval;
  const owner = decider?.acknowledged?.by ?? decider?.decision?.by;
  return html`<p class="line">${severity ? severityBadge(severity) : ''}<span>${INCIDENT.place(incident.account, incident.region)}</span><span>${INCIDENT.opened(incident.openedAt, now)}</span><span>${INCIDENT.owner(owner ? (names[owner] ?? owner) : null)}</span></p>`;
}

function timeline(view: IncidentView): Html {
  const { now } = view;
  const story = storyOf(view);
  const arranged = arrange(story, now);
  const ahead = story.moments.filter(({ at }) => at > now.toISOString()).length;
  return html`<section class="block" aria-labelledby="timeline"><div class="head"><h2 id="timeline">${TIMELINE.heading}</h2><span class="quiet">UTC</span></div>
<div class="panel tlbox">${wideDrawing(arranged, TIMELINE.summary(story.moments.length, ahead), now)}${tallDrawing(arranged, now)}
${momentList(story, now)}</div></section>`;
}

const momentList = ({ moments }: Story, now: Date): Html =>
  html`<details class="fold"><summary>${TIMELINE.list} <span class="more">${TIMELINE.events(moments.length)}</span></summary><div class="in"><ol class="tlist">${moments.map((one) => row(one, now))}</ol></div></details>`;

const row = ({ at, lane, says }: Moment, now: Date): Html =>
  html`<li><time datetime="${at}">${timeOf(at, now)}</time><span class="quiet">${TIMELINE.lanes[lane]}</span><span><bdi>${capitalised(says)}</bdi></span></li>`;
