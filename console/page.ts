// The console as HTML: the page around, and the parts that follow what happens.
import { html } from 'hono/html';
import type { Html } from '../functions/web/pages/frame.ts';
import { frame } from './frame.ts';
import type { Overview, ShownSample } from './model.ts';
import {
  identities,
  inbox,
  incidents,
  inForce,
  ipSets,
  networkAcls,
  refused,
  status,
  unreadable,
} from './panels.ts';

/** A pasted event that was refused: why, and the event itself, so that nobody has to paste it again. */
export type Pasted = { reasons: string[]; event: string };

export const page = (overview: Overview, samples: ShownSample[], pasted?: Pasted): Html =>
  frame(
    'Countermand console',
    html`
<header>
<h1>Countermand</h1>
<p>Account ${overview.account}, on this machine: nothing here reaches AWS. Analysis by ${overview.analyst}.</p>
</header>
<p id="lost" class="alert" role="alert" hidden>Countermand does not answer; what you see is no longer current. Was it stopped?</p>
${pasted ? refusal(pasted) : ''}
<noscript><p class="quiet">Without script this page does not follow what happens: <a href="/">refresh</a>.</p></noscript>
<div class="live" id="live-status">${status(overview)}</div>
<main>
${dropIn(samples, pasted)}
<div class="live" id="live-desk">${desk(overview)}</div>
</main>`,
    html`<script src="/console.js" defer></script>`,
  );

/** What the script fetches each second: the parts with class `live`, by id. */
export const live = (overview: Overview): Html => html`
<div class="live" id="live-status">${status(overview)}</div>
<div class="live" id="live-desk">${desk(overview)}</div>`;

const desk = (overview: Overview): Html => html`
<div class="column">${inbox(overview)}</div>
<div class="column">${unreadable(overview)}${inForce(overview)}${incidents(overview)}${refused(overview)}</div>
<div class="column account">${ipSets(overview)}${networkAcls(overview)}${identities(overview)}</div>`;

const refusal = ({ reasons }: Pasted): Html => html`
<div class="alert" role="alert">
<p><b>The event was refused.</b> It is kept, with the reason, and can be replayed:</p>
${reasons.map((reason) => html`<p class="text">${reason}</p>`)}
</div>`;

/** As many as fit beside the desk; the others open. */
const SHOWN_SAMPLES = 4;

const dropIn = (samples: ShownSample[], pasted: Pasted | undefined): Html => html`
<section class="drop-in" aria-labelledby="samples">
<h2 id="samples">Drop in an alert</h2>
<ul class="samples">${samples.slice(0, SHOWN_SAMPLES).map(sample)}</ul>
<details><summary>${samples.length - SHOWN_SAMPLES} more</summary><ul class="samples">${samples.slice(SHOWN_SAMPLES).map(sample)}</ul></details>
<details ${pasted ? 'open' : ''}><summary>Paste an event of your own</summary>
<form method="post" action="/events">
<label for="event">A GuardDuty or Security Hub finding, as EventBridge delivers it or as the API gives it</label>
<textarea id="event" name="event" rows="8" required spellcheck="false">${pasted?.event ?? ''}</textarea>
<button>Deliver</button>
</form>
</details>
</section>`;

const sample = ({ id, title, story }: ShownSample): Html => html`
<li><form method="post" action="/samples/${id}"><button><b>${title}</b><small>${story}</small></button></form></li>`;
