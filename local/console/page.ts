// The console as HTML. Everything that came from an alert is escaped by the template.
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Action } from '../../functions/domain/action.ts';
import { SwitchMode } from '../../functions/domain/policy.ts';
import { questionOf } from '../explanation.ts';
import type { Overview, ShownIncident, ShownMessage } from './model.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const page = (overview: Overview): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countermand console</title>
<link rel="stylesheet" href="/console.css">
<script src="/console.js" defer></script>
</head>
<body>
<header>
  <h1>Countermand</h1>
  <p>Account ${overview.account}, on this machine. Nothing here reaches AWS.</p>
</header>
<div id="live">${live(overview)}</div>
<noscript><p class="quiet">Without script this page does not refresh by itself: <a href="/">refresh</a>.</p></noscript>
</body>
</html>`;

/** The part that changes; the script fetches it again every second. */
export const live = (overview: Overview): Html => html`
${status(overview)}
<main>
<div class="column">
${samples(overview)}
</div>
<div class="column">
${inForce(overview)}
${ipSets(overview)}
${incidents(overview)}
</div>
<div class="column">
${inbox(overview)}
</div>
</main>`;

const SWITCH_WORDS = {
  run: 'acts within policy',
  ask: 'asks before everything',
  halt: 'applies nothing; reversals still run',
};

const status = ({
  analyst,
  killSwitch: { mode: switchMode, by, why },
  mode,
  now,
}: Overview): Html => html`
<section class="status" aria-label="State">
<span>Analysis: <b>${analyst}</b></span>
<span>Mode: <b>${mode}</b></span>
<span>Switch: <b>${switchMode}</b>, ${SWITCH_WORDS[switchMode]}${by === 'breaker' ? html` (<b>the breaker tripped</b>: ${why})` : ''}</span>
<form method="post" action="/switch">${SwitchMode.options.filter((mode) => mode !== switchMode).map((mode) => html`<button name="mode" value="${mode}">${mode}</button> `)}</form>
<span><b class="ticks">${clock(now.toISOString())}</b> UTC</span>
</section>`;

const samples = ({ samples }: Overview): Html => html`
<section aria-labelledby="samples">
<h2 id="samples">Drop in an alert</h2>
<ul class="samples">
${samples.map(
  ({ id, title, story }) => html`
<li><form method="post" action="/samples/${id}"><button>${title}</button></form><p class="quiet">${story}</p></li>`,
)}
</ul>
<details id="paste"><summary>Paste an event</summary>
<form method="post" action="/events">
<label for="event">A GuardDuty or Security Hub event, as EventBridge delivers it</label>
<textarea id="event" name="event" rows="8" required spellcheck="false"></textarea>
<button>Deliver</button>
</form>
</details>
</section>`;

const inForce = ({ inForce, now }: Overview): Html => html`
<section aria-labelledby="in-force">
<h2 id="in-force">In force</h2>
${
  inForce.length === 0
    ? html`<p class="quiet">Nothing is in force.</p>`
    : html`<ul class="cards">${inForce.map(
        ({ action, reviewUrl }) => html`
<li>
<p><b>${headline(action)}</b></p>
<p>${due(action, now)}</p>
<p><a class="button" href="${reviewUrl}">Keep, extend or reverse</a></p>
</li>`,
      )}</ul>`
}
</section>`;

const due = ({ status, dueAt }: Action, now: Date): Html => {
  if (status === 'kept') return html`Kept; no end`;
  if (status !== 'in-force' || !dueAt) return html`${words(status)}`;
  const seconds = Math.max(0, Math.round((Date.parse(dueAt) - now.getTime()) / 1000));
  return html`Undone in <b class="ticks">${minutesAndSeconds(seconds)}</b>, at ${clock(dueAt)} UTC`;
};

const ipSets = ({ ipSets }: Overview): Html => html`
<section aria-labelledby="ip-sets">
<h2 id="ip-sets">WAF address sets</h2>
<dl>
${ipSets.map(
  ({ name, addresses }) => html`
<div><dt>${name}</dt><dd>${addresses.length === 0 ? html`<span class="quiet">empty</span>` : addresses.map((address) => html`<code>${address}</code> `)}</dd></div>`,
)}
</dl>
</section>`;

const incidents = ({ incidents }: Overview): Html => html`
<section aria-labelledby="incidents">
<h2 id="incidents">Incidents</h2>
${
  incidents.length === 0
    ? html`<p class="quiet">None yet. Drop in an alert on the left.</p>`
    : incidents.map(incident)
}
</section>`;

const incident = ({ incident, ways, actions, verdict }: ShownIncident): Html => {
  const newest = incident.alerts.at(-1);
  return html`
