// Which errors an operator can act on. Their message is enough; a stack trace would not help.
import { PolicyError } from '../functions/policy/fault.ts';
import { DataDirectoryInUse, DataDirectoryUnwritable } from '../local/data-directory.ts';
import { NoEvents } from './events.ts';
import { Refused } from './refused.ts';

export const isForTheOperator = (error: unknown): error is Error =>
  error instanceof Refused ||
  error instanceof PolicyError ||
  error instanceof NoEvents ||
  error instanceof DataDirectoryInUse ||
  error instanceof DataDirectoryUnwritable;
