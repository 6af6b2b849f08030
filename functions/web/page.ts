// The pages that people decide on: facts that code wrote first, the model's words last and marked. No script.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Action } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import { mayReverse } from './decision.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export type View = {
  action: Action;
  alert: Alert;
  person: { id: string; name: string };
  /** The link's own path: forms post back to it. */
  path: string;
  now: Date;
  /** How often the incident's alerts were repeated since. */
  repeats: number;
};

const shell = (title: string, body: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body><main>${body}</main></body>
</html>`;

export const approvePage = (view: View): Html => {
  const { action, person, path } = view;
  const open = action.status === 'awaiting-approval';
  return shell(
    'Approve or decline',
    html`
<p class="kicker">${person.name}, you are asked to decide</p>
<h1>${headline(action)}</h1>
${open ? html`<p class="clock">${timeLeft(action.approval?.expiresAt ?? null, view.now)}. Without an answer nothing happens.</p>` : ''}
${facts(action)}
<form method="post" action="${path}">
<input type="hidden" name="digest" value="${action.digest}">
<p><label for="reason">Reason (optional)</label><input id="reason" name="reason" maxlength="300" autocomplete="off"></p>
<p class="choice">
<button name="verdict" value="approve" class="yes">Approve</button>
<button name="verdict" value="decline">Decline</button>
</p>
</form>
${evidence(view)}
${modelsWords(action)}`,
  );
};

export const reviewPage = (view: View): Html => {
  const { action, person, path, repeats } = view;
  return shell(
    'Keep, extend or reverse',
    html`
<p class="kicker">${person.name}, this is in force</p>
<h1>${headline(action)}</h1>
<p class="clock">${action.status === 'kept' ? 'Kept: it is not undone by itself.' : `Undone at ${clock(action.dueAt)}: ${timeLeft(action.dueAt, view.now)}.`}</p>
<section><h2>Since then</h2>
<p>In force since ${clock(action.appliedAt)}. ${repeats === 0 ? 'The alert was not repeated.' : html`The alerts were repeated <b>${repeats} times</b>: the activity may go on.`}</p></section>
${facts(action)}
<form method="post" action="${path}">
<input type="hidden" name="digest" value="${action.digest}">
<p class="choice">
${
  action.status === 'in-force'
    ? html`<button name="review" value="extend" class="yes">Extend by ${action.durationMinutes} minutes</button>
<button name="review" value="keep">Keep, with no end</button>`
    : ''
}
${mayReverse(action) ? html`<button name="review" value="reverse">Reverse now</button>` : ''}
</p>
</form>
${evidence(view)}
${modelsWords(action)}`,
  );
};

/** The honest end of every way: what happened, or why nothing did. */
export const resultPage = (title: string, text: string, action: Action | null): Html =>
  shell(
    title,
    html`<h1>${title}</h1><p class="result">${text}</p>
${action ? html`<p>${headline(action)}</p>` : ''}
<p class="quiet">You can close this page.</p>`,
  );

const headline = ({ description, name, target }: Action) =>
  description?.headline ?? `${name} on ${target?.value}`;

const facts = ({ description, target, durationMinutes }: Action): Html => html`
<section aria-label="What happens">
<dl>
<dt>What changes</dt>${(description?.changes ?? []).map((text) => html`<dd>${text}</dd>`)}
<dt>On what</dt><dd><code>${target?.value}</code></dd>
<dt>Who is affected</dt>${(description?.affected ?? []).map((text) => html`<dd>${text}</dd>`)}
<dt>How it is undone</dt><dd>${description?.undo}${durationMinutes ? '' : '. It has no end of its own'}</dd>
</dl>
</section>`;

const evidence = ({ alert, action }: View): Html => html`
<section><h2>Evidence</h2>
<p class="quiet">From the alert. An attacker may have written parts of it.</p>
<dl>
<dt>Alert</dt><dd><q>${alert.title}</q></dd>
<dt>Type and severity</dt><dd>${alert.type}, ${alert.severity.label} (${alert.severity.score})</dd>
<dt>Seen</dt><dd>${alert.count} times, last at ${clock(alert.lastSeenAt ?? alert.updatedAt)}</dd>
<dt>Where the target stands in it</dt>${(action.target?.foundAt ?? []).slice(0, 3).map((path) => html`<dd><code>${path}</code></dd>`)}
<dt>Why you are asked</dt>${action.reasons.map(({ text }) => html`<dd>${text}</dd>`)}
</dl></section>`;

const modelsWords = ({ recommendation }: Action): Html => html`
<details><summary>What the analysis says</summary>
<p class="quiet">Written by a machine, and possibly influenced by the attacker. Confidence ${recommendation.confidence} of 100.</p>
<blockquote>${recommendation.reasoning}</blockquote>
</details>`;

const clock = (instant: string | null) =>
  instant ? `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC` : 'no time';

/** Minutes as of now; the page does not count down by itself, so the hour stands beside it. */
function timeLeft(until: string | null, now: Date): string {
  if (!until) return 'no end';
  const minutes = Math.ceil((Date.parse(until) - now.getTime()) / 60_000);
  return minutes <= 0 ? `ended at ${clock(until)}` : `${minutes} min left, until ${clock(until)}`;
}
