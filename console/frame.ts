// The HTML frame of the console's pages.
import { html } from 'hono/html';
import type { Html } from '../functions/site/page.ts';

export const frame = (title: string, body: Html, script: Html | '' = ''): Html => html`
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/console.css">
${script}
</head>
<body>
${body}
</body>
</html>`;
