// The compiled policy that a function carries: read once, at its start; unreadable means that it does not start.
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { Policy } from './policy.ts';

/** Throws InvalidInput when the file is missing or not a policy: without a policy nothing may be decided. */
export function readPolicyFile(path: string): Policy {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new InvalidInput(`the policy at ${path} cannot be read`, { path }, cause);
  }
  const parsed = Policy.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`the policy at ${path} is not valid: ${z.prettifyError(parsed.error)}`, {
    path,
  });
}
