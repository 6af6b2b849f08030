// Lambda entry of `api`, behind the HTTP API.
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { compress } from 'hono/compress';
import { createApi } from './api.ts';
import { apiDeps } from './deps.ts';

const api = createApi(apiDeps(process.env));
/** Lambda returns at most 6 MB, which a large incident can exceed unless it is compressed. */
const app = new Hono().use(compress({ encoding: 'gzip' })).all('*', (c) => api.fetch(c.req.raw));

export const handler = handle(app);
