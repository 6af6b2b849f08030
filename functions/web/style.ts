// The style sheet of the decision pages. Contrast is at least 4.5:1.
export const STYLE = `
:root { color-scheme: light dark; --ink: #16202e; --quiet: #52606f; --line: #d3dae2; --paper: #ffffff; --ground: #f1f4f7; --go: #0a5a9c; --on-go: #ffffff; --good: #166a3f; --bad: #a3231a; --warn: #7a4b00; --warn-paper: #fff6e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ee; --quiet: #9facba; --line: #2f3a48; --paper: #182029; --ground: #0e141b; --go: #7dbcf5; --on-go: #06182a; --good: #79d3a2; --bad: #ff9d94; --warn: #f2cb7c; --warn-paper: #2a2312; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; font: 1.0625rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: var(--ground); }
main { max-width: 40rem; margin: 0 auto; padding: 1rem 1rem 3rem; }
h1 { font-size: 1.375rem; line-height: 1.2; letter-spacing: -.01em; margin: .15rem 0 .35rem; overflow-wrap: anywhere; text-wrap: balance; }
h1.good { color: var(--good); } h1.bad { color: var(--bad); }
h2 { font-size: 1.0625rem; margin: 0 0 .35rem; }
h2.about { margin: 1.2rem 0 .2rem; overflow-wrap: anywhere; }
p { margin: .35rem 0; } p, dd, small { text-wrap: pretty; }
.kicker, .quiet { color: var(--quiet); font-size: .9375rem; }
.kicker { margin: 0; }
.clock { margin: 0; } .clock strong { font-size: 1.0625rem; font-variant-numeric: tabular-nums; }
.result { font-size: 1.125rem; }
a { color: var(--go); }
section, details { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: .8rem .95rem; margin: .8rem 0; }
dl { margin: 0; }
dt { color: var(--quiet); font-size: .8125rem; font-weight: 600; margin-top: .35rem; }
dt:first-child { margin-top: 0; }
dd { margin: 0; overflow-wrap: anywhere; }
dd + dd { margin-top: .2rem; }
@media (min-width: 34rem) {
  body { font-size: 1.125rem; } h1 { font-size: 1.75rem; } main { padding-top: 2.5rem; }
  dl { display: grid; grid-template-columns: 8.5rem 1fr; column-gap: 1rem; row-gap: .45rem; }
  dt { margin: .2rem 0 0; } dd { grid-column: 2; } dd + dd { margin-top: -.2rem; }
}
code { font: .9375em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { font: .8125rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 .8rem; }
form { margin: .9rem 0 1.1rem; }
.choice { display: grid; gap: .65rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin: 0 0 .8rem; }
.choice.wide { grid-template-columns: 1fr; }
@media (min-width: 34rem) { .choice.wide { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } }
button, a.go { font: inherit; font-weight: 700; font-size: 1.1875rem; line-height: 1.2; min-height: 4rem; padding: .55rem .6rem; border-radius: .75rem; border: 2px solid var(--quiet); color: var(--ink); background: var(--paper); cursor: pointer; touch-action: manipulation; }
button small, a.go small { display: block; margin-top: .15rem; font-size: .8125rem; font-weight: 400; }
a.go { display: block; text-align: center; text-decoration: none; }
button.go, a.go { background: var(--go); border-color: var(--go); color: var(--on-go); }
button.small { font-size: 1rem; min-height: 2.75rem; padding: .4rem .8rem; }
.alike { list-style: none; margin: 0 0 .8rem; padding: 0; } .alike label { display: flex; gap: .6rem; align-items: center; color: var(--ink); font-size: 1rem; min-height: 2.75rem; overflow-wrap: anywhere; } .alike input { width: 1.4rem; height: 1.4rem; flex: none; }
select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: .6rem; min-height: 2.75rem; padding: .3rem .6rem; max-width: 100%; }
form details p { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; } form details label { margin: 0; }
.tally { margin: .6rem 0 0; }
button:hover, a.go:hover { filter: brightness(1.08); } button:active { filter: brightness(.92); }
:focus-visible { outline: 3px solid var(--go); outline-offset: 3px; border-radius: .4rem; }
label { display: block; font-size: .9375rem; color: var(--quiet); margin-bottom: .25rem; }
textarea { display: block; width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: .6rem; padding: .55rem .7rem; resize: vertical; }
summary { cursor: pointer; font-weight: 600; padding: .25rem 0; min-height: 2rem; }
details[open] summary { margin-bottom: .3rem; }
dd details, .alike details { border: 0; padding: 0; margin: 0; background: none; } dd summary, .alike summary { font-weight: 400; color: var(--quiet); }
.warning { color: var(--warn); background: var(--warn-paper); border-radius: .5rem; padding: .5rem .7rem; font-size: .9375rem; }
blockquote { margin: .6rem 0 .2rem; padding-left: .8rem; border-left: 3px solid var(--line); overflow-wrap: anywhere; }
.history { margin: 0; padding-left: 1.1rem; font-size: .9375rem; overflow-wrap: anywhere; } .history li { margin: .35rem 0; } .history time { color: var(--quiet); }
@media print { button, textarea, label { display: none; } }
`;
