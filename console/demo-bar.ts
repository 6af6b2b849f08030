// The demo bar above every page on a laptop. It is not part of the console.
import { html } from 'hono/html';
import { utc } from '../functions/domain/wording.ts';
import type { Html } from '../functions/site/page.ts';
import type { DemoSettings } from '../local/demo.ts';
import { DEMO } from './texts.ts';

export const demoBar = (
  { now, settings, drills }: { now: Date; settings: DemoSettings; drills: string },
  path: string,
): Html => html`<form class="demo" method="post" action="/demo" aria-label="${DEMO.label}">
<input type="hidden" name="back" value="${path}">
<b>${DEMO.nothing}</b><a class="demo-btn" href="/">${DEMO.samples}</a><a class="demo-btn" href="/console">${DEMO.console}</a>
<span>${utc(now)}</span><button name="do" value="hour">${DEMO.hour}</button><button name="do" value="event">${DEMO.event}</button>
<label><input type="checkbox" name="shadow"${settings.shadow ? html` checked` : ''}>${DEMO.shadow}</label><label><input type="checkbox" name="two"${settings.twoApprovers ? html` checked` : ''}>${DEMO.two}</label><button name="do" value="set">${DEMO.set}</button>
<span class="drills">${drills}</span><button name="do" value="reset">${DEMO.reset}</button></form>`;

export const DEMO_STYLE = `
.demo { display: flex; align-items: center; gap: 8px 12px; flex-wrap: wrap; padding: 8px 24px; margin: 0; background: #f1f3f5; color: #14181f; border-bottom: 1px solid #e1e4e8; font: 400 .8125rem/1.125rem system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
.demo label { display: inline-flex; align-items: center; gap: 8px; min-height: 32px; margin: 0; color: inherit; font-size: inherit; }
.demo input { width: 18px; height: 18px; margin: 0; }
.demo button, .demo-btn { display: inline-flex; align-items: center; min-height: 32px; padding: 0 12px; border: 1px solid #c3c9d1; border-radius: 6px; background: #ffffff; color: inherit; font: inherit; font-weight: 500; text-decoration: none; cursor: pointer; white-space: nowrap; }
.demo .drills { margin-left: auto; }
@media screen and (prefers-color-scheme: dark) { .demo { background: #1a1f27; color: #e8ebef; border-color: #262d37; } .demo button, .demo-btn { background: #14181e; border-color: #3a4350; } }
@media screen and (max-width: 899px) { .demo { padding: 8px 16px; } .demo button, .demo-btn, .demo label { min-height: 44px; } .demo .drills { margin-left: 0; } }
@media print { .demo { display: none; } }
`;
