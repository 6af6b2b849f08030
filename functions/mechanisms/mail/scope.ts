// The mechanisms of the scope `mail`.
import { quarantineInGmailInfo } from './gmail-message.ts';
import { quarantineInGraphInfo } from './graph-message.ts';

export const mechanisms = [quarantineInGraphInfo, quarantineInGmailInfo] as const;
