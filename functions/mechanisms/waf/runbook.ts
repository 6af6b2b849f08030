// Manual steps to watch or block an address.
import { blockAddress, watchAddress } from '../../messaging/runbooks/address.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  add_ip_to_watchlist: { ip: watchAddress },
  block_ip_at_firewall: { ip: blockAddress },
} as const satisfies ActionTemplates;
