// Every mechanism there is. What is not here cannot be done, and policy cannot enable it.
import type { Alert, Entity } from '../domain/alert.ts';
import type { ActionName } from '../domain/policy.ts';
import type { Face, Scope } from './mechanism.ts';
import { notifyAnalyst } from './message/notification.ts';
import { openOpsItem } from './ticket/ops-item.ts';
import { blockAddress, watchAddress } from './waf/address.ts';

export const MECHANISMS: readonly Face[] = [watchAddress, blockAddress, openOpsItem, notifyAnalyst];

/** The first mechanism that can do the action to this target and answers what the alert saw; null when none can. */
export const mechanismFor = (name: ActionName, alert: Alert, target: Entity): Face | null =>
  MECHANISMS.find(
    (mechanism) =>
      mechanism.action === name &&
      mechanism.targetKinds.includes(target.kind) &&
      mechanism.fits(alert, target),
  ) ?? null;

/** Each has an executor, a reverser and a role of its own. */
export const SCOPES: readonly Scope[] = [...new Set(MECHANISMS.map(({ scope }) => scope))];
