// The mechanisms of the scope `api-key`.
import { disableKeyInfo } from './api-key.ts';

export const mechanisms = [disableKeyInfo] as const;
