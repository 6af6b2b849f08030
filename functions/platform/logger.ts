// Powertools' Logger as our Log: one JSON line per event, with the fields beside the message.
import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from './log.ts';

/** The log of one function; its name is on every line. */
export function createLog(serviceName: string): Log {
  const logger = new Logger({ serviceName });
  return (level, message, fields) => logger[level](message, fields);
}
