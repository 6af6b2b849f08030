// The filters of the list, from the query of its URL.
import * as z from 'zod/mini';
import { IncidentId } from '../../../domain/action.ts';
import { NamedKind, SeverityLabel } from '../../../domain/alert.ts';

export const VIEWS = [
  'all',
  'waiting',
  'in-force',
  'undo-failed',
  'handed-off',
  'not-done',
  'closed',
] as const;
export type View = (typeof VIEWS)[number];

/** Hours by the value of the field. */
export const TIMES = { '24h': 24, '7d': 7 * 24, '30d': 30 * 24, '90d': 90 * 24 } as const;
export type Time = keyof typeof TIMES;

/** The least severe severities that can be chosen. */
export const SEVERITIES = SeverityLabel.options.filter((one) => one !== 'informational');

export const MAX_SEARCH = 100;

const FIELDS = {
  view: z.enum(VIEWS),
  q: z.string().check(z.trim(), z.maxLength(MAX_SEARCH)),
  severity: z.enum(SEVERITIES),
  type: z.string().check(z.maxLength(60)),
  entity: NamedKind,
  time: z.enum(Object.keys(TIMES) as Time[]),
  by: z.string().check(z.regex(/^[a-z0-9._-]{1,64}$/i)),
  /** Shows the page that follows this incident. */
  after: IncidentId,
  /** Shows incidents that opened before this summary. */
  older: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z#inc-2?[0-9a-z]{16}$/)),
} as const;
export type Field = keyof typeof FIELDS;

export type ListQuery = { [F in Field]?: z.infer<(typeof FIELDS)[F]> };
export type ReadQuery = {
  query: ListQuery;
  /** Fields with invalid values. The list ignores them and names them. */
  invalid: Field[];
};

/** Ignores empty fields, which a form sends for filters without a choice. */
export function readQuery(given: Readonly<Record<string, string>>): ReadQuery {
  const query: Record<string, unknown> = {};
  const invalid: Field[] = [];
  for (const field of Object.keys(FIELDS) as Field[]) {
    const value = given[field];
    if (value === undefined || value === '') continue;
    const parsed = FIELDS[field].safeParse(value);
    if (parsed.success) query[field] = parsed.data;
    else invalid.push(field);
  }
  return { query: query as ListQuery, invalid };
}

/** The list's URL with other values; null leaves a field out. A change of a filter begins at the first page. */
export function listUrl(
  query: ListQuery,
  change: { [F in Field]?: ListQuery[F] | null } = {},
): string {
  const first = 'after' in change ? {} : { after: null };
  const fields = Object.entries({ ...query, ...first, ...change }).flatMap(([field, value]) =>
    value === null || value === undefined || (field === 'view' && value === 'all')
      ? []
      : [[field, value] as [string, string]],
  );
  return fields.length === 0 ? '/console' : `/console?${new URLSearchParams(fields)}`;
}
