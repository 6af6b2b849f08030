// Writes the OpenAPI document of the API from its routes and schemas.
import * as z from 'zod/mini';
import { MAX_SEARCH, SEVERITIES, TIMES, VIEWS } from '../console/list/query.ts';
import { ROUTES, type Route } from './routes.ts';
import { Problem } from './schemas.ts';
import { DOCUMENT } from './texts.ts';

/** JSON Schemas of the query parameters that have a fixed set of values or a limit. */
const PARAMETERS: Readonly<Record<string, object>> = {
  view: { enum: VIEWS },
  severity: { enum: SEVERITIES },
  time: { enum: Object.keys(TIMES) },
  q: { maxLength: MAX_SEARCH },
};

const json = (schema: z.ZodMiniType, description: string) => {
  const { $schema: _, ...content } = z.toJSONSchema(schema);
  return { description, content: { 'application/json': { schema: content } } };
};

const parameter = (name: string, where: 'query' | 'path') => ({
  ...{ name, in: where, required: where === 'path' },
  schema: { type: 'string', ...PARAMETERS[name] },
});

const operation = ({ id, path, summary, query, answer }: Route) => ({
  get: {
    operationId: id,
    summary,
    parameters: [
      ...(path.includes('{id}') ? [parameter('id', 'path')] : []),
      ...query.map((name) => parameter(name, 'query')),
    ],
    responses: {
      200: json(answer, summary),
      default: json(Problem, 'The request was not answered.'),
    },
  },
});

export const openApi = () => ({
  openapi: '3.1.0',
  info: { ...DOCUMENT, version: '1' },
  security: [{ token: [] }],
  paths: Object.fromEntries(Object.values(ROUTES).map((route) => [route.path, operation(route)])),
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
});
