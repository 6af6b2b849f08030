// The catalog of actions, with every property filled in for each.
import * as z from 'zod';
import type { EntityKind } from './alert.ts';

/** The kinds of target the action accepts. The text says why a target of that kind may have no mechanism. */
type Targets = { readonly [Kind in EntityKind]?: string };

/** Notifies people and can't break anything, so the rules about risk don't apply. */
type Informs = {
  kind: 'informs';
  targets: Targets;
  /** What happens when its approval request expires. */
  ifUnanswered: 'ticket' | 'nothing';
};

/** Changes something in AWS or a connected service, through a mechanism that can undo it. */
type Changes = {
  kind: 'changes';
  targets: Targets;
  /** Whether it stops something from working. An alert about an absence may then be self-inflicted (promise 7). */
  cutsOff: boolean;
  /** Whether it runs without notifying anyone. A high-severity alert then also needs a notification. */
  quiet: boolean;
  /** What its effects depend on besides the target. While this is unknown, the action needs approval. */
  dependsOn: 'network-acls' | null;
  /** Whether it acts on temporary credentials (ASIA...), which expire by themselves. */
  temporaryKeys: boolean;
  /** Work left for a person after the undo. */
  afterUndo: 'rotate-key' | null;
};

/** Tier 3 in policy: never carried out by code. A person gets a runbook. */
type Manual = { kind: 'manual'; targets: Targets };

export type ActionProperties = Informs | Changes | Manual;

const FROM_CODE = 'Code never carries it out';

/** The order is also that of the prompt and of the stored schemas: append a new action at the end of its tier. */
export const ACTIONS = {
  add_ip_to_watchlist: {
    kind: 'changes',
    targets: { ip: 'Only web requests from an address can be watched, and the alert saw none' },
    cutsOff: false,
    quiet: true,
    dependsOn: null,
    temporaryKeys: false,
    afterUndo: null,
  },
  increase_logging_verbosity: {
    kind: 'changes',
    targets: {
      function: 'The log level of a published version is fixed, and the alert is about one',
      instance: 'The alert names no network interface of the instance',
      'network-interface': 'Not a valid network interface ID',
    },
    cutsOff: false,
    quiet: true,
    dependsOn: null,
    temporaryKeys: false,
    afterUndo: null,
  },
  create_alert_ticket: {
    kind: 'informs',
    targets: { alert: 'The account is connected to no ticket system' },
    ifUnanswered: 'ticket',
  },
  send_analyst_notification: {
    kind: 'informs',
    targets: { alert: 'The account is connected to no channel' },
    ifUnanswered: 'nothing',
  },
  quarantine_email: {
    kind: 'changes',
    targets: { 'email-message': 'The account is not connected to the mailbox of the message' },
    cutsOff: true,
    quiet: true,
    dependsOn: null,
    temporaryKeys: false,
    afterUndo: null,
  },
  block_ip_at_firewall: {
    kind: 'changes',
    targets: {
      ip: 'An address can be blocked for web requests, and for packets to instances that the alert names; the alert saw neither',
    },
    cutsOff: true,
    quiet: false,
    dependsOn: 'network-acls',
    temporaryKeys: false,
    afterUndo: null,
  },
  disable_user_account_temporarily: {
    kind: 'changes',
    targets: {
      'iam-user': 'Not a valid IAM user name',
      'cognito-user': 'The alert names no user pool of this region for the user',
    },
    cutsOff: true,
    quiet: false,
    dependsOn: null,
    temporaryKeys: false,
    afterUndo: null,
  },
  revoke_api_key: {
    kind: 'changes',
    targets: {
      'access-key':
        'Only a long-lived key of an IAM user that the alert names can be made inactive',
      'api-key': 'Not a valid API Gateway key ID',
    },
    cutsOff: true,
    quiet: false,
    dependsOn: null,
    temporaryKeys: false,
    afterUndo: 'rotate-key',
  },
  disable_function_url: {
    kind: 'changes',
    targets: { function: 'The alert names a published version, which has a URL of its own' },
    cutsOff: true,
    quiet: false,
    dependsOn: null,
    temporaryKeys: false,
    afterUndo: null,
  },
  isolate_production_host: {
    kind: 'manual',
    // The address may be one of the account's own: blocking it would isolate the host.
    targets: { instance: FROM_CODE, 'network-interface': FROM_CODE, ip: FROM_CODE },
  },
  revoke_service_account_credential: {
    kind: 'manual',
    targets: {
      'access-key': FROM_CODE,
      'iam-user': FROM_CODE,
      'iam-role': FROM_CODE,
      'api-key': FROM_CODE,
    },
  },

  block_cidr_range: { kind: 'manual', targets: { ip: FROM_CODE } },
  initiate_forensic_capture: { kind: 'manual', targets: { instance: FROM_CODE } },
  send_breach_notification: { kind: 'manual', targets: { alert: FROM_CODE } },
} as const satisfies Readonly<Record<string, ActionProperties>>;

export const ActionName = z.enum(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]);
export type ActionName = z.infer<typeof ActionName>;

/** The kinds of target that an action accepts. */
export type TargetKindOf<Name extends ActionName> = keyof (typeof ACTIONS)[Name]['targets'];

/** The properties of an action that changes something; null for every other action. */
export function changesOf(name: ActionName | null): Changes | null {
  const properties: ActionProperties | null = name && ACTIONS[name];
  return properties?.kind === 'changes' ? properties : null;
}

/** Whether the action is a ticket or a notification. */
export const informs = (name: ActionName | null): boolean =>
  name !== null && ACTIONS[name].kind === 'informs';

/** Whether a ticket is opened even when its approval request expired. */
export const opensTicketUnanswered = (name: ActionName | null): boolean => {
  const properties: ActionProperties | null = name && ACTIONS[name];
  return properties?.kind === 'informs' && properties.ifUnanswered === 'ticket';
};
