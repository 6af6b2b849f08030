// The mechanisms of the scope `network`.
import { denyAddressInfo } from './deny-address.ts';

export const mechanisms = [denyAddressInfo] as const;
