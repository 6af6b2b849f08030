// Describes a failed analysis in one line, without secrets.
import * as z from 'zod/mini';
import { $ZodError } from 'zod/v4/core';
import { oneLine } from '../domain/wording.ts';

const MAX_LENGTH = 1000;
const MAX_CAUSES = 4;

/**
 * Anthropic API keys, and the session token that AWS echoes in signature errors. Neither may reach a ticket or a log.
 */
const SECRETS = /\bsk-ant-[\w-]+|(?<=x-amz-security-token["'\\]*\s*:\s*["'\\]*)[^\s'"\\]+/gi;

/** The error and its causes, the outermost first, joined by ` < `. */
export function reasonOf(error: unknown): string {
  const causes: string[] = [];
  for (let one = error; one !== undefined && causes.length < MAX_CAUSES; one = causeOf(one))
    causes.push(textOf(one));
  return oneLine(causes.join(' < ').replaceAll(SECRETS, '(withheld)'), MAX_LENGTH);
}

function textOf(error: unknown): string {
  if (error instanceof $ZodError) return `the answer failed validation: ${z.prettifyError(error)}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${typeof error}`;
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
