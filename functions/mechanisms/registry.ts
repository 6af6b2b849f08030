// The registry of mechanisms. Policy can enable no action without one.
import type { Parameters } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { MechanismInfo } from './mechanism.ts';
import { BY_SCOPE } from './scopes.ts';

/** Permission scopes: one folder, one executor, one reverser and their roles. */
export type Scope = keyof typeof BY_SCOPE;
export const SCOPES = Object.keys(BY_SCOPE) as Scope[];

export const MECHANISMS: readonly MechanismInfo[] = Object.values(BY_SCOPE).flat();

/** One change that a mechanism would make. It becomes one action. */
export type Effect = { mechanism: MechanismInfo; parameters: Parameters };

/** Every effect of the action on this target; empty if no mechanism can carry it out. */
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
