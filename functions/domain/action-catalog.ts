// The catalog of actions, with every property filled in for each.
import * as z from 'zod/mini';
import type { ActionProperties, Changes } from './action-properties.ts';
import type { EntityKind } from './alert.ts';

/** The order is also that of the prompt and of the stored schemas: append a new action at the end of its tier. */
export const ACTIONS = {
  add_ip_to_watchlist: {
    kind: 'changes',
    headline: (target) => `Add ${target} to the watch list`,
    inPlaybook: true,
    targets: { ip: 'Only web requests from an address can be watched, and the alert reports none' },
    cutsOff: false,
    quiet: true,
    dependsOn: null,
    afterUndo: null,
  },
  increase_logging_verbosity: {
    kind: 'changes',
    headline: (target) => `Log more about ${target}`,
    inPlaybook: true,
    targets: {
      function: 'The log level of a published version is fixed, and the alert is about one',
      instance: 'Neither the alert nor EC2 names a network interface of the instance',
      'network-interface': 'Not a valid network interface ID',
    },
    cutsOff: false,
    quiet: true,
    dependsOn: null,
    afterUndo: null,
  },
  create_alert_ticket: {
    kind: 'informs',
    headline: () => 'Open a ticket for this incident',
    targets: { alert: 'The account is connected to no ticket system' },
    ifUnanswered: 'ticket',
  },
  send_analyst_notification: {
    kind: 'informs',
    headline: () => 'Notify the on-call analyst about this incident',
    targets: { alert: 'The account is connected to no channel' },
    ifUnanswered: 'nothing',
  },
  quarantine_email: {
    kind: 'changes',
    headline: (target) => `Quarantine the message ${target}`,
    inPlaybook: true,
    targets: { 'email-message': 'The account is not connected to the mailbox of the message' },
    cutsOff: true,
    quiet: true,
    dependsOn: null,
    afterUndo: null,
  },
  block_ip_at_firewall: {
    kind: 'changes',
    headline: (target) => `Block ${target} at the firewall`,
    inPlaybook: true,
    targets: {
      ip: 'Only web requests and packets to an instance can be blocked, and the alert reports neither',
    },
    cutsOff: true,
    quiet: false,
    dependsOn: 'network-acls',
    afterUndo: null,
  },
  disable_user_account_temporarily: {
    kind: 'changes',
    headline: (target, kind) =>
      kind === 'iam-user'
        ? `Deny all access for the IAM user ${target}`
        : `Disable the user ${target}`,
    inPlaybook: true,
    targets: {
      'iam-user': 'Not a valid IAM user name',
      'cognito-user': 'The alert names no user pool of this region for the user',
    },
    cutsOff: true,
    quiet: false,
    dependsOn: null,
    afterUndo: null,
  },
  revoke_api_key: {
    kind: 'changes',
    headline: (target, kind) =>
      kind === 'access-key'
        ? `Deactivate the access key ${target}`
        : `Disable the API Gateway key ${target}`,
    inPlaybook: true,
    targets: {
      'access-key':
        'Only a long-lived key can be deactivated, and only if the alert names its IAM user',
      'api-key': 'Not a valid API Gateway key ID',
    },
    cutsOff: true,
    quiet: false,
    dependsOn: null,
    afterUndo: 'rotate-key',
  },
  disable_function_url: {
    kind: 'changes',
    headline: (target) => `Require IAM authentication for the URL of ${target}`,
    // No source reports an open function URL.
    inPlaybook: false,
    targets: { function: 'The alert names a published version, which has a URL of its own' },
    cutsOff: true,
    quiet: false,
    dependsOn: null,
    afterUndo: null,
  },
  isolate_production_host: {
    kind: 'manual',
    headline: (target, kind) =>
      `Isolate the ${kind === 'cluster' || kind === 'database' ? kind : 'production host'} ${target}`,
    inPlaybook: true,
    // The address may be one of the account's own: blocking it would isolate the host.
    targets: ['instance', 'network-interface', 'ip', 'cluster', 'database'],
  },
  revoke_service_account_credential: {
    kind: 'manual',
    headline: (target, kind) =>
      `Revoke ${(kind && CREDENTIALS[kind]) ?? 'the service credential'} ${target}`,
    inPlaybook: true,
    targets: ['access-key', 'iam-user', 'iam-role', 'api-key', 'root-user'],
  },
  block_cidr_range: {
    kind: 'manual',
    headline: (target) => `Block the address range ${target}`,
    // The gate derives it from the target.
    inPlaybook: false,
    targets: ['ip'],
  },
  initiate_forensic_capture: {
    kind: 'manual',
    headline: (target) => `Capture forensic evidence from ${target}`,
    inPlaybook: false,
    targets: ['instance'],
  },
  send_breach_notification: {
    kind: 'manual',
    headline: () => 'Send a breach notification for this incident',
    inPlaybook: false,
    targets: ['alert'],
  },
  contain_resource: {
    kind: 'manual',
    headline: (target, kind) =>
      kind === 'resource' && target.includes(':cloudtrail:')
        ? `Turn logging back on for ${target}`
        : `${(kind && CONTAINED[kind]) ?? 'Restrict the use of'} ${target}`,
    inPlaybook: true,
    targets: ['workload', 'function', 'bucket', 'resource'],
  },
} as const satisfies Readonly<Record<string, ActionProperties>>;

