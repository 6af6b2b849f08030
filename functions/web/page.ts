// The pages that people decide on: facts that code wrote first, the model's words last and marked. No script.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Action, Approver } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { Assessment } from '../domain/assessment.ts';
import type { Incident } from '../domain/incident.ts';
import { hour, oneLine, span, unlinked, utc } from '../domain/wording.ts';
import { headlineOf, seenSince } from '../notify/texts/phrases.ts';
import { peopleAsked } from './decision.ts';
import { mayExtend } from './keeping.ts';
import { byHand, evidence, facts, machinesWords, record } from './parts.ts';
import { decidedBy, judgedBy, type Names, type Standing } from './standing.ts';
import { pickOf } from './together.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export type View = {
  action: Action;
  /** Neither keeps anybody from deciding where its record cannot be read. */
  alert: Alert | undefined;
  incident: Incident | undefined;
  /** Who made the analysis; null when it is not recorded. */
  origin: Assessment['origin'] | null;
  /** Name of the person whose link it is. */
  person: string;
  names: Names;
  /** Open questions of the same kind that this person is asked, too. */
  alike: readonly Action[];
  /** To whom the question could be handed. */
  couldTake: readonly Approver[];
  /** The link's own path: forms post back to it. */
  path: string;
  /** Of the forms on this page. */
  nonce: string;
  /** Where this person signs in first; null where they have, or need not. */
  signInPath: string | null;
  /** What a person would type, where nobody decided and it was not done. */
  byHand: readonly { title: string; lines: string[] }[];
  maxExtensions: number;
  now: Date;
};

