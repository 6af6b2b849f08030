// The mechanisms of the scope `user`.
import { denyUserInfo } from './deny-all.ts';

export const mechanisms = [denyUserInfo] as const;
