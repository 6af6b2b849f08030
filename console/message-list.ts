// The list of messages, on the start page and on the pages of all messages.
import { html } from 'hono/html';
import type { Html } from '../functions/site/page.ts';
import { breakable } from '../functions/web/pages/parts.ts';
import type { ShownMessage } from './inbox.ts';
import { INBOX } from './texts.ts';

/** Messages on one page of /messages. */
const PER_PAGE = 10;

export const messageList = (messages: readonly ShownMessage[]): Html =>
  messages.length === 0
    ? html`<p class="panel empty quiet">${INBOX.empty}</p>`
    : html`<div class="panel">${messages.map(message)}</div>`;

const message = ({ id, to, at, subject, links, settled, ...said }: ShownMessage): Html => html`
<article class="msg ${settled ? 'settled' : ''}">
<div><h3>${breakable(subject)}</h3>
<p class="small quiet">${INBOX.to(to)} · ${at.slice(11, 19)} UTC${settled ? html` · ${INBOX.now} <b>${settled}</b>` : ''}</p>
<details id="read-${id}"><summary>${INBOX.read}</summary>${text(said)}</details></div>
<div class="go">${links.map(({ label, url }) => html`<a class="${settled ? '' : 'btn primary'}" href="${url}">${settled ? INBOX.outcome : label}</a>`)}</div>
</article>`;

const text = ({
  paragraphs,
  facts,
  steps,
}: Pick<ShownMessage, 'paragraphs' | 'facts' | 'steps'>): Html => {
  const [first = '', ...rest] = paragraphs;
  return html`<p class="text">${first}</p>
${facts.map(({ label, value }) => html`<p class="text"><b>${label}:</b> ${value}</p>`)}
${steps.map(({ title, lines }) => html`<p>${title}</p><pre class="text">${lines.join('\n')}</pre>`)}
${rest.map((paragraph) => html`<p class="text">${paragraph}</p>`)}`;
};

/** The items of one page, counted from 1, and the numbers of the pages. A number outside is the nearest page. */
export function pageOf<T>(all: readonly T[], asked: number) {
  const last = Math.max(1, Math.ceil(all.length / PER_PAGE));
  const page = Math.min(Math.max(1, Math.trunc(asked) || 1), last);
  return { page, last, items: all.slice((page - 1) * PER_PAGE, page * PER_PAGE) };
}

export const messagesPage = (
  shown: readonly ShownMessage[],
  { page, last }: { page: number; last: number },
): Html => html`
<nav class="crumbs"><a href="/">${INBOX.back}</a></nav>
<h1>${INBOX.heading}</h1>
${messageList(shown)}
${last > 1 ? html`<nav class="pager" aria-label="${INBOX.pages}"><div class="btns">${Array.from({ length: last }, (_, i) => html`<a class="btn" href="/messages?page=${i + 1}"${i + 1 === page ? html` aria-current="page"` : ''}>${i + 1}</a>`)}</div></nav>` : ''}`;
