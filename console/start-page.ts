// The start page of the demo: samples, the latest messages, the account.
import { html } from 'hono/html';
import type { Html } from '../functions/site/page.ts';
import type { Runtime } from '../local/runtime.ts';
import type { Sample } from '../local/samples.ts';
import { accountFold } from './account-fold.ts';
import type { ShownMessage } from './inbox.ts';
import { messageList } from './message-list.ts';
import { ALERTS, EMPTIED, INBOX, PROBLEMS, START } from './texts.ts';

/** A rejected event with the reasons. The form shows it again, ready to correct. */
export type Pasted = { reasons: string[]; event: string };

export type Start = {
  analyst: string;
  samples: readonly Sample[];
  pasted: Pasted | undefined;
  /** The first messages, and the number of all. */
  messages: { shown: readonly ShownMessage[]; count: number };
  runtime: Pick<Runtime, 'ipSets' | 'networkAcls' | 'identities' | 'rejected'>;
};

/** The number of samples that are shown at once; the others are folded. */
const SHOWN_SAMPLES = 4;
const SHOWN_REJECTED = 5;

export const startPage = ({ analyst, samples, pasted, messages, runtime }: Start): Html => html`
<h1>${START.heading}</h1>
<p class="says">${START.about} ${START.analysis(analyst)}</p>
${pasted ? rejection(pasted) : ''}
<div class="try">
<section aria-labelledby="send"><div class="head"><h2 id="send">${ALERTS.heading}</h2></div>
<div class="panel"><ul class="samples">${samples.slice(0, SHOWN_SAMPLES).map(sample)}</ul>
<details class="fold"><summary>${ALERTS.more(samples.length - SHOWN_SAMPLES)}</summary><ul class="samples">${samples.slice(SHOWN_SAMPLES).map(sample)}</ul></details>
<details class="fold" ${pasted ? 'open' : ''}><summary>${ALERTS.paste}</summary><div class="in"><form class="noteform" method="post" action="/events">
<label for="event">${ALERTS.pasteHint}</label>
<textarea id="event" name="event" rows="8" required spellcheck="false">${pasted?.event ?? ''}</textarea>
<button class="btn">${ALERTS.send}</button>
</form></div></details>
<details class="fold"><summary>${EMPTIED.heading}</summary><div class="in"><p class="small quiet">${EMPTIED.hint}</p></div><ul class="samples">${EMPTIED.by.map(emptied)}</ul></details>
${rejected(runtime.rejected())}</div></section>
<section aria-labelledby="inbox"><div class="head"><h2 id="inbox">${INBOX.heading}</h2></div>
${messageList(messages.shown)}${messages.count > messages.shown.length ? html`<p class="more-messages"><a class="btn" href="/messages">${INBOX.all(messages.count)}</a></p>` : ''}</section>
</div>
<section class="block" aria-labelledby="account"><div class="head"><h2 id="account">${START.account}</h2><a href="/shadow">${START.shadow}</a></div>
${accountFold(runtime)}</section>`;

const rejection = ({ reasons }: Pasted): Html => html`
<div class="notice bad" role="alert"><b>${ALERTS.rejected}</b> ${ALERTS.kept}${reasons.map((reason) => html`<p class="text">${reason}</p>`)}</div>`;

const sample = ({ id, title, story }: Sample): Html => html`
<li><form method="post" action="/samples/${id}"><button><b>${title}</b><small>${story}</small></button></form></li>`;

const emptied = ({ by, title, story }: (typeof EMPTIED.by)[number]): Html => html`
<li><form method="post" action="/empty-ip-sets"><button name="by" value="${by}"><b>${title}</b><small>${story}</small></button></form></li>`;

const rejected = (all: ReturnType<Runtime['rejected']>): Html | '' =>
  all.length === 0
    ? ''
    : html`<details class="fold"><summary>${PROBLEMS.rejected} <span class="more">${all.length}</span></summary><div class="in"><ul class="lines">${all
        .slice(-SHOWN_REJECTED)
        .reverse()
        .map(
          ({ at, reason, body }) => html`
<li><small class="quiet">${at.slice(11, 19)} UTC, ${PROBLEMS.kept}</small><p class="text">${reason}</p><p class="text mono">${body.slice(0, 500)}</p></li>`,
        )}</ul></div></details>`;
