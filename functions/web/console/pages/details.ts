// Evidence, rules, messages, record, entities and notes of an incident.
import { html } from 'hono/html';
import type { Action } from '../../../domain/action.ts';
import { oneLine, truncate, utc } from '../../../domain/wording.ts';
import { headlineOf, recommended, sentence } from '../../../messaging/texts/action-line.ts';
import {
  actorInWords,
  eventInWords,
  textInWords,
  withoutIds,
} from '../../../messaging/texts/labels.ts';
import type { Point } from '../../../messaging/texts/looked-up.ts';
import { KINDS, roleOf } from '../../../messaging/texts/phrases.ts';
import type { Html } from '../../../site/page.ts';
import { MAX_NOTE } from '../../../store/notes.ts';
import { evidenceOf } from '../evidence.ts';
import type { IncidentView } from '../incident-view.ts';
import { listUrl, MAX_SEARCH } from '../list/query.ts';
import { ruleName } from '../rule-names.ts';
import { ALLOWED, INCIDENT } from '../texts.ts';
import { type Icon, icon } from './icons.ts';

const data = (text: string, most = 600): Html => html`<bdi>${oneLine(text, most)}</bdi>`;

export function evidence(view: IncidentView): Html {
  const { supports, contradicts, unknown } = evidenceOf(view);
  const readAt = view.worst?.facts?.readAt;
  return html`<section class="block" aria-labelledby="evidence"><div class="head"><h2 id="evidence">${INCIDENT.evidence}</h2>${readAt ? html`<span class="quiet">${INCIDENT.readAt(readAt, view.now)}</span>` : ''}</div>
<div class="panel three">${column('plus', INCIDENT.supports, supports)}${column('minus', INCIDENT.contradicts, contradicts)}${column('question', INCIDENT.unknown, unknown)}</div></section>`;
}

const column = (name: Icon, title: string, points: readonly Point[]): Html =>
  html`<section class="ev"><h3>${icon(name)}${title} <span class="num">${points.length}</span></h3>${
    points.length === 0
      ? html`<p class="quiet">${INCIDENT.none}</p>`
      : html`<ul>${points.map(({ text, from }) => html`<li>${data(text)}<small>${data(from)}</small></li>`)}</ul>`
  }</section>`;

export const details = (view: IncidentView): Html =>
  html`<section class="block" aria-label="${INCIDENT.details}"><div class="panel">${rules(view)}${messages(view)}${analysis(view)}${record(view)}</div></section>`;

const fold = (title: string, more: string, inner: Html): Html =>
  html`<details class="fold"><summary>${title} <span class="more">${more}</span></summary><div class="in">${inner}</div></details>`;

/**
 * The most that a page shows of an incident. Lambda returns at most 6 MB, and an attacker decides how many alerts there
 * are. The JSON export has all.
 */
const MOST = { ruled: 20, messages: 100, entries: 200, notes: 50 } as const;

/** Says how many are left out, if any. */
const onlyLatest = (shown: number, all: number): Html =>
  all > shown ? html`<p class="sub">${INCIDENT.onlyLatest(shown, all)}</p>` : html``;

/** For each action, what the rules allow and why and, folded, those that passed. The JSON export has their inputs. */
function rules({ actions }: IncidentView): Html {
  if (actions.length === 0) return html``;
  const most = Math.max(...actions.map(({ considered }) => considered.length));
  return fold(
    INCIDENT.rules,
    INCIDENT.rulesCount(most),
    html`${onlyLatest(MOST.ruled, actions.length)}${alike(actions.slice(-MOST.ruled)).map(ruled)}`,
  );
}

/** Actions that the rules answered with the same words. A flood of alerts repeats the same proposal. */
const alike = (actions: readonly Action[]): Action[][] => [
  ...Map.groupBy(actions, (one) =>
    [headlineOf(one), one.disposition, ...one.reasons.map(({ text }) => text)].join('\n'),
  ).values(),
];

function ruled([action, ...others]: Action[]): Html {
  if (!action) return html``;
  const { considered, disposition, reasons } = action;
  const passed = considered.filter(({ verdict }) => verdict === null);
  const { icon: name, word } = ALLOWED[disposition];
  const why = reasons.map(({ text }) => sentence(withoutIds(text, action)));
  return html`<h3>${headlineOf(action)}${others.length > 0 ? html` <span class="quiet num">${INCIDENT.times(others.length + 1)}</span>` : ''}</h3>
<ul class="rows"><li>${icon(name)}<span>${word}${why.map((text) => html`<small>${data(text)}</small>`)}</span></li></ul>
<details><summary class="small">${INCIDENT.rulesPassed(passed.length)}</summary><p class="sub">${passed.map(({ rule }) => ruleName(rule)).join(', ')}</p></details>`;
}

const MESSAGES: readonly string[] = [
  'asked',
  'told',
  'told-earlier',
  'reminded',
  'not-reached',
  'email-failed',
  'slack-failed',
  'channel-failed',
  'not-woken',
  'telling',
];

