// A log that writes JSON lines, which Lambda stores unchanged.
import type { Env } from '../domain/env.ts';
import { harmless } from '../domain/wording.ts';
import { errorFields, type Log } from './log.ts';

/**
 * The log of one function. Each line names the function and, as `xray_trace_id`, its request. The alarms in infra read
 * `message`; Lambda's own log levels read `level` and `timestamp`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export const createLog =
  (service: string, env: Env): Log =>
  (level, message, fields) => {
    const line = {
      level: level.toUpperCase(),
      message,
      timestamp: new Date().toISOString(),
      service,
      xray_trace_id: traceIn(env),
    };
    // First for people who read the line, and last so that no field takes their place.
    process.stdout.write(`${JSON.stringify({ ...line, ...fields, ...line }, readable)}\n`);
  };

/** Lambda sets the variable before each invocation. */
const traceIn = (env: Env): string | undefined =>
  /Root=([^;]+)/.exec(env._X_AMZN_TRACE_ID ?? '')?.[1];

/** JSON has no form for errors and large integers. A line must never be lost because of one field. */
function readable(_key: string, value: unknown): unknown {
  if (value instanceof Error) return errorFields(value);
  // People read the log in a terminal, too.
  if (typeof value === 'string') return harmless(value);
  return typeof value === 'bigint' ? String(value) : value;
}
