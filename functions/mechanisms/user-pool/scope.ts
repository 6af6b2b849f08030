// The mechanisms of the scope `user-pool`.
import { disableUserInfo } from './cognito-user.ts';

export const mechanisms = [disableUserInfo] as const;
