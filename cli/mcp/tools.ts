// The tools of the MCP server: one for each route of the API. None writes.
import * as z from 'zod/mini';
import { IncidentId } from '../../functions/domain/action.ts';
import { ROUTES, type Route } from '../../functions/web/api/routes.ts';
import { SEVERITIES, TIMES, VIEWS } from '../../functions/web/console/list/query.ts';

export type Tool = {
  name: string;
  route: Route;
  /** Strict, so that a misspelt argument is an error and not a wider answer. */
  input: z.ZodMiniType<Record<string, string | undefined>>;
};

const text = z.string().check(z.maxLength(100));
const Filters = z.strictObject({
  view: z.optional(z.enum(VIEWS)),
  q: z.optional(text),
  severity: z.optional(z.enum(SEVERITIES)),
  time: z.optional(z.enum(Object.keys(TIMES) as (keyof typeof TIMES)[])),
  after: z.optional(text),
  older: z.optional(text),
});
const OneIncident = z.strictObject({ id: IncidentId });

export const TOOLS: readonly Tool[] = [
  { name: 'list_incidents', route: ROUTES.incidents, input: Filters },
  { name: 'read_incident', route: ROUTES.incident, input: OneIncident },
  { name: 'read_report', route: ROUTES.report, input: OneIncident },
  { name: 'list_effects', route: ROUTES.effects, input: z.strictObject({}) },
];

/** The path of the API with these arguments. */
export function pathOf({ path }: Route, { id, ...query }: Record<string, string | undefined>) {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
  return path.replace('{id}', encodeURIComponent(id ?? '')) + search;
}
