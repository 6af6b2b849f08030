// The frame of every page of the console: navigation, status strip, content.
import { html } from 'hono/html';
import type { Policy } from '../../../policy/policy.ts';
import { type Html, htmlDocument } from '../../../site/page.ts';
import type { ConsoleReader } from '../deps.ts';
import { inTime } from '../moments.ts';
import type { ConsoleStatus } from '../status.ts';
import { CONSOLE, MODE, STRIP, SWITCH } from '../texts.ts';
import { icon } from './icons.ts';

/** A page without its frame. `current` is its entry in the navigation. */
export type ConsolePage = {
  title: string;
  body: Html;
  current: 'incidents' | 'in-force' | null;
  /** What the page shows, for the script that asks whether anything changed. Without it, the page has no script. */
  revision?: string;
};

export const bareFrame = (title: string, body: Html, isLive = false): Html => {
  const head = isLive ? html`<script src="/console/script.js" defer></script>` : '';
  return htmlDocument({ title, stylesheet: '/console/style.css', head }, body);
};

export const consoleFrame = (
  { title, body, current, revision }: ConsolePage,
  {
    status,
    reader,
    policy,
    haltPath,
    signsOut,
  }: {
    status: ConsoleStatus;
    reader: ConsoleReader;
    policy: Pick<Policy, 'account'>;
    /** Of this page, if the reader may halt: the halt leads back to it. */
    haltPath: string | null;
    /** Whether the reader signed in, which no one does on a laptop. */
    signsOut: boolean;
  },
): Html =>
  bareFrame(
    title,
    html`<a class="skip" href="#main">${CONSOLE.skip}</a>
<header><div class="top"><a class="brand" href="/console">${icon('brand')}<span>${CONSOLE.name}</span></a>
<nav class="nav" aria-label="${CONSOLE.nav}"><a href="/console"${current === 'incidents' ? html` aria-current="page"` : ''}>${CONSOLE.incidents}</a><a href="/console/in-force"${current === 'in-force' ? html` aria-current="page"` : ''}>${CONSOLE.inForce}</a></nav>
<div class="who"><span>${policy.account}</span><span>${reader.name}</span>${signsOut ? html`<form method="post" action="/console/sign-out"><button class="link">${CONSOLE.signOut}</button></form>` : ''}</div></div>
${strip(status, haltPath)}</header>
<main id="main" class="page"${revision === undefined ? '' : html` data-revision="${revision}"`}>
${body}
</main>`,
    revision !== undefined,
  );

/** Halts with one press, and leads back to this page. */
export const haltButton = (path: string): Html =>
  html`<form method="post" action="/console/halt"><input type="hidden" name="to" value="${path}"><button class="btn stop">${SWITCH.press}</button></form>`;

function strip({ mode, killSwitch, now, ...counts }: ConsoleStatus, haltPath: string | null): Html {
  const { questions, firstEnds, inForce, undoFailed, nextUndo, unreadable } = counts;
  const kill = SWITCH[killSwitch.mode];
  const shown = killSwitch.mode === 'halt' ? 'halted' : mode;
  const next = STRIP.nextUndo({ undoFailed, unreadable, next: nextUndo && inTime(nextUndo, now) });
  return html`<div class="strip ${killSwitch.mode === 'halt' ? 'halted' : ''}" role="group" aria-label="${CONSOLE.status}">
<div class="cell mode"><b><span class="dot ${shown}"></span>${MODE[mode].title}</b><small>${MODE[shown].means}</small></div>
<a class="cell ${questions > 0 ? 'asks' : ''}" href="/console#waiting"><b>${questions > 0 ? icon('wait') : ''}${STRIP.questions(questions)}</b>${firstEnds ? html`<small>${STRIP.firstEnds(inTime(firstEnds, now))}</small>` : ''}</a>
<a class="cell" href="/console/in-force"><b>${STRIP.inForce(inForce)}</b>${next ? html`<small>${next}</small>` : ''}</a>
<div class="switch"><span class="kill"><b>${kill.title}</b><small>${killSwitch.mode === 'run' ? kill.means : killSwitch.why || kill.means}</small></span>${killSwitch.mode === 'run' ? '' : html`<a class="btn" href="/console/resume">${SWITCH.resume}</a>`}${killSwitch.mode === 'halt' || haltPath === null ? '' : haltButton(haltPath)}</div>
</div>`;
}
