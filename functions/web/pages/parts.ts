// Parts of the decision pages: facts, evidence, reasoning, record.
import { html } from 'hono/html';
import type { Action } from '../../domain/action.ts';
import { type Alert, bySeverity } from '../../domain/alert.ts';
import { asRaised } from '../../domain/effect-state.ts';
import { worstOf } from '../../domain/incident.ts';
import { oneLine, utc } from '../../domain/wording.ts';
import { changesFact, progressOf } from '../../messaging/texts/action-line.ts';
import { actorInWords, eventInWords, textInWords } from '../../messaging/texts/labels.ts';
import { titleOf } from '../../messaging/texts/phrases.ts';
import { plainReason, seenText } from '../../messaging/texts/reason.ts';
import { incidentPath } from '../../policy/incident-page.ts';
import type { Html } from '../../site/page.ts';
import {
  affectedLabel,
  EVIDENCE,
  FACTS,
  IDS,
  INCIDENT_LINK,
  MANUALLY,
  REASONING,
  RECORD,
} from '../texts/pages.ts';
import type { View } from '../view.ts';
import { severityBadge } from './severity.ts';

/** The worst severity of the incident and of what the page is about, as another incident may have raised it. */
export function severityOf({ action, open, alert, incident }: View): Html {
  const own = incident ? worstOf(incident.alerts)?.severity : alert?.severity.label;
  if (!own) return html`${FACTS.noAlert}`;
  const raised = [action, ...open].map((one) => asRaised({ severity: { label: own } }, one));
  return severityBadge(raised.map(({ severity }) => severity.label).toSorted(bySeverity)[0] ?? own);
}

/** What happened, in plain words, with the type of the finding below it. */
export const why = ({ alert, now }: View): Html =>
  alert
    ? html`<p class="lead">${plainReason(alert)} <bdi>${seenText(alert, now)}</bdi><small>${breakable(alert.type)}</small></p>`
    : html`<p class="lead">${FACTS.noAlert}.</p>`;

/** The change, the target, who is affected, the undo: all of it unfolded, because people decide on it. */
export const facts = (action: Action, { now }: View): Html => {
  const { description, target, account, region } = action;
  const { label, lines } = changesFact(action, now);
  const progress = progressOf(action, now);
  return html`
<section class="facts">
<h2>${titleOf(action)}</h2>
<dl>
<dt>${label}</dt>${lines.map((text) => html`<dd>${text}</dd>`)}
<dt>${FACTS.target}</dt><dd><code>${data(target?.value ?? FACTS.unknown)}</code></dd><dd class="quiet">${FACTS.place(account, region)}</dd>
<dt>${affectedLabel(action, now)}</dt>${(description?.affected ?? [FACTS.unknown]).map((text) => html`<dd>${text}</dd>`)}
${progress === 'ahead' || progress === 'made' ? html`<dt>${FACTS.undo}</dt><dd>${FACTS.undoInState(action, now) ?? description?.undo ?? FACTS.unknown}</dd>` : ''}
</dl>
</section>`;
};

/** One section for each alert that the open requests are about. */
export const evidence = (view: View): Html =>
  view.alerts.length > 0
    ? html`${view.alerts.map((alert) => quotedFrom(view, alert))}`
    : html`<section aria-labelledby="evidence"><h2 id="evidence">${EVIDENCE.heading}</h2><p>${FACTS.noAlert}.</p></section>`;

function quotedFrom({ action, open, now }: View, alert: Alert): Html {
  const { alertId } = alert;
  const id = alertId === action.alertId ? 'evidence' : `evidence-${alertId}`;
  const about = [action, ...open.filter(({ actionId }) => actionId !== action.actionId)].filter(
    (one) => one.alertId === alertId,
  );
  const paths = new Set(about.flatMap(({ target }) => target?.foundAt ?? []));
  const reasons = new Set(about.flatMap((one) => one.reasons.map(({ text }) => text)));
  return html`
<section aria-labelledby="${id}">
<h2 id="${id}">${EVIDENCE.heading}</h2>
<p class="quiet">${EVIDENCE.quoted}</p>
<dl>
<dt>${EVIDENCE.alert}</dt><dd><q>${data(alert.title)}</q></dd>
<dt>${EVIDENCE.type}</dt><dd>${breakable(alert.type)}</dd>
<dt>${EVIDENCE.severity}</dt><dd>${alert.severity.label}, ${alert.severity.score} of 10</dd>
<dt>${EVIDENCE.seen}</dt><dd>${EVIDENCE.times(alert.count, alert.lastSeenAt, now)}</dd>
<dt>${EVIDENCE.traffic}</dt><dd>${trafficOf(alert.traffic)}</dd>
<dt>${EVIDENCE.foundAt}</dt>${[...paths].slice(0, 3).map((path) => html`<dd><code>${data(path)}</code></dd>`)}
${(alert.sample && html`<dt>${EVIDENCE.sample}</dt><dd>${EVIDENCE.isSample}</dd>`) || ''}
${alert.notes.length > 0 ? html`<dt>${EVIDENCE.odd}</dt>${alert.notes.slice(0, 5).map((note) => html`<dd>${data(note)}</dd>`)}` : ''}
<dt>${EVIDENCE.policy}</dt>${[...reasons].map((text) => html`<dd>${data(text)}</dd>`)}
</dl>
</section>`;
}

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
export const reasoning = ({ action, assessment }: View): Html => {
  const { reasoning, confidence } = action.recommendation;
  const byRules = assessment?.origin === 'playbook' || assessment?.origin === 'fallback';
  return html`
<details>
<summary>${REASONING.heading(byRules)}</summary>
<p class="warning">${REASONING.warning(byRules)} ${REASONING.confidence(confidence)}</p>
<blockquote>${data(reasoning, 2000)}</blockquote>
</details>`;
};

export const record = ({ action, names, now, policy }: View): Html => html`
<details>
<summary>${RECORD}</summary>
<ol class="history">
${action.history
  .slice(-30)
  .map(
    ({ at, by, event, text }) =>
      html`<li><time datetime="${at}">${utc(at, now)}</time> <b>${eventInWords({ event, text })}</b> by ${actorInWords(by, names)}${text ? html`: ${data(textInWords({ event, text }, action, now), 500)}` : ''}</li>`,
  )}
</ol>
<p class="quiet">${IDS(action)}</p>
</details>
${incidentLink(policy, action)}`;

function incidentLink(policy: View['policy'], { incidentId }: Action): Html | '' {
  const path = incidentPath(policy, incidentId);
  return path ? html`<p><a href="${path}">${INCIDENT_LINK}</a></p>` : '';
}

/** Untrusted text: escaped by the template, on one line, without invisible characters, in its own reading direction. */
const data = (text: string, most = 1024): Html => html`<bdi>${oneLine(text, most)}</bdi>`;

/** A long type name, with line breaks allowed between its parts only. */
export const breakable = (text: string): Html =>
  html`<bdi>${oneLine(text)
    .split(/(?<=[:/.!-])/)
    .map((part) => html`${part}<wbr>`)}</bdi>`;
