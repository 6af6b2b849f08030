// Why an analysis failed, in one line that may be shown to people and logged.
import * as z from 'zod';
import { oneLine } from '../domain/wording.ts';

const MAX_LENGTH = 1000;
const MAX_CAUSES = 4;

/** Anthropic's keys, and the session token that AWS repeats when it refuses a signature: neither may reach a ticket. */
const SECRETS = /\bsk-ant-[\w-]+|(?<=x-amz-security-token["'\\]*\s*:\s*["'\\]*)[^\s'"\\]+/gi;

export function reasonOf(error: unknown): string {
  const said: string[] = [];
  for (let one = error; one !== undefined && said.length < MAX_CAUSES; one = causeOf(one))
    said.push(textOf(one));
  return oneLine(said.join(' < ').replaceAll(SECRETS, '(withheld)'), MAX_LENGTH);
}

function textOf(error: unknown): string {
  if (error instanceof z.ZodError)
    return `the answer is not an analysis: ${z.prettifyError(error)}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${typeof error}`;
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