export const ActionName = z.enum(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]);
export type ActionName = z.infer<typeof ActionName>;

/** The kinds of target that an action accepts. */
export type TargetKindOf<Name extends ActionName> =
  (typeof ACTIONS)[Name]['targets'] extends readonly (infer Kind extends EntityKind)[]
    ? Kind
    : Extract<keyof (typeof ACTIONS)[Name]['targets'], EntityKind>;

/** Actions that the playbook recommends. */
export type PlaybookName = {
  [Name in ActionName]: (typeof ACTIONS)[Name] extends { inPlaybook: true } ? Name : never;
}[ActionName];

/** Actions that code never carries out. */
export type ManualName = {
  [Name in ActionName]: (typeof ACTIONS)[Name]['kind'] extends 'manual' ? Name : never;
}[ActionName];

/** Whether a model may recommend it. What code never carries out is text for people. */
export const isOffered = (name: ActionName): boolean => ACTIONS[name].kind !== 'manual';

/** The kinds of target that an action accepts. */
export function targetKindsOf(name: ActionName): readonly EntityKind[] {
  const { targets }: ActionProperties = ACTIONS[name];
  return isList(targets) ? targets : (Object.keys(targets) as EntityKind[]);
}

/** Why no mechanism of the action can act on a target of this kind; undefined when the catalog gives no reason. */
export function whyNoMechanism(name: ActionName, kind: EntityKind): string | undefined {
  const { targets }: ActionProperties = ACTIONS[name];
  const reasons: Readonly<Partial<Record<EntityKind, string>>> = isList(targets) ? {} : targets;
  return reasons[kind];
}

const isList = (targets: ActionProperties['targets']): targets is readonly EntityKind[] =>
  Array.isArray(targets);

/** The properties of an action that changes something; null for every other action. */
export function changesOf(name: ActionName | null): Changes | null {
  const properties: ActionProperties | null = name && ACTIONS[name];
  return properties?.kind === 'changes' ? properties : null;
}

/** Whether the action only observes. It waits for a slot of the rate limit, and no one is paged if it isn't done. */
export const isHarmless = (name: ActionName | null): boolean => {
  const changes = changesOf(name);
  return changes?.quiet === true && !changes.cutsOff;
};

/** Whether the action is a ticket or a notification. */
export const informs = (name: ActionName | null): boolean =>
  name !== null && ACTIONS[name].kind === 'informs';

/** Whether a ticket is opened even when its approval request expired. */
export const opensTicketUnanswered = (name: ActionName | null): boolean => {
  const properties: ActionProperties | null = name && ACTIONS[name];
  return properties?.kind === 'informs' && properties.ifUnanswered === 'ticket';
};

const CONTAINED: Readonly<Partial<Record<EntityKind, string>>> = {
  workload: 'Isolate the workload',
  function: 'Stop the function',
  bucket: 'Restrict access to the bucket',
};

const CREDENTIALS: Readonly<Partial<Record<EntityKind, string>>> = {
  'access-key': 'the access key',
  'iam-user': 'the credentials of the IAM user',
  'iam-role': 'the sessions of the IAM role',
  'root-user': 'the credentials of the user',
};
