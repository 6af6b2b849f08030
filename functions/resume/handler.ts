// Lambda entry of `resume`, behind the HTTP API.
import { handle } from 'hono/aws-lambda';
import { resumeDeps } from './deps.ts';
import { createResume } from './resume.ts';

export const handler = handle(createResume(resumeDeps(process.env)));
