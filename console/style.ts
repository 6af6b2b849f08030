// The console's style sheet, in the colours of the decision pages.
export const STYLE = `
:root { color-scheme: light dark; --ink: #16202e; --quiet: #52606f; --line: #d3dae2; --paper: #ffffff; --ground: #f1f4f7; --go: #0a5a9c; --on-go: #ffffff; --good: #166a3f; --bad: #a3231a; --wait: #7a4b00; --wait-paper: #fff6e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ee; --quiet: #9facba; --line: #2f3a48; --paper: #182029; --ground: #0e141b; --go: #7dbcf5; --on-go: #06182a; --good: #79d3a2; --bad: #ff9d94; --wait: #f2cb7c; --wait-paper: #2a2312; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 96rem; padding: 1.2rem 1.2rem 3rem; font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.5rem; line-height: 1.2; letter-spacing: -.01em; margin: 0; }
h2 { font-size: 1.0625rem; margin: 0; scroll-margin-top: 1rem; }
h3 { font-size: 1rem; line-height: 1.35; margin: 0; overflow-wrap: anywhere; }
p { margin: .3rem 0; text-wrap: pretty; } ul, ol, dl { padding: 0; margin: 0; list-style: none; }
a { color: var(--go); }
header p, .quiet, .empty { color: var(--quiet); font-size: .9375rem; } .empty { margin: 0; }
.ticks { font-variant-numeric: tabular-nums; }

.status { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.6rem; margin: .9rem 0 1.2rem; padding: .6rem 0; border-block: 1px solid var(--line); font-size: .9375rem; }
.status form { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .5rem; margin-left: auto; }
.status button { min-height: 2.1rem; padding: .1rem .7rem; }
.status .ask { color: var(--wait); } .status .halt { color: var(--bad); }
.calls a { display: inline-block; font-weight: 700; color: var(--wait); background: var(--wait-paper); border: 1px solid currentColor; border-radius: 1rem; padding: .15rem .8rem; text-decoration: none; }

main { display: grid; gap: 1.6rem; align-items: start; }
#live-panels { display: contents; }
.column { display: grid; gap: 1.6rem; min-width: 0; }
.column section, .send-alert { display: grid; gap: .6rem; min-width: 0; }
@media (min-width: 44rem) { main { grid-template-columns: 20rem minmax(0, 1fr); grid-template-rows: auto auto 1fr; } .send-alert { grid-row: span 2; } .account { grid-column: 1; grid-row: 3; } }
@media (min-width: 68rem) { main { grid-template-columns: 20rem minmax(0, 22rem) minmax(0, 1fr); grid-template-rows: auto 1fr; } .send-alert { grid-row: 1; } .column { grid-row: span 2; } .account { grid-row: 2; } }

article, .incident, .cards li, dl, .samples, .alert { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: .8rem .95rem; overflow-wrap: anywhere; }
.cards { display: grid; gap: .6rem; } .cards li { display: grid; gap: .35rem; justify-items: start; }
@media (min-width: 68rem) { .held li { grid-template-columns: 1fr auto; align-items: center; } }
.alert { border-color: var(--bad); color: var(--bad); margin: .9rem 0; } .alert .text { color: var(--ink); font-size: .9375rem; }

button, .button { display: inline-block; font: inherit; font-weight: 600; padding: .45rem .9rem; min-height: 2.6rem; border-radius: .6rem; border: 1px solid var(--go); color: var(--go); background: var(--paper); text-decoration: none; text-align: left; cursor: pointer; touch-action: manipulation; }
.call { background: var(--go); color: var(--on-go); }
button:hover, .button:hover { filter: brightness(1.08); } button:active, .button:active { filter: brightness(.92); }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; border-radius: .4rem; }

.samples { padding: .3rem; }
.samples button { width: 100%; border: 0; background: transparent; color: var(--ink); padding: .55rem .65rem; font-weight: 400; }
.samples li + li { border-top: 1px solid var(--line); }
.samples b { display: block; font-weight: 600; color: var(--go); } .samples small { display: block; color: var(--quiet); font-size: .875rem; }
.samples button:hover { background: color-mix(in srgb, var(--go) 9%, transparent); }
.send-alert details > * + * { margin-top: .5rem; }
label { display: block; font-size: .9375rem; color: var(--quiet); margin-bottom: .3rem; }
textarea { display: block; width: 100%; font: .8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: .6rem; padding: .5rem .6rem; margin-bottom: .5rem; resize: vertical; }

summary { cursor: pointer; color: var(--go); padding: .15rem 0; min-height: 1.7rem; }
.incident > summary { color: var(--ink); } .incident > summary h3 { display: inline; } .incident > summary .badge { margin-left: .3rem; }
.incident[open] > summary { margin-bottom: .3rem; }
.progress { display: flex; flex-wrap: wrap; gap: .3rem; margin: .6rem 0; font-size: .8125rem; }
.progress li { border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .7rem; color: var(--quiet); }
.progress .done { color: var(--good); border-color: currentColor; } .progress .failed { color: var(--bad); border-color: currentColor; }
.progress .now { color: var(--wait); background: var(--wait-paper); border-color: currentColor; font-weight: 700; }
.badge { display: inline-block; font-size: .8125rem; border: 1px solid currentColor; border-radius: .35rem; padding: 0 .4rem; color: var(--quiet); white-space: nowrap; }
.badge.in-force, .badge.kept { color: var(--good); }
.badge.open, .badge.awaiting-approval, .badge.executing, .badge.reversing, .badge.approved { color: var(--wait); }
.badge.failed, .badge.reversal-failed { color: var(--bad); }
.actions { display: grid; gap: .6rem; margin: .6rem 0 .2rem; } .actions details { font-size: .9375rem; } .actions ul { padding-left: 1.2rem; list-style: disc; }
.history { margin-top: .4rem; color: var(--quiet); } .history time { font-variant-numeric: tabular-nums; }
.settled { background: transparent; }
dt { font-size: .9375rem; color: var(--quiet); } dd { margin: 0; } dd + dt { margin-top: .45rem; }
code { font: .9375em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.text { white-space: pre-line; } .verdict::first-letter { text-transform: uppercase; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
