// The mechanisms of the scope `access-key`.
import { deactivateKey } from './access-key.ts';

export const mechanisms = [deactivateKey] as const;
