// Reads the compiled policy once, at function start.
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { InvalidInput } from '../domain/errors.ts';
import { Policy } from './policy.ts';

/** Throws InvalidInput if the file is missing or not valid, so that a function never starts without a policy. */
export function readPolicyFile(path: string): Policy {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new InvalidInput(`can't read the policy at ${path}`, { path }, cause);
  }
  const parsed = Policy.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`the policy at ${path} is not valid: ${z.prettifyError(parsed.error)}`, {
    path,
  });
}
