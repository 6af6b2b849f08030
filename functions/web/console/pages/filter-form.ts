// The form of the list's filters, and the filters that are set.
import { html } from 'hono/html';
import type { Summary } from '../../../domain/summary.ts';
import type { Html } from '../../../site/page.ts';
import { groupOf } from '../list/filter.ts';
import { type Field, type ListQuery, listUrl, SEVERITIES, TIMES } from '../list/query.ts';
import { FILTERS, kindName, LIST, TIME_NAMES, typeName } from '../list/texts.ts';

type Option = { value: string; name: string };
type Filter = { field: Field; label: string; any: string; options: readonly Option[] };

const sorted = (values: Iterable<string>, name: (value: string) => string): Option[] =>
  [...new Set(values)]
    .map((value) => ({ value, name: name(value) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Offers only the types and kinds that occur. */
const filtersOf = (
  summaries: readonly Summary[],
  people: Readonly<Record<string, { name: string }>>,
): Filter[] => [
  {
    field: 'severity',
    ...FILTERS.severity,
    options: SEVERITIES.map((value) => ({ value, name: FILTERS.severity.name(value) })),
  },
  {
    field: 'type',
    ...FILTERS.type,
    options: sorted(
      summaries.flatMap(({ types }) => types.map(groupOf)),
      typeName,
    ),
  },
  {
    field: 'entity',
    ...FILTERS.entity,
    options: sorted(
      summaries.flatMap(({ entities }) => entities.map(({ kind }) => kind)),
      kindName,
    ),
  },
  {
    field: 'by',
    ...FILTERS.by,
    options: sorted(Object.keys(people), (id) => people[id]?.name ?? id),
  },
  {
    field: 'time',
    ...FILTERS.time,
    options: Object.keys(TIMES).map((value) => ({
      value,
      name: TIME_NAMES[value as keyof typeof TIMES],
    })),
  },
];

export function filterForm(
  query: ListQuery,
  summaries: readonly Summary[],
  people: Readonly<Record<string, { name: string }>>,
): Html {
  const filters = filtersOf(summaries, people);
  const set = filters.filter(({ field }) => query[field] !== undefined);
  const hidden = (['view', 'older'] as const).filter((field) => query[field] !== undefined);
  return html`<form class="find" method="get" action="/console" role="search">
${hidden.map((field) => html`<input type="hidden" name="${field}" value="${query[field]}">`)}
<label class="box"><span class="vh">${LIST.search}</span><input type="search" name="q" maxlength="100" value="${query.q ?? ''}" placeholder="${LIST.searchHint}"></label>
<button class="btn">${LIST.apply}</button>
<details class="filters"${set.length > 0 ? html` open` : ''}><summary class="btn">${set.length > 0 ? LIST.filtersOn(set.length) : LIST.filters}</summary><div class="fields">
${filters.map((one) => select(one, query[one.field]))}
</div></details></form>
${chips(query, set)}`;
}

const select = ({ field, label, any, options }: Filter, chosen: string | undefined): Html =>
  html`<label>${label}<select name="${field}"><option value="">${any}</option>${options.map(({ value, name }) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${name}</option>`)}</select></label>`;

/** Each filter that is set, with a link that removes it. */
function chips(query: ListQuery, set: readonly Filter[]): Html {
  if (set.length === 0 && !query.q) return html``;
  const chip = (field: Field, text: string) =>
    html`<a class="chip" href="${listUrl(query, { [field]: null })}"><b>${text}</b> ×<span class="vh">${LIST.remove}</span></a>`;
  return html`<div class="chips">${query.q ? chip('q', `“${query.q}”`) : ''}${set.map(({ field, label, options }) => chip(field, `${label}: ${options.find(({ value }) => value === query[field])?.name ?? query[field]}`))}<a href="${listUrl(query.view ? { view: query.view } : {})}">${LIST.clear}</a></div>`;
}
