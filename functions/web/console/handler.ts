// Lambda entry of `console`, behind the HTTP API.
import { handle } from 'hono/aws-lambda';
import { consoleDeps } from './deps.ts';
import { createConsole } from './site.ts';

export const handler = handle(createConsole(consoleDeps(process.env)));
