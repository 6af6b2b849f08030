// Manual steps to block an address in web ACLs and network ACLs.
import { blockAddress } from '../../messaging/runbooks/address.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  add_ip_to_watchlist: { ip: null },
  block_ip_at_firewall: { ip: blockAddress },
} as const satisfies ActionTemplates;
