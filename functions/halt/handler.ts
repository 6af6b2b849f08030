// Lambda entry of `halt`, behind the HTTP API.
import { handle } from 'hono/aws-lambda';
import { haltDeps } from './deps.ts';
import { createHalt } from './halt.ts';

export const handler = handle(createHalt(haltDeps(process.env)));
