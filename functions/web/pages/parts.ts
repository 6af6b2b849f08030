// Parts of the decision pages: facts, evidence, reasoning, record.
import { html } from 'hono/html';
import type { Alert } from '../../domain/alert.ts';
import { oneLine, utc } from '../../domain/wording.ts';
import { changesFact, progressOf } from '../../messaging/texts/action-line.ts';
import { eventInWords } from '../../messaging/texts/labels.ts';
import {
  affectedLabel,
  EVIDENCE,
  FACTS,
  IDS,
  MANUALLY,
  REASONING,
  RECORD,
} from '../texts/pages.ts';
import type { View } from '../view.ts';
import type { Html } from './frame.ts';

/** Readable in ten seconds: the change, the target, the reason, who is affected, the undo. */
export const facts = ({ action, alert, now }: View): Html => {
  const { description, target, account, region } = action;
  const { label, lines } = changesFact(action, now);
  const progress = progressOf(action, now);
  return html`
<section class="facts" aria-label="${FACTS.heading}">
<dl>
<dt>${label}</dt>${lines.map((text) => html`<dd>${text}</dd>`)}
<dt>${FACTS.target}</dt><dd><code>${data(target?.value ?? FACTS.unknown)}</code></dd><dd class="quiet">${FACTS.place(account, region)}</dd>
<dt>${FACTS.why}</dt>${alert ? html`<dd><q>${data(alert.title)}</q>, severity ${alert.severity.label}</dd><dd class="quiet">${breakable(alert.type)}</dd>` : html`<dd>${FACTS.noAlert}</dd>`}
<dt>${affectedLabel(action, now)}</dt>${folded(description?.affected ?? [FACTS.unknown])}
${progress === 'ahead' || progress === 'made' ? html`<dt>${FACTS.undo}</dt><dd>${FACTS.undoInState(action, now) ?? description?.undo ?? FACTS.unknown}</dd>` : ''}
</dl>
</section>`;
};

/** The first line is visible. The others open on a tap, so that the buttons fit on the first screen of a phone. */
const UNFOLDED = 1;
const folded = (lines: readonly string[]): Html =>
  html`${lines.slice(0, UNFOLDED).map((text) => html`<dd>${text}</dd>`)}${
    lines.length > UNFOLDED
      ? html`<dd><details><summary>${FACTS.detail}</summary>${lines.slice(UNFOLDED).map((text) => html`<p>${text}</p>`)}</details></dd>`
      : ''
  }`;

export const evidence = (view: View): Html =>
  view.alert
    ? quotedFrom(view, view.alert)
    : html`<section aria-labelledby="evidence"><h2 id="evidence">${EVIDENCE.heading}</h2><p>${FACTS.noAlert}.</p></section>`;

const quotedFrom = ({ action, now }: View, alert: Alert): Html => html`
<section aria-labelledby="evidence">
<h2 id="evidence">${EVIDENCE.heading}</h2>
<p class="quiet">${EVIDENCE.quoted}</p>
<dl>
<dt>${EVIDENCE.alert}</dt><dd><q>${data(alert.title)}</q></dd>
<dt>${EVIDENCE.severity}</dt><dd>${alert.severity.label}, ${alert.severity.score} of 10</dd>
<dt>${EVIDENCE.seen}</dt><dd>${EVIDENCE.times(alert.count, alert.lastSeenAt, now)}</dd>
<dt>${EVIDENCE.traffic}</dt><dd>${trafficOf(alert.traffic)}</dd>
<dt>${EVIDENCE.foundAt}</dt>${(action.target?.foundAt ?? []).slice(0, 3).map((path) => html`<dd><code>${data(path)}</code></dd>`)}
${(alert.sample && html`<dt>${EVIDENCE.sample}</dt><dd>${EVIDENCE.isSample}</dd>`) || ''}
${alert.notes.length > 0 ? html`<dt>${EVIDENCE.odd}</dt>${alert.notes.slice(0, 5).map((note) => html`<dd>${data(note)}</dd>`)}` : ''}
<dt>${EVIDENCE.policy}</dt>${action.reasons.map(({ text }) => html`<dd>${data(text)}</dd>`)}
</dl>
</section>`;

/** Commands for a person, because an expired request is not repeated automatically. */
export const manually = ({ manualSteps }: View): Html | '' =>
  manualSteps.length === 0
    ? ''
    : html`
<details>
<summary>${MANUALLY}</summary>
${manualSteps.map(({ title, lines }) => html`<p>${title}</p><pre>${lines.join('\n')}</pre>`)}
</details>`;

const trafficOf = ({ layer, direction, localPort, protocol }: Alert['traffic']): string =>
  [
    layer === 'unknown' ? EVIDENCE.unknownTraffic : layer,
    ...(direction === 'unknown' ? [] : [direction]),
    ...(protocol ? [oneLine(protocol)] : []),
    ...(localPort === null ? [] : [`port ${localPort}`]),
  ].join(', ');

/** Last and folded: the author of the alert's text may have influenced the model. */
export const reasoning = ({ action, origin }: View): Html => {
  const { reasoning, confidence } = action.recommendation;
  const byRules = origin === 'playbook' || origin === 'fallback';
  return html`
<details>
<summary>${REASONING.heading(byRules)}</summary>
<p class="warning">${REASONING.warning(byRules)} ${REASONING.confidence(confidence)}</p>
<blockquote>${data(reasoning, 2000)}</blockquote>
</details>`;
};

export const record = ({ action, names, now }: View): Html => html`
<details>
<summary>${RECORD}</summary>
<ol class="history">
${action.history
  .slice(-30)
  .map(
    ({ at, by, event, text }) =>
      html`<li><time datetime="${at}">${utc(at, now)}</time> <b>${eventInWords({ event, text })}</b> by ${nameOf(by, names)}${text ? html`: ${data(text, 500)}` : ''}</li>`,
  )}
</ol>
<p class="quiet">${IDS(action)}</p>
</details>`;

const nameOf = (by: string, names: View['names']): string =>
  by.startsWith('person:') ? (names[by.slice('person:'.length)] ?? by) : by;

/** Untrusted text: escaped by the template, on one line, without invisible characters, in its own reading direction. */
const data = (text: string, most = 1024): Html => html`<bdi>${oneLine(text, most)}</bdi>`;

/** A long type name, with line breaks allowed between its parts only. */
export const breakable = (text: string): Html =>
  html`<bdi>${oneLine(text)
    .split(/(?<=[:/.!-])/)
    .map((part) => html`${part}<wbr>`)}</bdi>`;
