// The mechanisms of the scope `mail`.
import { quarantineInGmail } from './gmail-message.ts';
import { quarantineInGraph } from './graph-message.ts';

export const mechanisms = [quarantineInGraph, quarantineInGmail] as const;
