// Decides whether a reader sees the stop button.
import type { Context } from 'hono';
import { may } from '../../policy/may.ts';
import type { ConsoleDeps, ConsoleReader } from './deps.ts';

/** The path of the page to which a halt leads back; null for a reader who may not halt. */
export const haltPathOf = (
  { policy }: Pick<ConsoleDeps, 'policy'>,
  c: Context,
  { id }: ConsoleReader,
): string | null => {
  if (!may(policy.escalation.people[id], 'halt')) return null;
  return c.req.method === 'GET' ? c.req.path : '/console';
};
