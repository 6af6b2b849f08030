// The changes in force: failed undos, then the earliest undo.
import { html } from 'hono/html';
import { type Action, APPLIED, deciderOf } from '../../../domain/action.ts';
import { informs } from '../../../domain/action-catalog.ts';
import { isBeingUndone } from '../../../domain/effect-state.ts';
import { oneLine, utc } from '../../../domain/wording.ts';
import { doneOf, progressOf } from '../../../messaging/texts/action-line.ts';
import type { Html } from '../../../site/page.ts';
import { IN_FORCE_PAGE, LIST, NEXT } from '../list/texts.ts';
import { inTime } from '../moments.ts';
import { countdownBar } from './countdown.ts';
import type { ConsolePage } from './frame.ts';
import { icon } from './icons.ts';
import { liveParts } from './live.ts';
import { unreadableList } from './unreadable.ts';

export type InForceView = {
  /** All outstanding actions. */
  actions: readonly Action[];
  /** Titles of incidents, by ID. */
  titles: ReadonlyMap<string, string>;
  /** Names of people, by ID. */
  nameOf: (id: string) => string;
  mayDecide: boolean;
  unreadable: readonly string[];
  revision: string;
  now: Date;
};

/** A change in AWS, and the actions that hold it. The first one is undone last. */
type Held = { action: Action; holders: readonly Action[] };
const SOON_HOURS = 2;

export function inForcePage(view: InForceView): ConsolePage {
  const { actions, revision, now, unreadable } = view;
  const held = heldIn(actions, now);
  const isFailed = ({ holders }: Held) =>
    holders.some(({ status }) => status === 'reversal-failed');
  const failed = held.filter(isFailed);
  const others = held.filter((one) => !isFailed(one));
  const timed = others.filter(({ action }) => endOf(action) !== null);
  const soonUntil = new Date(now.getTime() + SOON_HOURS * 3_600_000).toISOString();
  const isSoon = ({ action }: Held) => (endOf(action) ?? '') <= soonUntil;
  const { groups } = IN_FORCE_PAGE;
  return {
    title: IN_FORCE_PAGE.title,
    current: 'in-force',
    revision,
    body: html`${liveParts(now)}
<div id="content"><h1>${IN_FORCE_PAGE.title}</h1><p class="sub">${IN_FORCE_PAGE.about(failed.length, others.length)}</p>
${
  held.length === 0
    ? html`<div class="panel pad inforce"><p>${IN_FORCE_PAGE.empty}</p></div>`
    : html`<section class="acts inforce" aria-label="${IN_FORCE_PAGE.title}"><div class="panel"><table role="table" class="table wfix">${head()}
${group(groups.failed, failed, view)}
${group(groups.soon, timed.filter(isSoon), view)}
${group(
  groups.later,
  timed.filter((one) => !isSoon(one)),
  view,
)}
${group(
  groups.open,
  others.filter(({ action }) => endOf(action) === null),
  view,
)}</table></div></section>`
}
${unreadableList(unreadable)}</div>`,
  };
}

/** When the change is undone; null for one that only a person ends. */
const endOf = ({ status, dueAt }: Action): string | null => (status === 'kept' ? null : dueAt);

/** One entry for each change in AWS, the earliest undo first. */
function heldIn(actions: readonly Action[], now: Date): Held[] {
  const byEffect = new Map<string, Action[]>();
  for (const action of actions.filter(
    (one) => APPLIED.includes(one.status) && !informs(one.name) && isMade(one, now),
  )) {
    const { account, region, effectKey, actionId } = action;
    const key = effectKey ? `${account}/${region}/${effectKey}` : actionId;
    byEffect.set(key, [...(byEffect.get(key) ?? []), action]);
  }
  const at = (action: Action) => endOf(action) ?? '~';
  return [...byEffect.values()]
    .map((holders) => holders.toSorted((a, b) => (at(a) > at(b) ? -1 : 1)))
    .flatMap((holders) => (holders[0] ? [{ action: holders[0], holders }] : []))
    .sort((a, b) => (at(a.action) < at(b.action) ? -1 : 1));
}

