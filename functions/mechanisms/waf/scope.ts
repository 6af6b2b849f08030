// The mechanisms of the scope `waf`.
import { blockAddressInfo, watchAddressInfo } from './address.ts';

export const mechanisms = [watchAddressInfo, blockAddressInfo] as const;
