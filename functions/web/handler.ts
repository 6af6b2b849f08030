// Lambda entry of `web`, behind the HTTP API.
import { handle } from 'hono/aws-lambda';
import { webDeps } from './deps.ts';
import { createWeb } from './web.ts';

export const handler = handle(createWeb(webDeps(process.env)));
