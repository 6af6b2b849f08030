// The form of every decision page, and the time that is left.
import { html } from 'hono/html';
import { span } from '../../domain/wording.ts';
import type { Html } from '../../site/page.ts';
import { COMMON } from '../texts/pages.ts';
import type { View } from '../view.ts';

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

/** The time left when the page was rendered. It does not count down, so the page shows the deadline, too. */
export function timeLeft(until: string | null, now: Date): string {
  const minutes = (Date.parse(until ?? '') - now.getTime()) / 60_000;
  return minutes < 1 ? COMMON.underMinute : span(Math.floor(minutes));
}
