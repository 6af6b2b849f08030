// The mechanisms of the scope `access-key`.
import { deactivateKeyInfo } from './access-key.ts';

export const mechanisms = [deactivateKeyInfo] as const;