/** A change that someone removed, or that was there before, is not in force. */
const isMade = (action: Action, now: Date): boolean => progressOf(action, now) === 'made';

const head = (): Html => {
  const { what, undo, held, by, go } = IN_FORCE_PAGE.columns;
  return html`<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${what}</th><th role="columnheader" scope="col" class="w-undo">${undo}</th><th role="columnheader" scope="col" class="w-hold">${held}</th><th role="columnheader" scope="col" class="w-by">${by}</th><th role="columnheader" scope="col" class="right w-btn"><span class="vh">${go}</span></th></tr></thead>`;
};

const group = (title: string, held: readonly Held[], view: InForceView): Html =>
  held.length === 0
    ? html``
    : html`<tbody role="rowgroup"><tr role="row" class="group"><th role="rowheader" scope="rowgroup" colspan="5">${title} <span class="quiet">${held.length}</span></th></tr>
${held.map((one) => row(one, view))}</tbody>`;

function row(held: Held, view: InForceView): Html {
  const { action, holders } = held;
  const { titles } = view;
  const { columns } = IN_FORCE_PAGE;
  return html`<tr role="row"><td role="cell"><div class="title"><bdi>${doneOf(action)}</bdi></div><div class="ents mono"><bdi>${oneLine(action.target?.value ?? '', 120)}</bdi></div></td><td role="cell" class="undo-cell">${until(held, view)}</td><td role="cell"><div class="holders"><span class="lab">${columns.held}</span>${holders.map((one) => html`<a href="/console/incident/${one.incidentId}"><bdi>${titles.get(one.incidentId) ?? one.incidentId}</bdi></a>`)}</div></td><td role="cell" class="sub"><span class="lab">${columns.by}</span>${decidedBy(action, view)}</td><td role="cell" class="right">${decide(held, view)}</td></tr>`;
}

function until({ action, holders }: Held, { now }: InForceView): Html {
  const { dueAt, reviewAt } = action;
  const end = endOf(action);
  if (holders.some(({ status }) => status === 'reversal-failed'))
    return html`<span class="state fail">${icon('fail')}${dueAt && Date.parse(dueAt) < now.getTime() ? LIST.overdue(inTime(now.toISOString(), new Date(dueAt))) : IN_FORCE_PAGE.groups.failed}</span>`;
  if (action.status === 'reversing' || isBeingUndone(action, now))
    return html`<span class="state undone">${icon('undone')}${NEXT.undoing}</span>`;
  if (end === null)
    return html`<span class="state kept">${icon('kept')}${IN_FORCE_PAGE.noEnd}</span>${reviewAt ? html`<div class="quiet small">${IN_FORCE_PAGE.review(reviewAt, now)}</div>` : ''}`;
  return html`<span class="left">${countdownBar(action.appliedAt, end, now)}<span>in <span data-until="${end}">${inTime(end, now)}</span></span></span><div class="quiet small"><time datetime="${end}">${utc(end, now)}</time></div>`;
}

/** Policy, if no person decided. */
function decidedBy(action: Action, { nameOf }: InForceView): string {
  const by = deciderOf(action);
  return by ? nameOf(by) : IN_FORCE_PAGE.policy;
}

function decide({ action, holders }: Held, { mayDecide, now }: InForceView): Html {
  const isMoving = action.status === 'reversing' || isBeingUndone(action, now);
  if (!mayDecide || isMoving) return html``;
  const failed = holders.find(({ status }) => status === 'reversal-failed');
  const { incidentId, actionId } = failed ?? action;
  const label = failed
    ? IN_FORCE_PAGE.retry
    : holders.length > 1
      ? IN_FORCE_PAGE.changeForAll(holders.length)
      : IN_FORCE_PAGE.change;
  return html`<div class="btns"><a class="btn" href="/console/incident/${incidentId}/decide/${actionId}">${label}<span class="vh">: ${oneLine(doneOf(action), 100)}</span></a></div>`;
}
