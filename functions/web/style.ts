// The style sheet of the decision pages. Contrast is at least 4.5:1.

/** The colours of every page, as custom properties: light, and dark where the reader's system is dark. */
export const TOKENS = `
:root { color-scheme: light dark; --ground: #f7f8f9; --paper: #ffffff; --sunk: #f1f3f5; --line: #e1e4e8; --line-strong: #c3c9d1; --control: #858e99; --ink: #14181f; --ink-2: #4b5563; --ink-3: #626b78; --accent: #1f5fbf; --on-accent: #ffffff; --wait: #8a5300; --wait-soft: #fdf3dc; --wait-line: #e6bd6c; --good: #1b6e45; --bad: #b3261e; --critical: #b0123f; --high: #b8440a; --medium: #8a6200; --low: #4a6785; --informational: #626b78; }
@media screen and (prefers-color-scheme: dark) { :root { --ground: #0d1014; --paper: #14181e; --sunk: #1a1f27; --line: #262d37; --line-strong: #3a4350; --control: #6d7886; --ink: #e8ebef; --ink-2: #b0b8c3; --ink-3: #949eab; --accent: #7db0f7; --on-accent: #0a1626; --wait: #efc06a; --wait-soft: #2a2110; --wait-line: #6b5223; --good: #74d0a0; --bad: #ff9a90; --critical: #ff86a2; --high: #ff9f6b; --medium: #e6c255; --low: #93b5d8; --informational: #949eab; } }
`;

