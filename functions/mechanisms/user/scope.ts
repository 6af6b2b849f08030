// The mechanisms of the scope `user`.
import { denyUser } from './deny-all.ts';

export const mechanisms = [denyUser] as const;
