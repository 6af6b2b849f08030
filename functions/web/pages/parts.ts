// The parts of the decision pages: what happens, what it rests on, what the machine said, what is on the record.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import type { Alert } from '../../domain/alert.ts';
import { oneLine, utc, words } from '../../domain/wording.ts';
import type { View } from '../view.ts';
import type { Html } from './frame.ts';

/** Readable in ten seconds: what, on what, why, who is affected, how it is undone. */
export const facts = ({ action, alert }: View): Html => {
  const { description, target, account, region } = action;
  return html`
<section class="facts" aria-label="What it is about">
<dl>
<dt>What</dt>${(description?.changes ?? ['It is not described']).map((text) => html`<dd>${text}</dd>`)}
<dt>On what</dt><dd><code>${data(target?.value ?? 'unknown')}</code></dd><dd class="quiet">${kindOf(target?.kind)} in account ${account}, ${region}</dd>
<dt>Why</dt><dd>${alert ? html`${breakable(alert.type)}, severity ${alert.severity.label}` : NO_ALERT}</dd>
<dt>Affected</dt>${folded(description?.affected ?? ['Not known'])}
<dt>Undone</dt><dd>${description?.undo ?? 'Not described'}</dd>
</dl>
</section>`;
};

/** The first lines say it; what would push the buttons off a small screen opens on a tap. */
const UNFOLDED = 2;
const folded = (lines: readonly string[]): Html =>
  html`${lines.slice(0, UNFOLDED).map((text) => html`<dd>${text}</dd>`)}${
    lines.length > UNFOLDED
      ? html`<dd><details><summary>In detail</summary>${lines.slice(UNFOLDED).map((text) => html`<p>${text}</p>`)}</details></dd>`
      : ''
  }`;

const NO_ALERT = 'The record of the alert cannot be read';

export const evidence = ({ action, alert }: View): Html =>
  alert
    ? quotedFrom(action, alert)
    : html`<section aria-labelledby="evidence"><h2 id="evidence">Evidence</h2><p>${NO_ALERT}.</p></section>`;

const quotedFrom = (action: Action, alert: Alert): Html => html`
<section aria-labelledby="evidence">
<h2 id="evidence">Evidence</h2>
<p class="quiet">Quoted from the alert. An attacker may have written parts of it.</p>
<dl>
<dt>Alert</dt><dd><q>${data(alert.title)}</q></dd>
<dt>Severity</dt><dd>${alert.severity.label}, ${alert.severity.score} of 10</dd>
<dt>Seen</dt><dd>${alert.count === 1 ? 'once' : `${alert.count} times`}${alert.lastSeenAt ? `, last at ${utc(alert.lastSeenAt)}` : ''}</dd>
<dt>Traffic</dt><dd>${trafficOf(alert.traffic)}</dd>
<dt>Found in the event at</dt>${(action.target?.foundAt ?? []).slice(0, 3).map((path) => html`<dd><code>${data(path)}</code></dd>`)}
${(alert.sample && html`<dt>Sample</dt><dd>The product generated it as a sample</dd>`) || ''}
${alert.notes.length > 0 ? html`<dt>Odd about it</dt>${alert.notes.slice(0, 5).map((note) => html`<dd>${data(note)}</dd>`)}` : ''}
<dt>Policy says</dt>${action.reasons.map(({ text }) => html`<dd>${data(text)}</dd>`)}
</dl>
</section>`;

/** Nothing asks again by itself: whoever finds it right does it from here. */
export const byHand = ({ byHand }: View): Html | '' =>
  byHand.length === 0
    ? ''
    : html`
<details>
<summary>To do it by hand</summary>
${byHand.map(({ title, lines }) => html`<p>${title}</p><pre>${lines.join('\n')}</pre>`)}
</details>`;

const trafficOf = ({ layer, direction, localPort, protocol }: Alert['traffic']): string =>
  [
    layer === 'unknown' ? 'of an unknown kind' : layer,
    ...(direction === 'unknown' ? [] : [direction]),
    ...(protocol ? [oneLine(protocol)] : []),
    ...(localPort === null ? [] : [`port ${localPort}`]),
  ].join(', ');

/** Whoever controls the alert's text may have steered what a model wrote, so it comes last and closed. */
export const machinesWords = ({ action, origin }: View): Html => {
  const { reasoning, confidence } = action.recommendation;
  const byRules = origin === 'playbook' || origin === 'fallback';
  return html`
<details>
<summary>Reasoning of the ${byRules ? 'playbook' : 'model'}</summary>
<p class="warning">${byRules ? 'Written by fixed rules; no model was asked or none answered. It may repeat words of the attacker.' : 'Written by a model. It may be influenced by the attacker.'} Confidence ${confidence} of 100.</p>
<blockquote>${data(reasoning, 2000)}</blockquote>
</details>`;
};

export const record = ({ action, names }: View): Html => html`
<details>
<summary>On the record</summary>
<ol class="history">
${action.history
  .slice(-30)
  .map(
    ({ at, by, event, text }) =>
      html`<li><time datetime="${at}">${utc(at)}</time> <b>${words(event)}</b> by ${whoOf(by, names)}${text ? html`: ${data(text, 500)}` : ''}</li>`,
  )}
</ol>
<p class="quiet">${idsOf(action)}</p>
</details>`;

const kindOf = (kind: string | undefined): string =>
  kind === undefined ? 'Target' : kind === 'ip' ? 'Address seen' : words(kind);

const whoOf = (by: string, names: View['names']): string =>
  by.startsWith('person:') ? (names[by.slice('person:'.length)] ?? by) : by;

const idsOf = ({ incidentId, actionId, policyVersion, digest }: Action): string =>
  `Incident ${incidentId}, action ${actionId}, policy ${policyVersion}, digest ${digest.slice(0, 16)}`;

/** Foreign text: escaped by the template, one line, with nothing invisible, and its direction of reading its own. */
const data = (text: string, most = 1024): Html => html`<bdi>${oneLine(text, most)}</bdi>`;

/** A product's long type names, broken where their parts meet rather than anywhere. */
export const breakable = (text: string): Html =>
  html`<bdi>${oneLine(text)
    .split(/(?<=[:/.!-])/)
    .map((part) => html`${part}<wbr>`)}</bdi>`;
