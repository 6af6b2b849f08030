// Blocking an address manually, in web ACLs and in network ACLs.
import { refuseAddress } from '../../messaging/runbooks/address.ts';
import type { ActionBooks } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  add_ip_to_watchlist: { ip: null },
  block_ip_at_firewall: { ip: refuseAddress },
} as const satisfies ActionBooks;
