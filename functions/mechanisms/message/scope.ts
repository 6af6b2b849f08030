// The mechanisms of the scope `message`.
import { notifyAnalyst } from './notification.ts';

export const mechanisms = [notifyAnalyst] as const;
