// Tells the errors that an operator can fix from defects.
import { PolicyError } from '../functions/policy/fault.ts';
import {
  DataDirectoryDamaged,
  DataDirectoryInUse,
  DataDirectoryOutdated,
  DataDirectoryUnwritable,
} from '../local/data-directory.ts';
import { Refused } from './refused.ts';

/** True for an error whose message is enough: a stack trace would not help. */
export const isForTheOperator = (error: unknown): error is Error =>
  error instanceof Refused ||
  error instanceof PolicyError ||
  error instanceof DataDirectoryDamaged ||
  error instanceof DataDirectoryInUse ||
  error instanceof DataDirectoryOutdated ||
  error instanceof DataDirectoryUnwritable;
