// The mechanisms of the scope `user-pool`.
import { disableUser } from './cognito-user.ts';

export const mechanisms = [disableUser] as const;
