// The console's panels, one function each. Everything that came from an alert is escaped by the template.
import { html } from 'hono/html';
import type { Action } from '../functions/domain/action.ts';
import { SwitchMode } from '../functions/domain/kill-switch.ts';
import { words } from '../functions/domain/wording.ts';
import { headlineOf } from '../functions/messaging/texts/phrases.ts';
import type { Html } from '../functions/web/pages/frame.ts';
import { breakable } from '../functions/web/pages/parts.ts';
import type { Overview, ShownIncident, ShownMessage } from './model.ts';

const SWITCH: Readonly<Record<SwitchMode, { name: string; means: string }>> = {
  run: { name: 'Act within policy', means: 'acts within policy' },
  ask: { name: 'Ask first', means: 'asks before everything' },
  halt: { name: 'Halt', means: 'applies nothing; reversals still run' },
};

export const status = ({
  killSwitch: { mode: switchMode, by, why },
  mode,
  now,
  waiting,
  inForce,
}: Overview): Html => html`
<section class="status" aria-label="State">
<span class="${waiting > 0 ? 'calls' : ''}">${waiting > 0 ? html`<a href="#inbox">${counted(waiting, 'question waits', 'questions wait')}</a>` : 'No question waits'}</span>
<span>${inForce.length > 0 ? html`<a href="#in-force">${inForce.length} in force</a>` : 'Nothing in force'}</span>
<span>Mode <b>${mode}</b>${mode === 'shadow' ? ': records, and changes nothing' : ''} · <a href="/shadow">was it right?</a></span>
<form method="post" action="/switch"><span>Kill switch <b class="${switchMode}">${switchMode}</b>: ${SWITCH[switchMode].means}${by === 'breaker' ? html` (<b>the breaker tripped</b>: ${why})` : ''}</span>
${SwitchMode.options
  .filter((one) => one !== switchMode)
  .map((one) => html`<button name="mode" value="${one}">${SWITCH[one].name}</button>`)}</form>
<span><b class="ticks">${clock(now.toISOString())}</b> UTC</span>
</section>`;

export const inbox = ({ inbox }: Overview): Html => html`
<section aria-labelledby="inbox">
<h2 id="inbox">On-call inbox</h2>
${inbox.length === 0 ? html`<p class="empty">Nobody was written to. Questions and reports arrive here.</p>` : inbox.map(message)}
</section>`;

const message = ({ id, to, at, subject, links, settled, ...said }: ShownMessage): Html => html`
<article class="message ${settled ? 'settled' : ''}">
<h3>${breakable(subject)}</h3>
<p class="quiet">To ${to} · ${clock(at)} UTC${settled ? html` · now <b>${words(settled)}</b>` : ''}</p>
${links.map(({ label, url }) => html`<p><a class="${settled ? '' : 'button call'}" href="${url}" target="_blank" rel="noopener">${settled ? 'See what became of it' : label}</a></p>`)}
<details id="read-${id}"><summary>Read</summary>${text(said)}</details>
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
<h2 id="in-force">In force</h2>
${
  inForce.length === 0
    ? html`<p class="empty">Nothing. What is done shows here, with the time until it is undone.</p>`
    : html`<ul class="cards held">${inForce.map(
        ({ action, reviewUrl }) => html`
<li><div><b>${headlineOf(action)}</b>${due(action, now)}</div>
<a class="button" href="${reviewUrl}" target="_blank" rel="noopener">${REVIEWS[action.status] ?? 'Look at it'}</a></li>`,
      )}</ul>`
}
</section>`;

const REVIEWS: Partial<Record<Action['status'], string>> = {
  'in-force': 'Keep, extend or reverse',
  kept: 'Reverse',
};

function due({ status, dueAt }: Action, now: Date): Html {
  if (status === 'kept') return html`<p>Kept: no end</p>`;
  if (status !== 'in-force' || !dueAt) return html`<p>${words(status)}</p>`;
  const seconds = Math.max(0, Math.round((Date.parse(dueAt) - now.getTime()) / 1000));
  return html`<p>Undone in <b class="ticks">${minutesAndSeconds(seconds)}</b>, at ${clock(dueAt)} UTC</p>`;
}

export const ipSets = ({ ipSets }: Overview): Html => html`
<section aria-labelledby="ip-sets">
<h2 id="ip-sets">WAF address sets</h2>
<dl>
${ipSets.map(
  ({ name, addresses }) => html`
<dt>${name}</dt><dd>${addresses.length === 0 ? html`<span class="quiet">empty</span>` : addresses.map((address) => html`<code>${address}</code> `)}</dd>`,
)}
</dl>
<p class="quiet">Requests of watched addresses pass. In AWS they show in CloudWatch, as CountedRequests of the rule of that name, and in the web ACL’s logs and sampled requests under the label <code>countermand:watched</code>. Here nothing is counted: the few requests that a question mentions are made up.</p>
</section>`;