<article>
<h3><q>${newest?.title ?? incident.incidentId}</q></h3>
<p class="quiet">${newest?.severity} · ${newest?.type} · ${clock(incident.openedAt)} UTC · ${incident.alerts.length} alert${incident.alerts.length === 1 ? '' : 's'}${repeats(incident.alerts)}</p>
${ways.map(
  ({ steps }) => html`
<ol class="way">${steps.map(
    ({ name, state }) =>
      html`<li class="${state}"><span class="hidden">${state === 'ahead' ? 'not reached: ' : `${state}: `}</span>${name}</li>`,
  )}</ol>`,
)}
${verdict ? html`<p>${verdict}</p>` : ''}
<ul class="actions">
${actions.map(
  (action) => html`
<li><span class="badge ${action.status}">${words(action.status)}</span> ${headline(action)}
<details id="why-${action.actionId}"><summary>Why</summary><ul>${action.reasons.map(({ text }) => html`<li>${text}</li>`)}</ul>
<ol class="history">${action.history.map(
    ({ at, by, event, text }) =>
      html`<li><time datetime="${at}">${clock(at)}</time> <b>${words(event)}</b> by ${by}: ${text}</li>`,
  )}</ol>${rules(action)}</details></li>`,
)}
</ul>
<p>${incident.status === 'closed' ? html`Outcome: <b>${words(incident.outcome ?? '')}</b>` : html`<b>Open</b>`}</p>
</article>`;
};

const rules = ({ actionId, considered, policyVersion }: Action): Html => html`
<details id="rules-${actionId}"><summary>Every rule, by policy ${policyVersion}</summary>
<ul class="rules">${considered.map(
  ({ rule, inputs, verdict }) =>
    html`<li><b>${verdict ? words(verdict) : 'ok'}</b> ${questionOf(rule)} <code>${inputs}</code></li>`,
)}</ul></details>`;

const repeats = (alerts: readonly { repeats: number }[]): string => {
  const count = alerts.reduce((sum, alert) => sum + alert.repeats, 0);
  return count === 0 ? '' : ` · repeated ${count}×`;
};

const inbox = ({ inbox }: Overview): Html => html`
<section aria-labelledby="inbox">
<h2 id="inbox">On-call inbox</h2>
${inbox.length === 0 ? html`<p class="quiet">No messages.</p>` : inbox.map(message)}
</section>`;

const message = ({ id, to, at, subject, paragraphs, links }: ShownMessage): Html => html`
<article class="message">
<h3>${subject}</h3>
<p class="quiet">To ${to} · ${clock(at)} UTC</p>
${links.map(({ label, url }) => html`<p><a class="button" href="${url}">${label}</a></p>`)}
<details id="read-${id}"><summary>Read</summary>${paragraphs.map((text) => html`<p class="text">${text}</p>`)}</details>
</article>`;

const headline = ({ description, name, recommendation, target }: Action): string =>
  description?.headline ??
  `${name ?? recommendation.action} on ${target?.value ?? recommendation.target}`;

const words = (id: string): string => id.replaceAll('-', ' ');
const clock = (instant: string): string => instant.slice(11, 19);
const minutesAndSeconds = (seconds: number): string =>
  `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;

/**
 * Fetches the live part each second. Where only clocks have moved, only they are written, so that the reader keeps the
 * focus and the place; where more has changed, what the reader had open stays open, and a form in use is left alone.
 */
