// Every mechanism there is. What is not here cannot be done, and policy cannot enable it.
import type { Parameters } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import type { Policy } from '../policy/policy.ts';
import { deactivateKey } from './access-key/access-key.ts';
import { disableKey } from './api-key/api-key.ts';
import { recordFlows } from './flow-log/interface-flows.ts';
import { logAtDebug } from './function-log/debug-level.ts';
import { quarantineInGmail } from './mail/gmail-message.ts';
import { quarantineInGraph } from './mail/graph-message.ts';
import type { Face, Scope } from './mechanism.ts';
import { notifyAnalyst } from './message/notification.ts';
import { denyAddress } from './network/deny-address.ts';
import { openJiraIssue } from './ticket/jira.ts';
import { openOpsItem } from './ticket/ops-item.ts';
import { openServiceNowIncident } from './ticket/service-now.ts';
import { denyUser } from './user/deny-all.ts';
import { disableUser } from './user-pool/cognito-user.ts';
import { blockAddress, watchAddress } from './waf/address.ts';

export const MECHANISMS: readonly Face[] = [
  watchAddress,
  blockAddress,
  logAtDebug,
  recordFlows,
  quarantineInGraph,
  quarantineInGmail,
  denyUser,
  disableUser,
  deactivateKey,
  disableKey,
  denyAddress,
  openOpsItem,
  openJiraIssue,
  openServiceNowIncident,
  notifyAnalyst,
];

/** One change that a mechanism would make, fully named: what becomes one action. */
export type Effect = { mechanism: Face; parameters: Parameters };

/** All that carrying out the action on this target takes; empty when nothing here can do it. */
export const effectsOf = (
  name: ActionName,
  alert: Alert,
  target: Entity,
  facts: Facts | null,
  policy: Pick<Policy, 'integrations' | 'channels'>,
): Effect[] =>
  MECHANISMS.filter(
    ({ action, targetKinds }) => action === name && targetKinds.includes(target.kind),
  )
    .filter(({ configured }) => configured?.(policy) ?? true)
    .flatMap((mechanism) =>
      mechanism.effects(alert, target, facts).map((parameters) => ({ mechanism, parameters })),
    );

/** Each has an executor, a reverser and a role of its own. */
export const SCOPES: readonly Scope[] = [...new Set(MECHANISMS.map(({ scope }) => scope))];
