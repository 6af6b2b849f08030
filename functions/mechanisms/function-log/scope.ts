// The mechanisms of the scope `function-log`.
import { logAtDebugInfo } from './debug-level.ts';

export const mechanisms = [logAtDebugInfo] as const;
