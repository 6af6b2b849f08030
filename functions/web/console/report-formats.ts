// Writes the report of an incident as Markdown and as a page to print.
import { html } from 'hono/html';
import { harmless } from '../../domain/wording.ts';
import type { Html } from '../../site/page.ts';
import { bareFrame } from './pages/frame.ts';
import type { Report } from './report.ts';

/** Escapes text for one line of Markdown, so that it renders literally, without links and markup. */
const literal = (text: string): string =>
  harmless(text)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replace(/^[-+#]/, '\\$&')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');

/** A code block. Its fence is longer than any run of backticks in the lines. */
function fenced(lines: readonly string[]): string {
  const text = harmless(lines.join('\n'));
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

export const asMarkdown = ({ title, sections }: Report): string =>
  [
    `# ${literal(title)}`,
    ...sections.flatMap(({ heading, lines, code = [] }) => [
      `## ${heading}`,
      ...(lines.length > 0 ? [lines.map((line) => `- ${literal(line)}`).join('\n')] : []),
      ...code.flatMap((one) => [literal(one.title), fenced(one.lines)]),
    ]),
  ].join('\n\n');

export const asPage = ({ title, sections }: Report): Html =>
  bareFrame(
    title,
    html`<main class="page report"><h1>${title}</h1>
${sections.map(
  ({ heading, lines, code = [] }) => html`<section class="block"><h2>${heading}</h2>
${lines.length > 0 ? html`<ul class="plain">${lines.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>` : ''}
${code.map((one) => html`<h3>${one.title}</h3><pre>${one.lines.join('\n')}</pre>`)}</section>`,
)}</main>`,
  );
