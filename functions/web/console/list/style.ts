// The style of the list of incidents and of the changes in force.

export const LIST_STYLE = `
.asof { display: flex; flex-wrap: wrap; gap: 0 12px; justify-content: flex-end; margin: -12px 0 8px; color: var(--ink-3); font-size: .8125rem; } .notice { margin: 0 0 12px; padding: 8px 12px; border-radius: 6px; background: var(--accent-soft); } .notice.bad { background: var(--bad-soft); color: var(--bad); } .notice[hidden] { display: none; }
.asklist { border-color: var(--wait-line); overflow: hidden; }
.ask { display: grid; grid-template-columns: 112px minmax(0, 1fr) 200px 150px; gap: 4px 16px; padding: 12px 16px; align-items: start; } .ask + .ask { border-top: 1px solid var(--line); }
.ask h3 a { color: inherit; text-decoration: none; } .ask h3 a:hover { text-decoration: underline; } .ask ul { margin-top: 2px; color: var(--ink-2); }
.ask li { display: flex; gap: 8px; align-items: baseline; } .ask li::before { content: ""; width: 4px; height: 4px; border-radius: 50%; background: var(--ink-3); flex: none; transform: translateY(-3px); }
.ask .time { display: flex; flex-direction: column; gap: 2px; } .ask .left { color: var(--wait); } .ask.broken .left { color: var(--bad); } .ask .go { justify-self: end; } .morelink { display: block; padding: 10px 16px; border-top: 1px solid var(--line); }
.views { display: flex; gap: 4px; border-bottom: 1px solid var(--line); margin-bottom: 12px; overflow-x: auto; scrollbar-width: none; }
.views a { padding: 8px 10px; color: var(--ink-2); text-decoration: none; white-space: nowrap; border-bottom: 2px solid transparent; } .views a:hover { color: var(--ink); } .views a[aria-current] { color: var(--ink); font-weight: 500; border-bottom-color: var(--accent); } .views .bad { color: var(--bad); font-weight: 500; } .views .num { color: var(--ink-3); margin-left: 4px; font-weight: 400; }
.find { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px; align-items: flex-start; } .find .box { flex: 1 1 260px; } .find .box input { width: 100%; }
.filters summary { list-style: none; } .filters summary::-webkit-details-marker { display: none; } .filters[open] { flex: 1 1 100%; } .filters .fields { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 8px; margin-top: 8px; } .filters select { width: 100%; } .filters label { color: var(--ink-3); font-size: .8125rem; }
.chips { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 12px; } .chip { display: inline-flex; align-items: center; gap: 6px; min-height: 26px; padding: 0 10px; border-radius: 13px; background: var(--accent-soft); color: var(--ink); font-size: .8125rem; text-decoration: none; } .chip b { font-weight: 500; }
.list { table-layout: fixed; } .list .w-sev { width: calc(72px + 4rem); } .list .w-state { width: calc(62px + 6rem); } .list .w-next { width: 26%; } .list .w-age { width: calc(36px + 3rem); } .list .state { white-space: normal; } .list td { overflow-wrap: anywhere; }
.list tbody tr { position: relative; } .list .title { color: var(--ink); text-decoration: none; } .list .title:hover { text-decoration: underline; }
.ents { color: var(--ink-3); font-size: .8125rem; line-height: 1.125rem; overflow-wrap: anywhere; } .list .next { color: var(--ink-2); }
.table .group th { background: var(--sunk); color: var(--ink-2); padding: 6px 16px; } .table .group:hover { background: none; }
.shut .sev { font-weight: 400; } .shut .sev, .table .shut .next { color: var(--ink-3); } .shut .title { font-weight: 400; color: var(--ink-2); }
.pager { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 12px 0; color: var(--ink-2); } .pager .btns { margin-left: auto; gap: 4px; } .pager .btn { min-width: 34px; padding: 0 10px; } .pager .btn[aria-current] { background: var(--accent-soft); border-color: var(--accent); } .pager .off { color: var(--ink-3); border-color: var(--line); background: none; cursor: default; }
.inforce { margin-top: 16px; } .inforce .w-undo { width: 200px; } .inforce .w-hold { width: 230px; } .inforce .w-by { width: 130px; } .inforce .w-btn { width: 190px; } .holders { display: flex; flex-direction: column; } .lab { display: none; }

@media screen and (max-width: 899px) {
  .ask { grid-template-columns: minmax(0, 1fr) auto; padding: 12px; gap: 4px 12px; } .ask > .main { grid-column: 1 / -1; grid-row: 2; } .ask > .time { grid-row: 1; grid-column: 2; align-items: flex-end; } .ask .time small { display: none; } .ask > .go { grid-column: 1 / -1; justify-self: stretch; } .ask > .go .btn { width: 100%; }
  .views a { padding: 12px 10px; } .find .box { flex: 1 1 100%; } .filters { flex: 1 1 auto; } .filters summary { width: 100%; } .filters .fields { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .chip { min-height: 44px; border-radius: 22px; }
  .table.list tbody tr { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 2px 10px; } .table.list tbody .group { display: block; padding: 0; } .table .group th { display: block; padding: 8px 12px; }
  .list .c-state { grid-column: 2; grid-row: 1; } .list .c-age { grid-column: 3; grid-row: 1; } .list .c-main { grid-column: 1 / -1; grid-row: 2; } .list .c-next { grid-column: 1 / -1; } .list .title::after { content: ""; position: absolute; inset: 0; }
  .pager .btns { margin-left: 0; width: 100%; } .pager .btn { flex: 1; min-width: 44px; } .lab { display: inline; color: var(--ink-3); margin-right: 6px; } .holders { flex-direction: row; flex-wrap: wrap; gap: 0 10px; } .inforce .table tr > td + td { margin-top: 4px; }
}
@media print { .find, .views, .pager, .chips, .asof { display: none; } }
`;
