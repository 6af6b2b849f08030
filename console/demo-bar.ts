// The demo bar above every page on a laptop. It is not part of the console.
import { html } from 'hono/html';
import { utc } from '../functions/domain/wording.ts';
import type { Html } from '../functions/site/page.ts';
import type { DemoSettings } from '../local/demo.ts';
import { DEMO } from './texts.ts';

export const demoBar = (
  { now, settings, drills }: { now: Date; settings: DemoSettings; drills: string },
  path: string,
): Html => html`<section class="demo" aria-label="${DEMO.label}">
<b>${DEMO.nothing}</b><span>${utc(now)}</span><span class="drills">${drills}</span>
<div class="demo-do"><a class="demo-btn" href="/">${DEMO.samples}</a><a class="demo-btn" href="/console">${DEMO.console}</a>
${form(path, html`<button name="do" value="event">${DEMO.event}</button>`)}
<details><summary class="demo-btn">${DEMO.more}</summary><div class="demo-do">${form(path, html`<button name="do" value="hour">${DEMO.hour}</button>`)}
${form(path, html`${setting('shadow', settings.shadow)}${setting('two', settings.twoApprovers)}<button name="do" value="set">${DEMO.set}</button>`)}
${form(path, html`<button name="do" value="reset">${DEMO.reset}</button>`)}</div></details></div></section>`;

/** A form for each kind of change, because Enter in a field presses the first button of its form. */
const form = (path: string, inner: Html): Html =>
  html`<form method="post" action="/demo"><input type="hidden" name="back" value="${path}">${inner}</form>`;

const setting = (name: 'shadow' | 'two', isOn: boolean): Html =>
  html`<label><input type="checkbox" name="${name}"${isOn ? html` checked` : ''}>${DEMO[name]}</label>`;

export const DEMO_STYLE = `
.demo { display: flex; align-items: center; gap: 8px 12px; flex-wrap: wrap; padding: 8px 24px; margin: 0; background: #f1f3f5; color: #14181f; border: 0 solid #e1e4e8; border-width: 0 0 1px; border-radius: 0; font: 400 .8125rem/1.125rem system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
.demo form, .demo-do { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; margin: 0; } .demo details[open] { flex-basis: 100%; } .demo details .demo-do { margin-top: 8px; gap: 8px 24px; } .demo summary { display: inline-flex; list-style: none; }
.demo details { margin: 0; padding: 0; border: 0; background: none; font: inherit; }
.demo summary::-webkit-details-marker { display: none; } .demo details[open] > summary { background: none; }
.demo label { display: inline-flex; align-items: center; gap: 8px; min-height: 32px; margin: 0; color: inherit; font-size: inherit; }
.demo input { width: 18px; height: 18px; margin: 0; }
.demo button, .demo-btn { display: inline-flex; align-items: center; min-height: 32px; padding: 0 12px; border: 1px solid #c3c9d1; border-radius: 6px; background: #ffffff; color: inherit; font: inherit; font-weight: 500; text-decoration: none; cursor: pointer; white-space: nowrap; }
.demo > .demo-do { margin-left: auto; }
@media screen and (prefers-color-scheme: dark) { .demo { background: #1a1f27; color: #e8ebef; border-color: #262d37; } .demo button, .demo-btn { background: #14181e; border-color: #3a4350; } }
@media screen and (max-width: 899px) { .demo { padding: 8px 16px; } .demo button, .demo-btn, .demo form, .demo-do { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; margin: 0; } .demo details[open] { flex-basis: 100%; } .demo details .demo-do { margin-top: 8px; gap: 8px 24px; } .demo summary { display: inline-flex; list-style: none; }
.demo summary::-webkit-details-marker { display: none; } .demo details[open] > summary { background: none; }
.demo label { min-height: 44px; } .demo { gap: 4px 12px; } .demo b, .demo .drills { flex: none; } .demo-do { flex-basis: 100%; } .demo button, .demo-btn { padding: 0 10px; } }
@media print { .demo { display: none; } }
`;
