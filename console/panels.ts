// Renders the console's panels. The template escapes all text from alerts.

import { html } from 'hono/html';
import type { Action } from '../functions/domain/action.ts';
import { worstOf } from '../functions/domain/incident.ts';
import { SwitchMode } from '../functions/domain/kill-switch.ts';
import { progressOf } from '../functions/messaging/texts/action-line.ts';
import { eventInWords } from '../functions/messaging/texts/labels.ts';
import type { Html } from '../functions/site/page.ts';
import { breakable } from '../functions/web/pages/parts.ts';
import type { Overview, ShownIncident, ShownMessage } from './model.ts';
import {
  actionRow,
  IN_FORCE,
  INBOX,
  INCIDENTS,
  PROBLEMS,
  RESOURCES,
  STATUS,
  SWITCH,
  statusBadge,
} from './texts.ts';

export const status = ({
  killSwitch: { mode: switchMode, by, why },
  mode,
  now,
  waiting,
  inForce,
}: Overview): Html => html`
<section class="status" aria-label="${STATUS.heading}">
<span class="${waiting > 0 ? 'calls' : ''}">${waiting > 0 ? html`<a href="#inbox">${STATUS.questions(waiting)}</a>` : STATUS.questions(0)}</span>
<span>${inForce.length > 0 ? html`<a href="#in-force">${STATUS.inForce(inForce.length)}</a>` : STATUS.inForce(0)}</span>
<span>${STATUS.mode} <b>${mode}</b>${mode === 'shadow' ? STATUS.shadow : ''} · <a href="/shadow">${STATUS.judged}</a></span>
<form method="post" action="/switch"><span>${STATUS.killSwitch} <b class="${switchMode}">${switchMode}</b>: ${SWITCH[switchMode].means}${by === 'breaker' ? html` (<b>${STATUS.breaker}</b>: ${why})` : ''}</span>
${SwitchMode.options
  .filter((one) => one !== switchMode)
  .map((one) => html`<button name="mode" value="${one}">${SWITCH[one].button}</button>`)}</form>
<span><b class="ticks">${clock(now.toISOString())}</b> UTC</span>
</section>`;

export const inbox = ({ inbox }: Overview): Html => html`
<section aria-labelledby="inbox">
<h2 id="inbox">${INBOX.heading}</h2>
${inbox.length === 0 ? html`<p class="empty">${INBOX.empty}</p>` : inbox.map(message)}
</section>`;

const message = ({ id, to, at, subject, links, settled, ...said }: ShownMessage): Html => html`
<article class="message ${settled ? 'settled' : ''}">
<h3>${breakable(subject)}</h3>
<p class="quiet">${INBOX.to(to)} · ${clock(at)} UTC${settled ? html` · ${INBOX.now} <b>${settled}</b>` : ''}</p>
${links.map(({ label, url }) => html`<p><a class="${settled ? '' : 'button call'}" href="${url}" target="_blank" rel="noopener">${settled ? INBOX.outcome : label}</a></p>`)}
<details id="read-${id}"><summary>${INBOX.read}</summary>${text(said)}</details>
</article>`;

const text = ({
  paragraphs,
  facts,
  steps,
}: Pick<ShownMessage, 'paragraphs' | 'facts' | 'steps'>) => {
  const [first = '', ...rest] = paragraphs;
  return html`<p class="text">${first}</p>
${facts.map(({ label, value }) => html`<p class="text"><b>${label}:</b> ${value}</p>`)}
${steps.map(({ title, lines }) => html`<p>${title}</p><pre class="text">${lines.join('\n')}</pre>`)}
${rest.map((paragraph) => html`<p class="text">${paragraph}</p>`)}`;
};

export const inForce = ({ inForce, now }: Overview): Html => html`
<section aria-labelledby="in-force">
<h2 id="in-force">${IN_FORCE.heading}</h2>
${
  inForce.length === 0
    ? html`<p class="empty">${IN_FORCE.empty}</p>`
    : html`<ul class="cards held">${inForce.map(
        ({ action, reviewUrl }) => html`
<li><div><b>${actionRow(action, now)}</b>${due(action, now)}</div>
<a class="button" href="${reviewUrl}" target="_blank" rel="noopener">${IN_FORCE.review(action)}</a></li>`,
      )}</ul>`
}
</section>`;

function due(action: Action, now: Date): Html {
  const { status, dueAt } = action;
  if (progressOf(action) !== 'made') return html`<p>${statusBadge(action, now)}</p>`;
  if (status === 'kept') return html`<p>${IN_FORCE.kept}</p>`;
  if (status !== 'in-force' || !dueAt) return html`<p>${statusBadge(action, now)}</p>`;
  const seconds = Math.max(0, Math.round((Date.parse(dueAt) - now.getTime()) / 1000));
  return html`<p>${IN_FORCE.undoIn}<b class="ticks">${minutesAndSeconds(seconds)}</b>${IN_FORCE.at(clock(dueAt))}</p>`;
}

export const ipSets = ({ ipSets }: Overview): Html => html`
<section aria-labelledby="ip-sets">
<h2 id="ip-sets">${RESOURCES.ipSets}</h2>
<dl>
${ipSets.map(
  ({ name, addresses }) => html`
<dt>${name}</dt><dd>${addresses.length === 0 ? html`<span class="quiet">${RESOURCES.empty}</span>` : addresses.map((address) => html`<code>${address}</code> `)}</dd>`,
)}
</dl>
<p class="quiet">${RESOURCES.watched} <code>countermand:watched</code>. ${RESOURCES.madeUp}</p>
</section>`;

