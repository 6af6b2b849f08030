// The list of incidents: urgent ones, filters, and the rows of one page.
import { html } from 'hono/html';
import { openIn, type Summary, stateOf } from '../../../domain/summary.ts';
import { capitalised } from '../../../domain/wording.ts';
import type { Html } from '../../../site/page.ts';
import { severityBadge } from '../../pages/severity.ts';
import { type Listed, listed, needingPerson } from '../list/filter.ts';
import { listUrl, type ReadQuery, VIEWS } from '../list/query.ts';
import type { Read } from '../list/read.ts';
import { nameIn, namesOf, nextOf } from '../list/sentences.ts';
import { EXPECTED, IGNORED, LIST, STATE_ICONS, stateName, VIEW_NAMES } from '../list/texts.ts';
import { inTime } from '../moments.ts';
import { filterForm } from './filter-form.ts';
import type { ConsolePage } from './frame.ts';
import { icon } from './icons.ts';
import { liveParts } from './live.ts';
import { unreadableList } from './unreadable.ts';

/** Maximum number of incidents above the list that need a person. A link leads to the others. */
const MAX_NEEDING = 4;
const MAX_ENTITIES = 3;
const MAX_ORDERS = 2;

export type ListView = {
  read: Read;
  asked: ReadQuery;
  revision: string;
  /** Whether the records hold an open question or a failed undo. The summaries may be older. */
  isNeeded: boolean;
  /** People of policy, by ID. */
  people: Readonly<Record<string, { name: string }>>;
  now: Date;
};

export function listPage({ read, asked, revision, isNeeded, people, now }: ListView): ConsolePage {
  const { query, invalid } = asked;
  const found = listed(read.summaries, query, now);
  return {
    title: LIST.title,
    current: 'incidents',
    revision,
    body: html`${liveParts(now)}
<div id="content"><h1 class="vh">${LIST.title}</h1>
${needing(read.summaries, isNeeded, now)}
<section class="block" aria-labelledby="inc"><h2 id="inc" class="vh">${LIST.title}</h2>
${invalid.length > 0 ? html`<div class="notice bad" role="alert">${IGNORED} ${invalid.map((field) => EXPECTED[field]).join('. ')}.</div>` : ''}
<nav class="views" aria-label="${LIST.views}">${VIEWS.map((view) => viewLink(view, found, asked))}</nav>
${filterForm(query, read.summaries, people)}
${rows(found, read, now)}
${pager(found, asked)}
${older(read, asked)}
${unreadableList(read.unreadable)}</section></div>`,
  };
}

function needing(summaries: readonly Summary[], isNeeded: boolean, now: Date): Html {
  const all = needingPerson(summaries, now);
  const questions = all.flatMap((one) => openIn(one, now)).length;
  const isFailed = (one: Summary) => stateOf(one, now) === 'undo-failed';
  const failed = all.filter(isFailed).length;
  const asking = all.filter((one) => openIn(one, now).length > 0).length;
  const rest = all.length - MAX_NEEDING;
  return html`<section aria-labelledby="waiting"><div class="head"><h2 id="waiting">${LIST.needs}</h2><span class="quiet">${LIST.needsCount(questions, asking, failed)}</span></div>
${
  all.length === 0
    ? html`<p class="quiet">${isNeeded ? LIST.needsUnlisted : LIST.needsNone}</p>`
    : html`<div class="panel asklist">${all.slice(0, MAX_NEEDING).map((one) => (isFailed(one) ? failedUndo(one, now) : question(one, now)))}
${rest > 0 ? html`<a class="morelink" href="${listUrl({ view: failed > MAX_NEEDING ? 'undo-failed' : 'waiting' })}">${LIST.moreNeeds(rest)}</a>` : ''}</div>`
}</section>`;
}

const pageOf = ({ incidentId }: Summary): string => `/console/incident/${incidentId}`;

function question(summary: Summary, now: Date): Html {
  const open = openIn(summary, now);
  const [first] = open;
  const orders = open.slice(0, MAX_ORDERS).map(({ order }) => capitalised(order));
  const who = first?.takenBy
    ? LIST.taken(nameIn(summary, first.takenBy))
    : LIST.asked(namesOf(summary, first?.asked ?? [], 'and'));
  return html`<div class="ask wait">${severityBadge(summary.severity)}<div class="main"><h3><a href="${pageOf(summary)}"><bdi>${summary.title}</bdi></a></h3><ul>${orders.map((one) => html`<li><bdi>${one}</bdi></li>`)}</ul></div>
<div class="time"><span class="left wait">${icon('wait')}<span><span data-until="${first?.expiresAt}">${inTime(first?.expiresAt ?? '', now)}</span> left</span></span>${first && (first.takenBy || first.asked.length > 0) ? html`<small class="quiet">${who}</small>` : ''}</div>
<div class="go"><a class="btn primary" href="${pageOf(summary)}/decide">${LIST.review(open.length)}<span class="vh">: ${summary.title}</span></a></div></div>`;
}

