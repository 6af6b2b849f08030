// Powertools' Logger as our Log: one JSON line per event, with the fields beside the message.
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from './log.ts';

export const loggerAsLog =
  (logger: Pick<Logger, 'info' | 'warn' | 'error'>): Log =>
  (level, message, fields) =>
    logger[level](message, fields);