const shell = (title: string, body: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>${title} · Countermand</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>`;

/** A form back to this link: on exactly this action, from exactly this page. */
const form = ({ action, path, nonce, signInPath }: View, label: string, inner: Html): Html =>
  signInPath !== null
    ? signInLink(signInPath)
    : html`<form method="post" action="${path}" aria-label="${label}">
<input type="hidden" name="digest" value="${action.digest}">
<input type="hidden" name="nonce" value="${nonce}">
${inner}
</form>`;

/** A link and no form: `form-action 'self'` would stop a form whose answer leads elsewhere. */
const signInLink = (path: string): Html => html`<div class="choice wide">
<a class="go" href="${path}">Sign in to decide<small>then you are back here</small></a>
</div>`;

export function approvePage(view: View): Html {
  const { action, person, now } = view;
  const expiresAt = action.approval?.expiresAt ?? null;
  return shell(
    'Approve or decline',
    html`
<header>
<p class="kicker">${person}, this needs your decision</p>
<h1>${headlineOf(action)}</h1>
<p class="clock"><strong>${timeLeft(expiresAt, now)} left</strong> until ${hour(expiresAt)}. Without an answer, nothing is done.</p>
</header>
${facts(view)}
${tally(view)}${oddAboutIt(view)}
${form(
  view,
  'Your decision',
  html`${buttons(view)}
<label for="reason">Reason, for the record (optional)</label>
<textarea id="reason" name="reason" rows="2" maxlength="300" autocomplete="off"></textarea>
${otherwise(view)}`,
)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}

/** One question, or several that are alike: all at once, or each by itself. */
const buttons = ({ action, alike }: View): Html => {
  if (alike.length === 0)
    return html`<div class="choice">
<button name="verdict" value="approve" class="go">Approve<small>carried out at once</small></button>
<button name="verdict" value="decline">Decline<small>nothing is done</small></button>
</div>`;
  return several([action, ...alike]);
};

const several = (all: readonly Action[]): Html => html`
<p><strong>${all.length === 1 ? 'One question' : `${all.length} questions`} of this kind ${all.length === 1 ? 'is' : 'are'} open:</strong></p>
<ul class="alike">${all.map((one) => html`<li><label><input type="checkbox" name="ticked" value="${pickOf(one)}"> ${headlineOf(one)}</label><input type="hidden" name="all" value="${pickOf(one)}">${inDetail(one)}</li>`)}</ul>
<div class="choice">
<button name="verdict" value="approve-all" class="go">Approve all ${all.length}<small>carried out at once</small></button>
<button name="verdict" value="decline-all">Decline all ${all.length}<small>nothing is done</small></button>
<button name="verdict" value="approve-ticked">Approve the ticked<small>the others stay open</small></button>
<button name="verdict" value="decline-ticked">Decline the ticked<small>the others stay open</small></button>
</div>`;

/** Nobody says yes to all who could not see what each of them does. */
const inDetail = ({ description }: Action): Html =>
  description === null
    ? html``
    : html`<details><summary>What it changes, and whom it touches</summary>
${[...description.changes, ...description.affected, description.undo].map((text) => html`<p>${text}</p>`)}
</details>`;

/** Below what is settled: the questions of the same kind that are not. */
const stillOpen = (view: View): Html =>
  view.alike.length === 0 ? html`` : form(view, 'Still open', several(view.alike));

/** Where more than one person has to agree: who has said what. */
const tally = ({ action: { approval }, names }: View): Html => {
  if (!approval || approval.required === 1) return html``;
  const said = approval.votes.map(({ by, verdict }) => `${names[by] ?? by} ${verdict} it`);
  return html`<p class="tally"><strong>${approval.required} people have to approve.</strong> ${said.length === 0 ? 'Nobody has answered yet.' : `${said.join(', ')}.`}</p>`;
};

/** What was odd about the ladder when the question was put: rungs that were skipped, and why. */
const oddAboutIt = ({ action: { approval } }: View): Html =>
  html`${(approval?.notes ?? []).map((note) => html`<p class="tally">${unlinked(note)}.</p>`)}`;

/** What one may do instead of deciding. Closed, so that the two buttons stay the first thing. */
const otherwise = ({ action: { approval }, couldTake }: View): Html => html`
<details>
<summary>Not now, or not you?</summary>
${approval?.acknowledged ? '' : html`<p><button name="verdict" value="acknowledge" class="small">I am on it</button> Nobody else is asked; the time goes on.</p>`}
${approval && approval.moreTimeMinutes > 0 && !approval.moreTime ? html`<p><button name="verdict" value="more-time" class="small">${span(approval.moreTimeMinutes)} more</button> Once, for everybody.</p>` : ''}
${couldTake.length === 0 ? '' : html`<p><label for="to">Hand it to</label> <select id="to" name="to">${couldTake.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select> <button name="verdict" value="hand-over" class="small">Hand over</button></p>`}
</details>`;

export function reviewPage(view: View): Html {
  const { action, incident, person, names } = view;
  return shell(
    'Keep, extend or reverse',
    html`
<header>
<p class="kicker">${person}, ${action.status === 'reversal-failed' ? 'this could not be undone' : 'this is in force'}</p>
<h1>${headlineOf(action)}</h1>
${deadline(view)}
</header>
<section aria-labelledby="since">
<h2 id="since">Since then</h2>
<p>In force since ${utc(action.appliedAt)}. ${decidedBy(action, names) || 'Policy allowed it without a person.'}</p>
<p>${seenSince(incident, action)}</p>
${lastLook(action)}
</section>
${form(
  view,
  'Your decision',
  html`<input type="hidden" name="extensions" value="${action.extensions}">
<div class="choice wide">
${mayExtend(action, view) ? extendButton(action) : ''}
<button name="review" value="reverse">Reverse now<small>undone at once</small></button>
<button name="review" value="keep">${action.status === 'kept' ? 'Keep on' : 'Keep'}<small>no end, in your name</small></button>
</div>`,
)}
${action.status === 'in-force' && !mayExtend(action, view) ? html`<p class="quiet">It was extended ${action.extensions} times; policy allows no more.</p>` : ''}
${facts(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}

/** What the reminder saw of the target: pages look nowhere themselves. */
function lastLook({ history }: Action): Html {
  const look = history.findLast(({ event }) => event === 'looked');
  return look
    ? html`<p>Looked at ${utc(look.at)}: <bdi>${oneLine(look.text, 500)}</bdi>.</p>`
    : html``;
}

/** For a manager, when nobody answered in time. */
export function anewPage(view: View): Html {
  const { action, person, names } = view;
  const asked = action.approval ? peopleAsked(action.approval).map(({ name }) => name) : [];
  return shell(
    'Ask again',
    html`
<header>
<p class="kicker">${person}, nobody decided about this in time</p>
<h1>${headlineOf(action)}</h1>
<p class="clock"><strong>Nothing was done.</strong> Asked were ${asked.join(', ') || 'none'}. ${decidedBy(action, names)}</p>
</header>
${form(
  view,
  'Your decision',
  html`<div class="choice wide"><button class="go">Ask again<small>fresh facts, a new clock, the people on call now</small></button></div>`,
)}
${facts(view)}
${byHand(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}

/** For whoever decides whether shadow mode was right often enough. */
export function judgePage(view: View): Html {
  const { action, person, names } = view;
  return shell(
    'Right or wrong',
    html`
<header>
<p class="kicker">${person}, shadow mode recorded this</p>
<h1>${headlineOf(action)}</h1>
<p class="clock"><strong>Nothing was done.</strong> Would it have been right? ${judgedBy(action, names)}</p>
</header>
${form(
  view,
  'Your judgement',
  html`<div class="choice">
<button name="judgement" value="right" class="go">Right<small>it should have been done</small></button>
<button name="judgement" value="wrong">Wrong<small>it should not</small></button>
</div>
<label for="note">Why, for the record (optional)</label>
<textarea id="note" name="note" rows="2" maxlength="300" autocomplete="off"></textarea>`,
)}
${facts(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}

const extendButton = ({ durationMinutes, dueAt }: Action): Html => {
  const minutes = durationMinutes ?? 0;
  const until = utc(new Date(Date.parse(dueAt ?? '') + minutes * 60_000));
  return html`<button name="review" value="extend" class="go">Extend by ${span(minutes)}<small>until ${until}</small></button>`;
};

function deadline({ action, now }: View): Html {
  const { status, dueAt } = action;
  if (status === 'kept')
    return html`<p class="clock"><strong>Kept.</strong> It stays until somebody reverses it.</p>`;
  if (status === 'reversal-failed')
    return html`<p class="clock"><strong>It should have been undone</strong> and is still there, as far as we know.</p>`;
  return html`<p class="clock"><strong>Undone in ${timeLeft(dueAt, now)}</strong> at ${utc(dueAt)}, unless you extend or keep it.</p>`;
}

/** Where it stands: after a form, when the way goes on, and for a link whose question is settled. */
export function standingPage(
  view: View,
  { title, text, tone }: Standing,
  { answered }: { answered: boolean },
): Html {
  return shell(
    title,
    html`
<header>
<p class="kicker">${view.person}</p>
<h1 class="${tone}">${title}</h1>
<p class="result">${text}</p>
${answered ? html`<p><a href="${view.path}">See how it stands now</a></p>` : ''}
</header>
${stillOpen(view)}
<h2 class="about">${headlineOf(view.action)}</h2>
${facts(view)}
${byHand(view)}
${evidence(view)}
${machinesWords(view)}
${record(view)}`,
  );
}

/** A page about no action: it tells nothing to whom the link does not belong. */
export const noticePage = (title: string, text: string, back?: string): Html =>
  shell(
    title,
    html`<header><h1>${title}</h1><p class="result">${text}</p>${back ? html`<p><a href="${back}">Back to the question</a></p>` : ''}</header>`,
  );

/** Minutes as of now; the page does not count down by itself, so the hour stands beside it. */
function timeLeft(until: string | null, now: Date): string {
  const minutes = (Date.parse(until ?? '') - now.getTime()) / 60_000;
  return minutes < 1 ? 'under 1 min' : span(Math.floor(minutes));
}
