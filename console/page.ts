// Renders the console: the page, and the parts that update each second.
import { html } from 'hono/html';
import type { Html } from '../functions/site/page.ts';
import { frame } from './frame.ts';
import type { Overview, ShownSample } from './model.ts';
import {
  identities,
  inbox,
  incidents,
  inForce,
  ipSets,
  networkAcls,
  rejected,
  status,
  unreadable,
} from './panels.ts';
import { ALERTS, EMPTIED, FRAME } from './texts.ts';

/** A rejected event with the reasons. The form shows it again, ready to correct. */
export type Pasted = { reasons: string[]; event: string };

export const page = (overview: Overview, samples: ShownSample[], pasted?: Pasted): Html =>
  frame(
    FRAME.title,
    html`
<header>
<h1>${FRAME.name}</h1>
<p>${FRAME.about(overview.account, overview.analyst)}</p>
</header>
<p id="lost" class="alert" role="alert" hidden>${FRAME.lost}</p>
${pasted ? rejection(pasted) : ''}
<noscript><p class="quiet">${FRAME.noScript} <a href="/">${FRAME.refresh}</a>.</p></noscript>
<div class="live" id="live-status">${status(overview)}</div>
<main>
${alertForm(samples, pasted)}
<div class="live" id="live-panels">${panels(overview)}</div>
</main>`,
    html`<script src="/console.js" defer></script>`,
  );

/** The parts with class `live`: the script fetches them each second, and finds them by id. */
export const live = (overview: Overview): Html => html`
<div class="live" id="live-status">${status(overview)}</div>
<div class="live" id="live-panels">${panels(overview)}</div>`;

const panels = (overview: Overview): Html => html`
<div class="column">${inbox(overview)}</div>
<div class="column">${unreadable(overview)}${inForce(overview)}${incidents(overview)}${rejected(overview)}</div>
<div class="column account">${ipSets(overview)}${networkAcls(overview)}${identities(overview)}</div>`;

const rejection = ({ reasons }: Pasted): Html => html`
<div class="alert" role="alert">
<p><b>${ALERTS.rejected}</b> ${ALERTS.kept}</p>
${reasons.map((reason) => html`<p class="text">${reason}</p>`)}
</div>`;

/** The number of samples that fit on the page; the others are folded. */
const SHOWN_SAMPLES = 4;

const alertForm = (samples: ShownSample[], pasted: Pasted | undefined): Html => html`
<section class="send-alert" aria-labelledby="samples">
<h2 id="samples">${ALERTS.heading}</h2>
<ul class="samples">${samples.slice(0, SHOWN_SAMPLES).map(sample)}</ul>
<details><summary>${ALERTS.more(samples.length - SHOWN_SAMPLES)}</summary><ul class="samples">${samples.slice(SHOWN_SAMPLES).map(sample)}</ul></details>
<details><summary>${EMPTIED.heading}</summary><p><small>${EMPTIED.hint}</small></p><ul class="samples">${EMPTIED.by.map(emptied)}</ul></details>
<details ${pasted ? 'open' : ''}><summary>${ALERTS.paste}</summary>
<form method="post" action="/events">
<label for="event">${ALERTS.pasteHint}</label>
<textarea id="event" name="event" rows="8" required spellcheck="false">${pasted?.event ?? ''}</textarea>
<button>${ALERTS.send}</button>
</form>
</details>
</section>`;

const sample = ({ id, title, story }: ShownSample): Html => html`
<li><form method="post" action="/samples/${id}"><button><b>${title}</b><small>${story}</small></button></form></li>`;

const emptied = ({ by, title, story }: (typeof EMPTIED.by)[number]): Html => html`
<li><form method="post" action="/empty-ip-sets"><button name="by" value="${by}"><b>${title}</b><small>${story}</small></button></form></li>`;
