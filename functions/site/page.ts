// The HTML frame of a page, and the page that only shows a notice.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Loads `path` again after some seconds, without a script. */
type Refresh = { path: string; seconds: number };

/** The document of every page. `head`: what it needs besides its style sheet. */
export const htmlDocument = (
  { title, stylesheet, head = '' }: { title: string; stylesheet: string; head?: Html | '' },
  body: Html,
): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>${title} · Countermand</title>
<link rel="stylesheet" href="${stylesheet}">
${head}
</head>
<body>
${body}
</body>
</html>`;

export const shell = (title: string, body: Html, refresh: Refresh | null = null): Html => {
  const head = refresh
    ? html`<meta http-equiv="refresh" content="${refresh.seconds};url=${refresh.path}">`
    : '';
  return htmlDocument(
    { title, stylesheet: '/style.css', head },
    html`<main>
${body}
</main>`,
  );
};

/** A link below the text of a notice. */
export type Back = { path: string; label: string };

/** A page that shows no action, for example for an invalid link. */
export const noticePage = ({ title, text }: { title: string; text: string }, back?: Back): Html =>
  shell(
    title,
    html`<header><h1>${title}</h1><p class="result">${text}</p>${back ? html`<p><a href="${back.path}">${back.label}</a></p>` : ''}</header>`,
  );
