// The page that lists the entries that halt, and asks for a reason to resume.
import { html } from 'hono/html';
import type { SwitchMode } from '../domain/kill-switch.ts';
import { utc } from '../domain/wording.ts';
import { nameOf } from '../messaging/texts/switch.ts';
import type { Policy } from '../policy/policy.ts';
import { BACK_TO_CONSOLE } from '../sign-in/console-path.ts';
import { type Html, shell } from '../site/page.ts';
import type { SwitchEntry } from '../store/switch-entries.ts';
import { RESUME } from './texts.ts';

export type ResumeView = {
  mode: SwitchMode;
  shown: readonly SwitchEntry[];
  /** The IDs that the form ends. */
  seen: readonly string[];
  more: number;
  nonce: string;
  names: Policy['escalation']['people'];
  /** The name of the person of policy on a laptop; null where people sign in. */
  actsAs: string | null;
  now: Date;
};

export const resumePage = (view: ResumeView): Html =>
  shell(
    RESUME.title,
    html`<header><h1 class="bad">${RESUME.title}</h1>
<p class="lead">${RESUME.intro[view.mode]}</p>${view.actsAs === null ? '' : html`<p class="hint">${RESUME.actsAs(view.actsAs)}</p>`}</header>
<section><ul class="plain">${view.shown.map((one) => entry(view, one))}</ul>${view.more > 0 ? html`<p>${RESUME.more(view.more)}</p>` : ''}</section>
<form method="post" action="/console/resume" aria-label="${RESUME.title}">
<input type="hidden" name="nonce" value="${view.nonce}">
${view.seen.map((id) => html`<input type="hidden" name="seen" value="${id}">`)}
<label for="why">${RESUME.why}</label>
<textarea id="why" name="why" rows="3" maxlength="500" required></textarea>
<p><label for="mode">${RESUME.how}</label>
<select id="mode" name="mode"><option value="run">${RESUME.run}</option><option value="ask">${RESUME.ask}</option></select></p>
<div class="choice wide"><button class="go">${RESUME.submit}<small>${RESUME.submitHint}</small></button></div>
</form>
<p><a href="${BACK_TO_CONSOLE.path}">${BACK_TO_CONSOLE.label}</a></p>`,
  );

const entry = ({ names, now }: ResumeView, { id, mode, by, at, why }: SwitchEntry): Html =>
  html`<li><b>${RESUME.entry[mode]}</b>: ${why}<p class="quiet">${RESUME.by(nameOf(names, by), at ? `${utc(at, now)}` : '')}</p>${id === null ? html`<p class="warning">${RESUME.cannotEnd}</p>` : ''}</li>`;