export const identities = ({ identities }: Overview): Html => html`
<section aria-labelledby="identities">
<h2 id="identities">Users and keys</h2>
<dl>
${identities.map(
  ({ name, kind, works }) => html`
<dt>${name}</dt><dd>${works ? html`<span class="quiet">${kind}, works</span>` : html`${kind}, <b>cut off</b>`}</dd>`,
)}
</dl>
</section>`;

export const networkAcls = ({ networkAcls }: Overview): Html => html`
<section aria-labelledby="network-acls">
<h2 id="network-acls">Network ACLs</h2>
<dl>
${networkAcls.map(
  ({ id, isDefault, denied }) => html`
<dt>${id}${isDefault ? ' (default)' : ''}</dt><dd>${denied.length === 0 ? html`<span class="quiet">keeps nobody out</span>` : denied.map(({ ruleNumber, direction, cidr }) => html`<code>${ruleNumber}: deny ${cidr} ${direction}</code> `)}</dd>`,
)}
</dl>
</section>`;

export const incidents = ({ incidents }: Overview): Html => html`
<section aria-labelledby="incidents">
<h2 id="incidents">Incidents</h2>
${incidents.length === 0 ? html`<p class="empty">None yet. Drop in an alert.</p>` : incidents.map(incident)}
</section>`;

/** The newest and the open ones are shown whole; of the others, one line until somebody wants more. */
const incident = (
  { incident, ways, actions, verdict, judgeUrls }: ShownIncident,
  index: number,
): Html => {
  const { incidentId, alerts, openedAt } = incident;
  const newest = alerts.at(-1);
  const isOpen = incident.status === 'open';
  return html`
<details class="incident" id="${incidentId}" ${isOpen || index === 0 ? 'open' : ''}>
<summary><h3><q>${newest?.title ?? incidentId}</q></h3> <span class="badge ${isOpen ? 'open' : ''}">${isOpen ? 'open' : words(incident.outcome ?? 'closed')}</span></summary>
<p class="quiet">${newest?.severity} · ${breakable(newest?.type ?? '')} · ${clock(openedAt)} UTC · ${counted(alerts.length, 'alert', 'alerts')}${repeats(alerts)}</p>
${ways.map(
  ({ steps }) => html`
<ol class="way">${steps.map(
    ({ name, state }) =>
      html`<li class="${state}"><span class="hidden">${state === 'ahead' ? 'not reached: ' : `${state}: `}</span>${name}</li>`,
  )}</ol>`,
)}
${verdict ? html`<p class="verdict">${verdict}</p>` : ''}
<ul class="actions">${actions.map((one) => action(one, judgeUrls[one.actionId]))}</ul>
</details>`;
};

const action = (action: Action, judgeUrl: string | undefined): Html => html`
<li><span class="badge ${action.status}">${words(action.status)}</span> ${headlineOf(action)}${judgeUrl ? html` · ${action.judgement ? html`judged <b>${action.judgement.verdict}</b>` : 'not judged'}, <a href="${judgeUrl}" target="_blank" rel="noopener">right or wrong?</a>` : ''}
<details id="why-${action.actionId}"><summary>Why, and what happened</summary>
<ul>${action.reasons.map(({ text }) => html`<li>${text}</li>`)}</ul>
<ol class="history">${action.history.map(
  ({ at, by, event, text }) =>
    html`<li><time datetime="${at}">${clock(at)}</time> <b>${words(event)}</b> by ${by}: ${text}</li>`,
)}</ol></details></li>`;

const repeats = (alerts: readonly { repeats: number }[]): string => {
  const count = alerts.reduce((sum, alert) => sum + alert.repeats, 0);
  return count === 0 ? '' : ` · repeated ${count}×`;
};

export const unreadable = ({ unreadable }: Overview): Html | '' =>
  unreadable.length === 0
    ? ''
    : html`
<section aria-labelledby="unreadable">
<h2 id="unreadable">Records that cannot be read</h2>
<p>All else goes on without them. Whatever they were about needs a person.</p>
<ul class="cards">${unreadable.map(
        ({ key, why }) => html`
<li><code>${key}</code><details id="unreadable-${key}"><summary>Why</summary><p class="text">${why}</p></details></li>`,
      )}</ul>
</section>`;

export const refused = ({ refused }: Overview): Html | '' =>
  refused.length === 0
    ? ''
    : html`
<section aria-labelledby="refused">
<h2 id="refused">Refused events</h2>
<ul class="cards">${refused.map(
        ({ at, reason, body }) => html`
<li><span class="quiet">${clock(at)} UTC, kept for replay</span><span class="text">${reason}</span>
<details id="refused-${at}"><summary>The event</summary><p class="text"><code>${body.slice(0, 2000)}</code></p></details></li>`,
      )}</ul>
</section>`;

const counted = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`;
const clock = (instant: string): string => instant.slice(11, 19);
const minutesAndSeconds = (seconds: number): string =>
  `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
