// The style sheet of the console, in the colours of the decision pages.
import { TOKENS } from '../style.ts';
import { LIST_STYLE } from './list/style.ts';

export const STYLE = `${TOKENS}
:root { --hover: #f5f7fa; --accent-hover: #194f9f; --accent-soft: #e8f0fb; --good-soft: #e6f4ec; --bad-soft: #fdecea; --bad-line: #e5a49f; --side: max(24px, calc((100% - 1232px) / 2)); }
@media screen and (prefers-color-scheme: dark) { :root { --hover: #1a1f27; --accent-hover: #9ac2fa; --accent-soft: #17263c; --good-soft: #12271c; --bad-soft: #331715; --bad-line: #7a3a35; } }
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; font: 400 .875rem/1.25rem system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--ground); font-variant-numeric: tabular-nums; }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 1.375rem; line-height: 1.75rem; font-weight: 600; letter-spacing: -.01em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: .9375rem; line-height: 1.25rem; font-weight: 600; }
h3 { font-size: .875rem; line-height: 1.25rem; font-weight: 600; overflow-wrap: anywhere; }
p, dd, li { text-wrap: pretty; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 2px; text-decoration-thickness: 1px; }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; overflow-wrap: anywhere; }
svg { display: block; flex: none; } .i { width: 16px; height: 16px; }
small, .small { font-size: .8125rem; line-height: 1.125rem; }
.quiet { color: var(--ink-3); } .sub { color: var(--ink-2); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: 8px; top: -60px; background: var(--paper); padding: 8px 12px; z-index: 9; } .skip:focus { top: 8px; }
summary { cursor: pointer; }

.btn { display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 34px; padding: 0 12px; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--paper); color: var(--ink); font: inherit; font-weight: 500; text-decoration: none; white-space: nowrap; cursor: pointer; touch-action: manipulation; }
.btn:hover { background: var(--hover); border-color: var(--control); }
.btn.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); } .btn.primary:hover { background: var(--accent-hover); border-color: var(--accent-hover); }
.btn.stop { border-color: var(--bad); color: var(--bad); font-weight: 600; } .btn.stop:hover { background: var(--bad-soft); }
.btns { display: flex; flex-wrap: wrap; gap: 8px; }
select, input[type="search"], input[type="text"], textarea { font: inherit; color: inherit; min-height: 34px; padding: 0 10px; border: 1px solid var(--control); border-radius: 6px; background: var(--paper); max-width: 100%; }
textarea { display: block; width: 100%; padding: 8px 10px; resize: vertical; }

.top { display: flex; align-items: center; gap: 24px; height: 48px; padding: 0 var(--side); background: var(--paper); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: 8px; font-weight: 600; font-size: .9375rem; color: var(--ink); text-decoration: none; } .brand svg { width: 20px; height: 20px; }
.nav { display: flex; gap: 4px; height: 100%; }
.nav a { display: flex; align-items: center; padding: 0 10px; color: var(--ink-2); text-decoration: none; border-block: 2px solid transparent; } .nav a:hover { color: var(--ink); } .nav a[aria-current] { color: var(--ink); font-weight: 500; border-bottom-color: var(--accent); }
.who { margin-left: auto; color: var(--ink-2); display: flex; align-items: center; gap: 16px; font-size: .8125rem; }
.link { font: inherit; color: var(--accent); background: none; border: 0; padding: 8px 0; text-decoration: underline; text-underline-offset: 2px; text-decoration-thickness: 1px; white-space: nowrap; cursor: pointer; }
.strip { display: flex; align-items: stretch; background: var(--paper); border-bottom: 1px solid var(--line); padding: 0 var(--side); min-height: 56px; }
.cell { display: flex; flex-direction: column; justify-content: center; padding: 8px 24px 8px 0; margin-right: 24px; border-right: 1px solid var(--line); color: inherit; text-decoration: none; }
.cell b { font-weight: 600; display: flex; align-items: center; gap: 6px; } .cell small, .kill small { color: var(--ink-3); } a.cell:hover b { text-decoration: underline; text-underline-offset: 3px; } .cell.asks b { color: var(--wait); }
.switch { display: flex; align-items: center; gap: 12px; margin-left: auto; } .kill { display: flex; flex-direction: column; text-align: right; } .kill b { font-weight: 600; }
.strip.halted { background: var(--bad-soft); border-bottom-color: var(--bad-line); } .strip.halted .cell { border-right-color: var(--bad-line); } .strip.halted small { color: var(--ink-2); } .strip.halted .kill b, .strip.halted .mode b { color: var(--bad); }
.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--good); flex: none; } .dot.halted { background: var(--bad); } .dot.shadow { background: none; border: 2px solid var(--ink-3); }
.page { padding: 24px var(--side) 64px; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; margin: 0 0 8px; min-height: 24px; }
.block { margin-top: 32px; } .panel { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; } .pad { padding: 16px; }
.warning { color: var(--wait); background: var(--wait-soft); border-radius: 6px; padding: 8px; margin-top: 12px; }

.sev { display: inline-flex; align-items: center; gap: 6px; font-weight: 500; white-space: nowrap; } .sev svg { width: 14px; height: 14px; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); } .informational { color: var(--informational); }
.state { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; color: var(--ink-2); } .state svg { width: 14px; height: 14px; }
.state.wait { color: var(--wait); font-weight: 500; } .state.force { color: var(--accent); font-weight: 500; } .state.fail { color: var(--bad); font-weight: 500; } .state.done svg { color: var(--good); }
.left { display: flex; align-items: center; gap: 8px; white-space: nowrap; font-weight: 500; } .left.wait { color: var(--wait); }
.bar { width: 72px; height: 4px; } .bar .rail { fill: var(--line-strong); } .bar .rest { fill: var(--accent); } .wait .bar .rest { fill: var(--wait); }

.table { width: 100%; border-collapse: collapse; }
.table th { text-align: left; font-weight: 500; font-size: .8125rem; color: var(--ink-3); padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
.table td { padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; } .table tr > :first-child { padding-left: 16px; } .table tr:last-child td { border-bottom: 0; } .table tbody tr:hover { background: var(--hover); }
.wfix { table-layout: fixed; } .wfix .w-state { width: 136px; } .wfix .w-undo { width: 230px; } .wfix .w-btn { width: 230px; }
.table .title { font-weight: 500; overflow-wrap: anywhere; } .table .right { text-align: right; } .acts .btns { justify-content: flex-end; } .acts .btn { min-height: 30px; padding: 0 10px; font-size: .8125rem; } .acts .why { color: var(--ink-2); overflow-wrap: anywhere; }
.acts .table td { padding-block: 12px; }

.crumbs { color: var(--ink-3); margin-bottom: 8px; font-size: .8125rem; }
.ihead { display: flex; gap: 24px; align-items: flex-start; } .ihead > div { flex: 1; min-width: 0; } .ihead > .do { flex: none; display: flex; gap: 8px; } .menu { position: relative; flex: none; } .menu > summary { list-style: none; } .menu > summary::-webkit-details-marker { display: none; } .pop { position: absolute; right: 0; top: 40px; min-width: 240px; background: var(--paper); border: 1px solid var(--line-strong); border-radius: 8px; padding: 4px; z-index: 5; box-shadow: 0 6px 20px rgb(0 0 0 / .12); } .pop a { display: block; padding: 8px 10px; border-radius: 6px; color: var(--ink); text-decoration: none; } .pop a:hover { background: var(--accent-soft); } .pop small { display: block; color: var(--ink-3); }
.report .plain li { padding: 3px 0; } .report pre { font: .8125rem/1.4 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--sunk); padding: 8px; border-radius: 6px; }
.ihead .line { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; margin-top: 6px; color: var(--ink-2); }
.says { max-width: 76ch; margin-top: 12px; font-size: .9375rem; line-height: 1.4rem; }
.two { display: grid; grid-template-columns: minmax(0, 1fr) 320px; gap: 32px; align-items: start; }
.three { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); } .three > section { padding: 16px; } .three > section + section { border-left: 1px solid var(--line); }
.ev h3 { display: flex; align-items: center; gap: 8px; margin-bottom: 8px; } .ev h3 svg { width: 14px; height: 14px; } .ev .num { color: var(--ink-3); font-weight: 400; } .ev li { padding: 6px 0; } .ev li + li, .lines li + li { border-top: 1px solid var(--line); } .ev small { display: block; color: var(--ink-3); }
.lines li { padding: 12px 16px; } .lines b { font-weight: 500; }
.facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 6px 16px; } .facts dt { color: var(--ink-3); }
.fold > summary { display: flex; align-items: center; gap: 8px; padding: 12px 16px; font-weight: 500; list-style: none; } .fold > summary::-webkit-details-marker { display: none; }
.fold > summary::before { content: ""; width: 6px; height: 6px; border-right: 1.5px solid var(--ink-3); border-bottom: 1.5px solid var(--ink-3); transform: rotate(-45deg); flex: none; margin-right: 2px; } .fold[open] > summary::before { transform: rotate(45deg) translate(-2px, -2px); }
.fold > summary .more { margin-left: auto; color: var(--ink-3); font-weight: 400; } .fold + .fold { border-top: 1px solid var(--line); } .fold .in { padding: 0 16px 16px 32px; } .fold h3 { margin-top: 12px; }
.rows li { display: grid; grid-template-columns: 16px minmax(0, 1fr) auto; gap: 10px; padding: 7px 0; align-items: start; } .rows li + li, .tlist li + li { border-top: 1px solid var(--line); } .rows svg { width: 14px; height: 14px; margin-top: 3px; color: var(--ink-3); } .rows small { display: block; color: var(--ink-3); }
.note { white-space: pre-wrap; } .note + .small { margin-bottom: 12px; } .noteform { display: grid; gap: 8px; justify-items: start; }

.tlbox { overflow: hidden; padding-top: 12px; } .tlbox > .fold { border-top: 1px solid var(--line); }
.tl { width: 100%; height: auto; } .tl.tall { display: none; }
.tl text { fill: var(--ink); font-size: 12px; } .tl.wide text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; } .tl.wide .f { stroke: var(--sunk); } .tl.wide .nowtext { stroke: none; }
.tl .b { font-weight: 600; } .tl .q { fill: var(--ink-3); } .tl .a { fill: var(--accent); font-weight: 600; } .tl .w { fill: var(--wait); font-weight: 600; } .tl .lane { fill: var(--ink-2); font-weight: 500; }
.tl .rule { stroke: var(--line); } .tl .later { fill: var(--sunk); } .tl .flow { fill: none; stroke: var(--ink-3); stroke-width: 1.5; } .tl .flow.to { stroke-dasharray: 3 3; }
.tl .now { stroke: var(--accent); stroke-width: 1.5; } .tl .nowtag { fill: var(--accent); } .tl .nowtext { fill: var(--on-accent); font-weight: 600; }
.tl .m { fill: var(--paper); stroke: var(--ink-2); stroke-width: 1.75; } .tl .m.full { fill: var(--ink-2); } .tl .m.yes { fill: var(--good); stroke: var(--good); } .tl .m.wait { fill: var(--wait-soft); stroke: var(--wait); } .tl .m.bad { fill: var(--bad); stroke: var(--bad); }
.tl .m.critical { fill: var(--critical); stroke: var(--critical); } .tl .m.high { fill: var(--high); stroke: var(--high); } .tl .m.medium { fill: var(--medium); stroke: var(--medium); } .tl .m.low { fill: var(--low); stroke: var(--low); } .tl .m.informational { stroke: var(--informational); }
.tl .tickmark { fill: none; stroke: var(--paper); stroke-width: 1.75; } .tl .strike { stroke: var(--ink-2); stroke-width: 1.75; }
.tl .eff { fill: var(--accent); } .tl .eff.ended { fill: var(--ink-3); } .tl .eff.failed { fill: var(--bad); } .tl .effrest { fill: var(--accent-soft); stroke: var(--accent); } .tl .efffail { fill: var(--bad-soft); stroke: var(--bad); } .tl .effwait { fill: var(--wait-soft); stroke: var(--wait); stroke-dasharray: 3 3; }
.tlist li { display: grid; grid-template-columns: 148px 110px minmax(0, 1fr); gap: 12px; padding: 6px 0; } .tlist time { color: var(--ink-3); }

@media screen and (max-width: 1159px) {
  .tlbox { padding: 12px 14px; } .tl.wide { display: none; } .tl.tall { display: block; max-width: 440px; margin: 0 auto; } .tl.tall text { font-size: 13px; } .tl.tall .t1, .tl.tall .w { font-size: 14px; font-weight: 600; } .tlbox > .fold { margin: 12px -14px -12px; }
}
@media screen and (max-width: 899px) {
  :root { --side: 16px; }
  body { font-size: .9375rem; line-height: 1.3125rem; }
  .top { gap: 8px; } .who { margin: 0; } .who span { display: none; } .brand span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .nav { gap: 0; margin-left: auto; }
  .strip { flex-wrap: wrap; padding-block: 8px; gap: 4px 12px; align-items: center; } .cell { flex: 1 1 9rem; padding: 0; margin: 0; min-height: 44px; border: 0; } .mode { flex-basis: 7rem; } .switch { order: -1; flex: 1 1 12rem; margin: 0; justify-content: flex-end; } .mode { order: -2; }
  .btn, select, input[type="search"], input[type="text"], .acts .btn { min-height: 44px; } input[type="search"], input[type="text"], textarea, select { font-size: 1rem; }
  .page { padding-block: 16px 64px; } .block { margin-top: 28px; }
  .table, .table tbody, .table tr, .table td { display: block; } .table thead { display: none; } .table tr { padding: 12px; border-bottom: 1px solid var(--line); } .table tr:last-child { border-bottom: 0; } .table td, .acts .table td { border: 0; padding: 0; } .table tr > :first-child { padding-left: 0; }
  .acts .table td + td { margin-top: 8px; } .acts .table td:empty { display: none; } .acts .btn { flex: 1 1 auto; font-size: .9375rem; } .undo-cell { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; }
  .ihead { flex-direction: column; gap: 12px; } .ihead > .do { flex-direction: column; width: 100%; } .menu, .menu .btn { width: 100%; } .pop { left: 0; top: 48px; }
  .two, .three { grid-template-columns: minmax(0, 1fr); } .two { gap: 28px; } .three > section + section { border-left: 0; border-top: 1px solid var(--line); }
  .rows li { grid-template-columns: 16px minmax(0, 1fr); } .rows li > :nth-child(3) { grid-column: 2; } .fold .in { padding-left: 16px; }
  .tlist li { grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; } .tlist li > :last-child { grid-column: 1 / -1; }
}
@media (prefers-contrast: more) { :root { --line: var(--control); --line-strong: var(--control); --ink-3: var(--ink-2); } }
@page { size: A4; margin: 14mm; }
@media print { .top, .strip, .menu, .btn, .noteform, .skip { display: none; } body { background: #fff; } .page { padding: 0; } .panel { break-inside: avoid; } }
${LIST_STYLE}`;
