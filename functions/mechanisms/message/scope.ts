// The mechanisms of the scope `message`.
import { notifyAnalystInfo } from './notification.ts';

export const mechanisms = [notifyAnalystInfo] as const;
