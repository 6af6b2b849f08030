// The mechanisms of the scope `function-log`.
import { logAtDebug } from './debug-level.ts';

export const mechanisms = [logAtDebug] as const;