export const identities = ({ identities }: Overview): Html => html`
<section aria-labelledby="identities">
<h2 id="identities">${RESOURCES.identities}</h2>
<dl>
${identities.map(
  ({ name, kind, works }) => html`
<dt>${name}</dt><dd>${works ? html`<span class="quiet">${RESOURCES.works(kind)}</span>` : html`${kind}, <b>${RESOURCES.cutOff}</b>`}</dd>`,
)}
</dl>
</section>`;

export const networkAcls = ({ networkAcls }: Overview): Html => html`
<section aria-labelledby="network-acls">
<h2 id="network-acls">${RESOURCES.networkAcls}</h2>
<dl>
${networkAcls.map(
  ({ id, isDefault, denied }) => html`
<dt>${id}${isDefault ? RESOURCES.isDefault : ''}</dt><dd>${denied.length === 0 ? html`<span class="quiet">${RESOURCES.deniesNone}</span>` : denied.map(({ ruleNumber, direction, cidr }) => html`<code>${RESOURCES.rule(ruleNumber, cidr, direction)}</code> `)}</dd>`,
)}
</dl>
</section>`;

export const incidents = ({ incidents, now }: Overview): Html => html`
<section aria-labelledby="incidents">
<h2 id="incidents">${INCIDENTS.heading}</h2>
${incidents.length === 0 ? html`<p class="empty">${INCIDENTS.empty}</p>` : incidents.map((one, index) => incident(one, index, now))}
</section>`;

/** Open incidents and the newest one are unfolded. */
const incident = (
  { incident, progress, actions, verdict, judgeUrls }: ShownIncident,
  index: number,
  now: Date,
): Html => {
  const { incidentId, alerts, openedAt } = incident;
  const worst = worstOf(alerts);
  const isOpen = incident.status === 'open';
  return html`
<details class="incident" id="${incidentId}" ${isOpen || index === 0 ? 'open' : ''}>
<summary><h3><q>${worst?.title ?? incidentId}</q></h3> <span class="badge ${isOpen ? 'open' : ''}">${isOpen ? INCIDENTS.open : INCIDENTS.outcome(incident.outcome)}</span></summary>
<p class="quiet"><a href="/console/incident/${incidentId}">${INCIDENTS.page}</a> · ${worst?.severity} · ${breakable(worst?.type ?? '')} · ${clock(openedAt)} UTC · ${INCIDENTS.alerts(alerts.length)}${repeats(alerts)}</p>
${progress.map(
  ({ steps }) => html`
<ol class="progress">${steps.map(
    ({ name, state }) =>
      html`<li class="${state}"><span class="hidden">${INCIDENTS.step[state]}: </span>${name}</li>`,
  )}</ol>`,
)}
${verdict ? html`<p class="verdict">${verdict}</p>` : ''}
<ul class="actions">${actions.map((one) => action(one, judgeUrls[one.actionId], now))}</ul>
</details>`;
};

const action = (action: Action, judgeUrl: string | undefined, now: Date): Html => html`
<li><span class="badge ${action.status}">${statusBadge(action, now)}</span> ${actionRow(action, now)}${judgeUrl ? html` · ${action.judgement ? html`${INCIDENTS.judged} <b>${action.judgement.verdict}</b>` : INCIDENTS.notJudged}, <a href="${judgeUrl}" target="_blank" rel="noopener">${INCIDENTS.judge}</a>` : ''}
<details id="why-${action.actionId}"><summary>${INCIDENTS.why}</summary>
<ul>${action.reasons.map(({ text }) => html`<li>${text}</li>`)}</ul>
<ol class="history">${action.history.map(
  ({ at, by, event, text }) =>
    html`<li><time datetime="${at}">${clock(at)}</time> <b>${eventInWords({ event, text })}</b> by ${by}: ${text}</li>`,
)}</ol></details></li>`;

const repeats = (alerts: readonly { repeats: number }[]): string =>
  INCIDENTS.repeated(alerts.reduce((sum, alert) => sum + alert.repeats, 0));

export const unreadable = ({ unreadable }: Overview): Html | '' =>
  unreadable.length === 0
    ? ''
    : html`
<section aria-labelledby="unreadable">
<h2 id="unreadable">${PROBLEMS.unreadable}</h2>
<p>${PROBLEMS.unreadableHint}</p>
<ul class="cards">${unreadable.map(
        ({ key, why }) => html`
<li><code>${key}</code><details id="unreadable-${key}"><summary>${PROBLEMS.why}</summary><p class="text">${why}</p></details></li>`,
      )}</ul>
</section>`;

export const rejected = ({ rejected }: Overview): Html | '' =>
  rejected.length === 0
    ? ''
    : html`
<section aria-labelledby="rejected">
<h2 id="rejected">${PROBLEMS.rejected}</h2>
<ul class="cards">${rejected.map(
        ({ at, reason, body }) => html`
<li><span class="quiet">${clock(at)} UTC, ${PROBLEMS.kept}</span><span class="text">${reason}</span>
<details id="rejected-${at}"><summary>${PROBLEMS.event}</summary><p class="text"><code>${body.slice(0, 2000)}</code></p></details></li>`,
      )}</ul>
</section>`;

const clock = (instant: string): string => instant.slice(11, 19);
const minutesAndSeconds = (seconds: number): string =>
  `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
