// The mechanisms of the scope `waf`.
import { blockAddress, watchAddress } from './address.ts';

export const mechanisms = [watchAddress, blockAddress] as const;
