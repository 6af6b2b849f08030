// The actions of an incident: state, reason, undo, and the link to decide.
import { html } from 'hono/html';
import type { Action } from '../../../domain/action.ts';
import { informs } from '../../../domain/action-catalog.ts';
import { joinReason } from '../../../domain/effect-state.ts';
import { waitsFor } from '../../../domain/open-requests.ts';
import { capitalised, oneLine, utc, withoutErrorName } from '../../../domain/wording.ts';
import {
  doneOf,
  headlineOf,
  progressOf,
  sentence,
  stateOf,
} from '../../../messaging/texts/action-line.ts';
import { withoutIds } from '../../../messaging/texts/labels.ts';
import type { Html } from '../../../site/page.ts';
import { mayReverse } from '../../keep-decision.ts';
import { decidedBy } from '../../texts/status.ts';
import type { IncidentView } from '../incident-view.ts';
import { inTime } from '../moments.ts';
import { INCIDENT, STATES } from '../texts.ts';
import { countdownBar } from './countdown.ts';
import { icon } from './icons.ts';

const NOT_DONE: readonly Action['status'][] = [
  'declined',
  'expired',
  'observed',
  'handed-off',
  'dropped',
  'failed',
];
const isNotDone = (action: Action): boolean => NOT_DONE.includes(action.status);

export function actionTable(view: IncidentView): Html {
  const changes = view.actions.filter((one) => !isNotDone(one) && !informs(one.name));
  const told = view.actions.filter((one) => !isNotDone(one) && informs(one.name));
  const shown = [...changes.map((one) => alone(one)), ...alike(told, view.now)];
  return html`<section class="block acts" aria-labelledby="actions"><div class="head"><h2 id="actions">${INCIDENT.actions}</h2><span class="quiet num">${changes.length + told.length}</span></div>
<div class="panel">${
    shown.length === 0
      ? html`<p class="pad quiet">${INCIDENT.noActions}</p>`
      : html`<table role="table" class="table wfix"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col" class="w-state">${INCIDENT.state}</th><th role="columnheader" scope="col">${INCIDENT.action}</th><th role="columnheader" scope="col" class="w-undo">${INCIDENT.undo}</th><th role="columnheader" scope="col" class="right w-btn"><span class="vh">${INCIDENT.decide}</span></th></tr></thead><tbody role="rowgroup">
${shown.toSorted((a, b) => rank(a.action) - rank(b.action)).map((one) => row(one, view))}
</tbody></table>`
  }</div></section>`;
}

/** Actions with the same text. A flood of alerts repeats the same proposal. */
type Alike = { action: Action; count: number };
const alone = (action: Action): Alike => ({ action, count: 1 });

/** The latest action represents its group. */
function alike(actions: readonly Action[], now: Date): Alike[] {
  const groups = Map.groupBy(actions, (one) => `${headlineOf(one)} ${stateOf(one, now)}`);
  return [...groups.values()].flatMap((all) => {
    const action = all.at(-1);
    return action ? [{ action, count: all.length }] : [];
  });
}

const times = (count: number): Html =>
  count > 1 ? html` <span class="quiet num">${INCIDENT.times(count)}</span>` : html``;

/** Statuses that need a person, the most urgent first. */
const URGENT: readonly Action['status'][] = [
  'reversal-failed',
  'awaiting-approval',
  'in-force',
  'kept',
];
const rank = ({ status, name }: Action): number =>
  (informs(name) ? 10 : 0) + (URGENT.indexOf(status) + 1 || URGENT.length + 1);

const row = ({ action, count }: Alike, view: IncidentView): Html =>
  html`<tr role="row"><td role="cell" class="c-state">${state(action, view.now)}</td><td role="cell"><div class="title">${progressOf(action, view.now) === 'made' ? doneOf(action) : headlineOf(action)}${times(count)}</div><div class="why"><bdi>${why(action, view)}</bdi></div></td><td role="cell" class="undo-cell">${until(action, view.now)}</td><td role="cell" class="right">${decision(action, view)}</td></tr>`;