export const SCRIPT = `
const live = document.getElementById('live');
const ticks = /<b class="ticks">[^<]*<\\/b>/g;
let last = '';
async function refresh() {
  const inUse = live.contains(document.activeElement) && /TEXTAREA|INPUT/.test(document.activeElement.tagName);
  if (document.hidden || inUse) return;
  const answer = await fetch('/live').catch(() => null);
  if (!answer || !answer.ok) return;
  const text = await answer.text();
  const stable = text.replace(ticks, '');
  if (stable === last) {
    const fresh = text.match(ticks) || [];
    live.querySelectorAll('.ticks').forEach((one, i) => { one.outerHTML = fresh[i] || one.outerHTML; });
    return;
  }
  last = stable;
  const open = [...live.querySelectorAll('details[open]')].map((one) => one.id);
  live.innerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
}
setInterval(refresh, 1000);
`;

export const STYLE = raw(`
:root { color-scheme: light dark; --ink: #1d2330; --quiet: #5b6472; --line: #d9dde3; --paper: #fff; --ground: #f4f5f7; --accent: #0b5cad; --good: #1b7a43; --bad: #b3261e; --wait: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --quiet: #9aa4b2; --line: #313843; --paper: #1b2029; --ground: #12161d; --accent: #7ab8ff; --good: #6fd39b; --bad: #ff9a92; --wait: #f0c068; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 100rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 0 0 .6rem; } h3 { font-size: 1rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
p { margin: .3rem 0; } ul, ol, dl { padding: 0; margin: 0; list-style: none; }
header p, .quiet { color: var(--quiet); font-size: .9rem; }
.status form { margin-left: auto; } .status button { min-height: 2rem; padding: .1rem .7rem; } .status { align-items: center; display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; font-size: .9rem; border-block: 1px solid var(--line); padding: .5rem 0; margin: .8rem 0; }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); align-items: start; }
section, .column { display: grid; gap: .6rem; } .column { gap: 1.4rem; }
article, .cards li, .samples, dl { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; overflow-wrap: anywhere; }
.cards, .samples { display: grid; gap: .8rem; }
button, .button { display: inline-block; font: inherit; font-weight: 600; padding: .45rem .9rem; min-height: 2.6rem; border-radius: .4rem; border: 1px solid var(--accent); color: var(--accent); background: transparent; text-decoration: none; cursor: pointer; text-align: left; }
button:hover, .button:hover { background: color-mix(in srgb, var(--accent) 12%, transparent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
textarea { width: 100%; font: .85rem/1.4 ui-monospace, monospace; color: inherit; background: var(--ground); border: 1px solid var(--line); }
.way { display: flex; flex-wrap: wrap; gap: .3rem; margin: .5rem 0; font-size: .85rem; }
.way li { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .7rem; color: var(--quiet); }
.way .done { color: var(--good); border-color: currentColor; } .way .now { color: var(--wait); border-color: currentColor; font-weight: 700; } .way .failed { color: var(--bad); border-color: currentColor; }
.badge { display: inline-block; font-size: .8rem; border: 1px solid currentColor; border-radius: .3rem; padding: 0 .4rem; color: var(--quiet); }
.badge.in-force, .badge.kept { color: var(--good); } .badge.awaiting-approval, .badge.executing, .badge.reversing, .badge.approved { color: var(--wait); } .badge.failed, .badge.reversal-failed { color: var(--bad); }
.actions { display: grid; gap: .5rem; margin: .5rem 0; } .actions details { font-size: .9rem; } .actions ul { padding-left: 1.2rem; list-style: disc; } .rules { font-size: .85rem; } .history { margin-top: .4rem; color: var(--quiet); }
dt { font-size: .85rem; color: var(--quiet); } dd { margin: 0 0 .5rem; } code { font: .9rem ui-monospace, monospace; }
.text { white-space: pre-line; } summary { cursor: pointer; color: var(--accent); min-height: 1.6rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`);
