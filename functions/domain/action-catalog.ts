// The names of every action that policy may list.
import * as z from 'zod';

export const ActionName = z.enum([
  'add_ip_to_watchlist',
  'increase_logging_verbosity',
  'create_alert_ticket',
  'send_analyst_notification',
  'quarantine_email',
  'block_ip_at_firewall',
  'disable_user_account_temporarily',
  'revoke_api_key',
  'isolate_production_host',
  'revoke_service_account_credential',
  'block_cidr_range',
  'initiate_forensic_capture',
  'send_breach_notification',
]);
export type ActionName = z.infer<typeof ActionName>;