function state(action: Action, now: Date): Html {
  const { icon: name, word } = STATES[action.status];
  const isInforming = informs(action.name) && action.status === 'kept';
  return html`<span class="state ${isInforming ? 'done' : name}">${icon(isInforming ? 'done' : name)}${isInforming ? INCIDENT.done : word}</span>${progressOf(action, now) === 'never' && action.status === 'in-force' ? html`<div class="quiet small">${stateOf(action, now)}</div>` : ''}`;
}

/** Who decided, or the rule that let it run. */
function why(action: Action, { names, now }: IncidentView): string {
  const decided = decidedBy(action, names, now);
  return decided || (action.reasons[0] ? sentence(action.reasons[0].text) : '');
}

function until(action: Action, now: Date): Html {
  const { status, dueAt, approval, reviewAt } = action;
  if (status === 'awaiting-approval' && approval) {
    const { requestedAt: from, expiresAt: end } = approval;
    return countdown({ from, end, tone: 'wait', text: INCIDENT.toDecide(inTime(end, now)) }, now);
  }
  if (status === 'in-force' && dueAt)
    return countdown(
      { from: action.appliedAt, end: dueAt, tone: '', text: INCIDENT.undoIn(inTime(dueAt, now)) },
      now,
    );
  if (status === 'kept' && reviewAt)
    return html`<span class="quiet">${INCIDENT.reviewAt(reviewAt, now)}</span>`;
  if (status === 'kept')
    return html`<span class="quiet">${informs(action.name) ? INCIDENT.noUndo : INCIDENT.untilUndone}</span>`;
  return html`<span class="quiet">${stateOf(action, now)}</span>`;
}

type Countdown = { from: string | null; end: string; tone: string; text: string };

/** The time left as a bar and as text. */
const countdown = ({ from, end, tone, text }: Countdown, now: Date): Html =>
  html`<span class="left ${tone}">${countdownBar(from, end, now)}${text}</span><div class="quiet small"><time datetime="${end}">${utc(end, now)}</time></div>`;

function decision(action: Action, { incident, reader, mayDecide }: IncidentView): Html {
  const path = `/console/incident/${incident.incidentId}/decide/${action.actionId}`;
  const link = (label: string, isPrimary = false) =>
    html`<div class="btns"><a class="btn ${isPrimary ? 'primary' : ''}" href="${path}">${label}<span class="vh">: ${oneLine(headlineOf(action), 100)}</span></a></div>`;
  if (action.status === 'awaiting-approval')
    return mayDecide && waitsFor(action, reader.id) ? link(INCIDENT.review, true) : html``;
  if (!mayDecide || informs(action.name) || !mayReverse(action)) return html``;
  return link(action.status === 'reversal-failed' ? INCIDENT.retry : INCIDENT.change);
}

export function notDoneList(view: IncidentView): Html {
  const left = view.actions.filter(isNotDone);
  if (left.length === 0) return html``;
  return html`<section aria-labelledby="not-done"><div class="head"><h2 id="not-done">${INCIDENT.notDone}</h2><span class="quiet num">${left.length}</span></div>
<div class="panel"><ul class="lines">${alike(left, view.now).map(
    ({ action: one, count }) =>
      html`<li><b>${headlineOf(one)}</b>${times(count)} <span class="state ${STATES[one.status].icon}">${icon(STATES[one.status].icon)}${STATES[one.status].word}</span><p class="sub"><bdi>${because(one, view)}</bdi></p></li>`,
  )}</ul></div></section>`;
}

function because(action: Action, { names, now }: IncidentView): string {
  const { failure, reasons } = action;
  const decided = decidedBy(action, names, now);
  const rule =
    joinReason(action) ??
    (failure && capitalised(withoutErrorName(failure))) ??
    reasons.at(-1)?.text;
  return [decided, rule ? sentence(withoutIds(rule, action)) : '']
    .filter((text) => text !== '')
    .join(' ');
}