function failedUndo(summary: Summary, now: Date): Html {
  const [first] = summary.effects;
  const since = first?.dueAt;
  const isOverdue = since !== null && since !== undefined && Date.parse(since) < now.getTime();
  const overdue = isOverdue ? LIST.overdue(inTime(now.toISOString(), new Date(since))) : '';
  return html`<div class="ask broken">${severityBadge(summary.severity)}<div class="main"><h3><a href="${pageOf(summary)}"><bdi>${LIST.undoFailed(summary.title)}</bdi></a></h3><ul>${first ? html`<li><bdi>${LIST.toUndo(first.order)}</bdi></li>` : ''}</ul></div>
<div class="time"><span class="left">${icon('fail')}${overdue || VIEW_NAMES['undo-failed']}</span></div>
<div class="go"><a class="btn" href="${pageOf(summary)}">${LIST.commands}<span class="vh">: ${summary.title}</span></a></div></div>`;
}

function viewLink(view: (typeof VIEWS)[number], { counts }: Listed, { query }: ReadQuery): Html {
  const isCurrent = (query.view ?? 'all') === view;
  const isBad = view === 'undo-failed' && counts[view] > 0;
  return html`<a class="${isBad ? 'bad' : ''}" href="${listUrl(query, { view })}"${isCurrent ? html` aria-current="page"` : ''}>${VIEW_NAMES[view]}<span class="num">${counts[view]}</span></a>`;
}

function rows(found: Listed, { summaries }: Read, now: Date): Html {
  const { open, closed } = found;
  if (summaries.length === 0)
    return html`<div class="panel pad"><b>${LIST.empty.title}</b><p class="sub">${LIST.empty.text}</p></div>`;
  if (open.length + closed.length === 0)
    return html`<div class="panel pad"><p>${LIST.noMatch} <a href="/console">${LIST.clear}</a></p></div>`;
  const { columns } = LIST;
  return html`<div class="panel"><table role="table" class="table list"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col" class="w-sev">${columns.severity}</th><th role="columnheader" scope="col">${columns.incident}</th><th role="columnheader" scope="col" class="w-state">${columns.state}</th><th role="columnheader" scope="col" class="w-next">${columns.next}</th><th role="columnheader" scope="col" class="right w-age">${columns.updated}</th></tr></thead>
${group(LIST.openGroup, LIST.worstFirst, open, '', now)}
${group(LIST.closedGroup, LIST.newestFirst, closed, 'shut', now)}</table></div>`;
}

const group = (
  title: string,
  order: string,
  shown: readonly Summary[],
  tone: string,
  now: Date,
): Html =>
  shown.length === 0
    ? html``
    : html`<tbody role="rowgroup"><tr role="row" class="group"><th role="rowheader" scope="rowgroup" colspan="5">${title} <span class="quiet">${order}</span></th></tr>
${shown.map((one) => row(one, tone, now))}</tbody>`;

function row(summary: Summary, tone: string, now: Date): Html {
  const questions = openIn(summary, now).length;
  const name = STATE_ICONS[stateOf(summary, now)];
  const entities = summary.entities.slice(0, MAX_ENTITIES).map(({ value }) => value);
  return html`<tr role="row" class="${tone}"><td role="cell" class="c-sev">${severityBadge(summary.severity)}</td><td role="cell" class="c-main"><a class="title" href="${pageOf(summary)}"><bdi>${summary.title}</bdi></a><div class="ents"><bdi>${entities.join(' · ')}</bdi></div></td><td role="cell" class="c-state"><span class="state ${name}">${icon(name)}${stateName(summary, questions, now)}</span></td><td role="cell" class="c-next next"><bdi>${nextOf(summary, now)}</bdi></td><td role="cell" class="c-age right quiet"><span data-since="${summary.updatedAt}">${age(summary.updatedAt, now)}</span><span class="vh">${LIST.ago}</span></td></tr>`;
}

/** As the script writes it. */
export function age(since: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 60_000));
  if (minutes < 1) return '<1 min';
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

/** Pages that the pager names around the current one. */
const AROUND = 2;

function pager({ from, total, pages, open, closed }: Listed, { query }: ReadQuery): Html {
  const shown = open.length + closed.length;
  if (shown === 0) return html``;
  const current = pages.indexOf(query.after ?? null);
  const numbers = pages
    .map((after, i) => ({ after, i }))
    .filter(({ i }) => i === 0 || i === pages.length - 1 || Math.abs(i - current) <= AROUND);
  const link = (after: string | null | undefined, label: string) =>
    after === undefined
      ? html`<span class="btn off" aria-disabled="true">${label}</span>`
      : html`<a class="btn" href="${listUrl(query, { after })}">${label}</a>`;
  return html`<nav class="pager" aria-label="${LIST.pages}"><span>${LIST.range(from + 1, from + shown, total)}</span>${
    pages.length > 1
      ? html`<div class="btns">${link(pages[current - 1], LIST.previous)}${numbers.map(
          ({ after, i }) =>
            i === current
              ? html`<a class="btn" aria-current="page" href="${listUrl(query, { after })}">${i + 1}</a>`
              : link(after, String(i + 1)),
        )}${link(current < 0 ? undefined : pages[current + 1], LIST.next)}</div>`
      : ''
  }</nav>`;
}

/** Says how far the search went, if there are older incidents. */
function older({ more }: Read, { query }: ReadQuery): Html {
  const back = query.older
    ? html` <a href="${listUrl(query, { older: null })}">${LIST.newest}</a>`
    : '';
  if (more === null) return html`${back ? html`<p class="quiet">${back}</p>` : ''}`;
  return html`<p class="quiet">${LIST.searchedTo(more.slice(0, 10))} <a href="${listUrl(query, { older: more })}">${LIST.searchOlder}</a>${back}</p>`;
}
