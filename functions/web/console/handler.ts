// Lambda entry of `console`, behind the HTTP API.
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { compress } from 'hono/compress';
import { consoleDeps } from './deps.ts';
import { createConsole } from './site.ts';

const site = createConsole(consoleDeps(process.env));
/** Lambda returns at most 6 MB, which the export of a large incident can exceed unless it is compressed. */
const app = new Hono().use(compress({ encoding: 'gzip' })).all('*', (c) => site.fetch(c.req.raw));

export const handler = handle(app);