function messages({ actions, now }: IncidentView): Html {
  const sent = actions
    .flatMap((action) => action.history.map((entry) => ({ action, entry })))
    .filter(({ entry }) => MESSAGES.includes(entry.event))
    .toSorted((a, b) => (a.entry.at < b.entry.at ? -1 : 1));
  if (sent.length === 0) return html``;
  return fold(
    INCIDENT.messages,
    INCIDENT.messagesCount(sent.length),
    html`${onlyLatest(MOST.messages, sent.length)}<ul class="rows">${sent
      .slice(-MOST.messages)
      .map(
        ({ action, entry }) =>
          html`<li>${icon(entry.event.startsWith('not') ? 'fail' : 'done')}<span>${data(entry.text)}<small>${headlineOf(action)}</small></span><span class="quiet small"><time datetime="${entry.at}">${utc(entry.at, now)}</time></span></li>`,
      )}</ul>`,
  );
}

function analysis({ worst }: IncidentView): Html {
  const assessment = worst?.assessment;
  if (!assessment) return html``;
  const { verdict, summary, origin, model, failure, recommendations } = assessment;
  const entityOf = (ref: string) => worst.alert.entities.find((one) => one.ref === ref);
  const nameOf = (ref: string) => oneLine(entityOf(ref)?.value ?? ref, 120);
  const kindOf = (ref: string) => entityOf(ref)?.kind ?? null;
  const by = origin === 'playbook' || failure ? 'the playbook' : (model ?? origin);
  return fold(
    INCIDENT.analysis(by),
    verdict,
    html`<p class="sub">${INCIDENT.analysisWarning}</p><p>${data(summary, 2000)}</p>${failure ? html`<p class="sub">${data(failure)}</p>` : ''}
<ul class="rows">${recommendations.map(({ action, target, confidence, reasoning }) => html`<li>${icon('step')}<span>${data(recommended(action, nameOf(target), kindOf(target)), 200)}<small>${data(reasoning, 2000)}</small></span><span class="quiet small">${confidence} of 100</span></li>`)}</ul>`,
  );
}

function record({ incident, actions, names, now }: IncidentView): Html {
  const entries = [
    ...incident.history.map((entry) => ({ action: null, entry })),
    ...actions.flatMap((action) => action.history.map((entry) => ({ action, entry }))),
  ].toSorted((a, b) => (a.entry.at < b.entry.at ? -1 : 1));
  return fold(
    INCIDENT.audit,
    INCIDENT.auditCount(entries.length),
    html`${onlyLatest(MOST.entries, entries.length)}<ol class="tlist">${entries
      .slice(-MOST.entries)
      .map(
        ({ action, entry }) =>
          html`<li><time datetime="${entry.at}">${utc(entry.at, now)}</time><span class="quiet">${eventInWords(entry)}</span><span>${data(action ? headlineOf(action) : INCIDENT.itself, 120)}: ${data(textInWords(entry, action, now), 300)} <small class="quiet">${INCIDENT.by(actorInWords(entry.by, names))}</small></span></li>`,
      )}</ol>`,
  );
}

const MAX_ENTITIES = 12;

export function entities({ worst }: IncidentView): Html {
  const named = (worst?.alert.entities ?? []).filter(({ kind }) => kind !== 'alert');
  if (named.length === 0) return html``;
  return html`<section aria-labelledby="entities"><div class="head"><h2 id="entities">${INCIDENT.entities}</h2><span class="quiet num">${named.length}</span></div><div class="panel pad"><dl class="facts">${named
    .slice(0, MAX_ENTITIES)
    .map(
      (one) =>
        html`<dt>${KINDS[one.kind]}</dt><dd><a class="mono" href="${listUrl({ q: truncate(one.value, MAX_SEARCH) })}">${data(one.value, 120)}</a><div class="quiet small">${roleOf(one)}</div></dd>`,
    )}</dl></div></section>`;
}

export const notes = ({ incident, notes: written, names, now, mayNote }: IncidentView): Html =>
  html`<section class="block" aria-labelledby="notes"><div class="head"><h2 id="notes">${INCIDENT.notes}</h2><span class="quiet num">${written.length}</span></div><div class="panel pad">${onlyLatest(MOST.notes, written.length)}${written
    .slice(-MOST.notes)
    .map(
      ({ at, by, text }) =>
        html`<p class="note"><bdi>${text}</bdi></p><p class="quiet small">${INCIDENT.noteBy(names[by] ?? by, at, now)}</p>`,
    )}${
    mayNote
      ? html`<form method="post" action="/console/incident/${incident.incidentId}/notes" class="noteform"><label for="note" class="vh">${INCIDENT.addNote}</label><textarea id="note" name="text" rows="2" maxlength="${MAX_NOTE}" required placeholder="${INCIDENT.addNote}"></textarea><button class="btn">${INCIDENT.saveNote}</button></form>`
      : ''
  }</div></section>`;
