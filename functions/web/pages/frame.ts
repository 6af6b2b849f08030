// The frame of every decision page, its form, and the page without an action.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { span } from '../../domain/wording.ts';
import { COMMON } from '../texts/pages.ts';
import type { View } from '../view.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Loads `path` again after some seconds, without a script. */
type Refresh = { path: string; seconds: number };

export const shell = (
  title: string,
  body: Html,
  refresh: Refresh | null = null,
): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
${refresh ? html`<meta http-equiv="refresh" content="${refresh.seconds};url=${refresh.path}">` : ''}
<title>${title} · Countermand</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>`;

/** A form that posts to this link, tied to this action and this page. */
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

/** A link, not a form: `form-action 'self'` blocks a form that redirects to another site. */
const signInLink = (path: string): Html => html`<div class="choice wide">
<a class="go" href="${path}">${COMMON.signIn}<small>${COMMON.signInHint}</small></a>
</div>`;

/** A page that shows no action, for example for an invalid link. */
export const noticePage = ({ title, text }: { title: string; text: string }, back?: string): Html =>
  shell(
    title,
    html`<header><h1>${title}</h1><p class="result">${text}</p>${back ? html`<p><a href="${back}">${COMMON.back}</a></p>` : ''}</header>`,
  );

/** The time left when the page was rendered. It does not count down, so the page shows the deadline, too. */
export function timeLeft(until: string | null, now: Date): string {
  const minutes = (Date.parse(until ?? '') - now.getTime()) / 60_000;
  return minutes < 1 ? COMMON.underMinute : span(Math.floor(minutes));
}
