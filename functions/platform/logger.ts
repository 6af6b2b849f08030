// A log that writes JSON lines with the Powertools Logger.
import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from './log.ts';

/** The log of one function. Every line carries the function's name. */
export function createLog(serviceName: string): Log {
  const logger = new Logger({ serviceName });
  return (level, message, fields) => logger[level](message, fields);
}