export const STYLE = `${TOKENS}
@media (prefers-contrast: more) { :root { --line: var(--control); --line-strong: var(--control); --ink-3: var(--ink-2); } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; font: 1rem/1.375rem system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: var(--ground); font-variant-numeric: tabular-nums; }
main { max-width: 35rem; margin: 0 auto; padding: .5rem 1rem 4rem; }
h1 { font-size: 1.25rem; line-height: 1.5rem; font-weight: 600; margin: .375rem 0 .25rem; overflow-wrap: anywhere; text-wrap: balance; }
h1.good { color: var(--good); } h1.bad { color: var(--bad); }
h2 { font-size: 1rem; font-weight: 600; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; overflow-wrap: anywhere; } p, dd, small { text-wrap: pretty; }
a { color: var(--accent); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.bar { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0 .75rem; font-size: .875rem; color: var(--ink-2); margin: 0; }
.sev { display: inline-flex; align-items: center; gap: .4rem; font-weight: 500; } .sev svg { width: .875rem; height: .875rem; flex: none; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); } .informational { color: var(--informational); }
.clock { color: var(--wait); font-weight: 600; } p.clock { color: var(--ink-2); font-weight: 400; font-size: .9375rem; } p.clock strong { color: var(--wait); font-weight: 600; }
.lead { font-size: .9375rem; line-height: 1.3125rem; color: var(--ink-2); margin: 0; } .lead small { display: block; font-size: .8125rem; line-height: 1.125rem; color: var(--ink-3); }
.kicker, .quiet:not(h1) { color: var(--ink-3); font-size: .875rem; line-height: 1.1875rem; } .kicker { margin: 0; }
.result { font-size: 1rem; }
section, details { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; margin: .75rem 0; font-size: .9375rem; line-height: 1.3125rem; }
section h2 { margin: 0 0 .5rem; }
dl { margin: 0; }
dt { color: var(--ink-3); font-size: .8125rem; margin-top: .5rem; } dt:first-child { margin-top: 0; }
dd { margin: 0; overflow-wrap: anywhere; } dd + dd { margin-top: .25rem; }
@media (min-width: 34rem) { h1 { font-size: 1.375rem; line-height: 1.625rem; } main { padding-top: 2rem; } dl { display: grid; grid-template-columns: 8rem 1fr; gap: .4rem 1rem; } dt { margin: 0; } dd { grid-column: 2; } dd + dd { margin-top: -.2rem; } }
code { font: .9375em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { font: .8125rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 .8rem; }
form { margin: .5rem 0 1rem; counter-reset: ticked; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.pick { background: var(--paper); border: 1px solid var(--line-strong); border-radius: .5rem; margin-top: .375rem; padding: .25rem .625rem; }
.pick > label { display: grid; grid-template-columns: 1.375rem minmax(0, 1fr); gap: .625rem; cursor: pointer; color: inherit; font-size: 1rem; line-height: 1.25rem; margin: 0; }
.pick input[type="checkbox"] { width: 1.375rem; height: 1.375rem; margin: 0; accent-color: var(--accent); } .pick input:checked { counter-increment: ticked; }
.pick b { font-weight: 600; overflow-wrap: anywhere; }
.pick .hurts { color: var(--ink-2); font-size: .8125rem; line-height: 1.0625rem; margin: .125rem 0 0; }
.pick i { font-style: normal; color: var(--ink-3); }
.pick .undo { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 .5rem; font-size: .8125rem; line-height: 1.0625rem; color: var(--ink-2); }
.if-none, form:not(:has(:checked)) .if-ticked { display: none; } form:not(:has(:checked)) .if-none { display: block; }
.count::before { content: counter(ticked); }
.hint { margin: .5rem 0 0; font-size: .875rem; line-height: 1.125rem; color: var(--ink-2); } .hint b { color: var(--wait); font-weight: 600; }
.unknown { background: var(--wait-soft); border-color: var(--wait-line); } .unknown ul { list-style: none; margin: 0; padding: 0; } .unknown li + li { border-top: 1px solid var(--wait-line); margin-top: .5rem; padding-top: .5rem; } .unknown small { display: block; color: var(--ink-2); font-size: .8125rem; line-height: 1.125rem; }
.notice { font-size: .875rem; line-height: 1.125rem; } .notice strong { color: var(--wait); }
@media (max-width: 33.99rem) {
.dense h1 { font-size: 1.0625rem; line-height: 1.25rem; margin: .125rem 0; } .dense .lead, .dense .notice, .dense .hint { font-size: .8125rem; line-height: 1rem; } .dense .lead small { line-height: 1rem; } .dense .notice { margin: .125rem 0 0; }
.dense form { margin-top: .25rem; } .dense .pick { margin-top: .25rem; padding: .125rem .625rem; } .dense .pick > label { font-size: .8125rem; line-height: 1rem; align-items: start; } .dense .pick .hurts { line-height: 1rem; margin: 0; } .dense .hint { margin-top: .25rem; } .dense .choice { margin-top: .25rem; }
}
.choice { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fit, minmax(min(max(9rem, 40%), 100%), 1fr)); margin: .5rem 0; } .choice.wide { grid-template-columns: 1fr; }
@media (min-width: 34rem) { .choice.wide { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } }
button, a.go { font: inherit; font-weight: 600; font-size: 1.0625rem; line-height: 1.1875rem; min-height: 3.375rem; padding: .25rem .5rem; border-radius: .5rem; border: 1.5px solid var(--ink-2); color: var(--ink); background: var(--paper); cursor: pointer; touch-action: manipulation; min-width: 0; overflow-wrap: anywhere; }
button small, a.go small { display: block; font-size: .8125rem; line-height: 1rem; font-weight: 400; }
a.go { display: block; text-align: center; text-decoration: none; }
button.go, a.go { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.small { font-size: .9375rem; min-height: 2.75rem; padding: .25rem .75rem; }
select { font: inherit; font-weight: 500; color: var(--ink); background: var(--paper); border: 1px solid var(--control); border-radius: .375rem; min-height: 2.75rem; padding: .25rem .375rem; max-width: 100%; } .undo > span { flex: 1 1 8rem; } .undo select { flex: none; min-height: 2.5rem; }
form details p { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; } form details label { margin: 0; }
.reasons { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); margin: .5rem 0; }
.tally { margin: .5rem 0 0; }
button:hover, a.go:hover { filter: brightness(1.08); } button:active { filter: brightness(.92); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .375rem; }
label { display: block; font-size: .875rem; color: var(--ink-2); margin-bottom: .25rem; }
textarea { display: block; width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--control); border-radius: .375rem; padding: .5rem; resize: vertical; }
summary { cursor: pointer; font-weight: 500; min-height: 1.5rem; }
details[open] summary { margin-bottom: .5rem; }
.warning { color: var(--wait); background: var(--wait-soft); border-radius: .375rem; padding: .5rem; font-size: .875rem; }
li { overflow-wrap: anywhere; }
blockquote { margin: .5rem 0 0; padding-left: .75rem; border-left: 3px solid var(--line); overflow-wrap: anywhere; }
.steps { list-style: none; margin: .75rem 0; padding: .25rem .75rem; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; font-size: .9375rem; } .inner .steps { border: 0; padding: 0; }
.steps li { display: grid; grid-template-columns: 1.125rem minmax(0, 1fr); gap: .625rem; padding: .5rem 0; align-items: start; } .steps li > div { display: flex; flex-wrap: wrap; gap: 0 .625rem; } .steps li > div > span { flex: 1 1 9rem; min-width: 0; } .steps li + li { border-top: 1px solid var(--line); } .steps svg { width: 1.125rem; height: 1.125rem; margin-top: .125rem; color: var(--good); } .steps .busy svg { color: var(--accent); } .steps .todo, .steps .todo svg { color: var(--ink-3); } .steps .failed svg { color: var(--bad); }
.steps small { display: block; color: var(--ink-3); font-size: .8125rem; line-height: 1.125rem; } .steps time { color: var(--ink-3); font-size: .8125rem; }
.plain { list-style: none; margin: 0; padding: 0; } .plain li + li { border-top: 1px solid var(--line); margin-top: .5rem; padding-top: .5rem; }
.inner { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: .5rem 0; margin: 0; } .inner summary { overflow-wrap: anywhere; } .inner section { border: 0; padding: 0; }
.history { margin: 0; padding-left: 1.125rem; font-size: .875rem; overflow-wrap: anywhere; } .history li { margin: .35rem 0; } .history time { color: var(--ink-3); }
@media print { button, textarea, label { display: none; } }
`;
