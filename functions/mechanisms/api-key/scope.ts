// The mechanisms of the scope `api-key`.
import { disableKey } from './api-key.ts';

export const mechanisms = [disableKey] as const;
