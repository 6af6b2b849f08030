// What every decision page stands in: its frame, its form, and the page about no action. No script.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { span } from '../../domain/wording.ts';
import type { View } from '../view.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const shell = (title: string, body: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>${title} · Countermand</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>`;

/** A form back to this link: on exactly this action, from exactly this page. */
export const form = (
  { action, path, nonce, signInPath }: View,
  label: string,
  inner: Html,
): Html =>
  signInPath !== null
    ? signInLink(signInPath)
    : html`<form method="post" action="${path}" aria-label="${label}">
<input type="hidden" name="digest" value="${action.digest}">
<input type="hidden" name="nonce" value="${nonce}">
${inner}
</form>`;

/** A link and no form: `form-action 'self'` would stop a form whose answer leads elsewhere. */
const signInLink = (path: string): Html => html`<div class="choice wide">
<a class="go" href="${path}">Sign in to decide<small>then you are back here</small></a>
</div>`;

/** A page about no action: it tells nothing to whom the link does not belong. */
export const noticePage = (title: string, text: string, back?: string): Html =>
  shell(
    title,
    html`<header><h1>${title}</h1><p class="result">${text}</p>${back ? html`<p><a href="${back}">Back to the question</a></p>` : ''}</header>`,
  );

/** Minutes as of now; the page does not count down by itself, so the hour stands beside it. */
export function timeLeft(until: string | null, now: Date): string {
  const minutes = (Date.parse(until ?? '') - now.getTime()) / 60_000;
  return minutes < 1 ? 'under 1 min' : span(Math.floor(minutes));
}
