// The mechanisms of the scope `network`.
import { denyAddress } from './deny-address.ts';

export const mechanisms = [denyAddress] as const;
