// What one account changes: it can make the policy stricter, and nothing else.

import type { ActionName } from '../domain/action-catalog.ts';
import type { Fault } from './fault.ts';
import type { AccountOverlay } from './schemas/account.ts';
import {
  type ActionPolicy,
  DEFAULT_APPROVAL,
  DEFAULT_APPROVAL_MINUTES,
} from './schemas/actions.ts';
import type { Limits } from './schemas/limits.ts';
import type { Read } from './yaml-file.ts';

export type Actions = Record<ActionName, ActionPolicy>;
type Executable = Exclude<ActionPolicy, { tier: 3 }>;
type Change = NonNullable<NonNullable<AccountOverlay['actions']>[ActionName]>;
/** Notes what is wrong with a field of the change. */
type Objection = (field: string, expected: string) => void;

export function withChanges(actions: Actions, overlay: Read<AccountOverlay>, faults: Fault[]) {
  const changes = Object.entries(overlay.data.actions ?? {}) as [ActionName, Change][];
  const changed = changes.map(([name, change]) => {
    const objection: Objection = (field, expected) =>
      faults.push(overlay.fault(['actions', name, field], expected));
    return [name, tightened(actions[name], change, objection)] as const;
  });
  return { ...actions, ...Object.fromEntries(changed) };
}

/** The action as the account wants it, with an objection to every field that would be looser, or mean nothing. */
function tightened(action: ActionPolicy, change: Change, objection: Objection): ActionPolicy {
  const confidenceFloor = raised(
    'confidenceFloor',
    change.confidenceFloor,
    action.confidenceFloor,
    objection,
  );
  const tier = raised('tier', change.tier, action.tier, objection);
  if (action.tier !== 3 && tier !== 3)
    return executable({ ...action, confidenceFloor }, tier, change, objection);
  for (const field of [
    'enabled',
    'mode',
    'maxDurationMinutes',
    'reviewAfterDays',
    'approvalTimeoutMinutes',
    'approversRequired',
  ] as const)
    if (change[field] !== undefined) objection(field, 'means nothing: tier 3 never runs');
  return neverRun({ ...action, confidenceFloor });
}

function executable(
  action: Executable,
  tier: number,
  change: Change,
  objection: Objection,
): ActionPolicy {
  const enabled = change.enabled ?? action.enabled;
  const mode = change.mode ?? action.mode;
  const lifetime = shortened(action.lifetime, change, objection);
  if (action.tier === 1 && tier === 1) {
    for (const field of ['approvalTimeoutMinutes', 'approversRequired'] as const)
      if (change[field] !== undefined) objection(field, 'means nothing: tier 1 asks nobody');
    return { ...action, enabled, mode, lifetime };
  }
  const approvalTimeoutMinutes = lowered(
    'approvalTimeoutMinutes',
    change.approvalTimeoutMinutes,
    action.tier === 2 ? action.approvalTimeoutMinutes : DEFAULT_APPROVAL_MINUTES,
    objection,
  );
  const usual = action.tier === 2 ? action.approval : DEFAULT_APPROVAL;
  const required = raised('approversRequired', change.approversRequired, usual.required, objection);
  const approval = { ...usual, required };
  return { ...action, tier: 2, enabled, mode, lifetime, approvalTimeoutMinutes, approval };
}

function neverRun(action: ActionPolicy): ActionPolicy {
  if (action.tier === 3) return action;
  const { description, blastRadius, reversibility, targetKinds, confidenceFloor } = action;
  const described = { description, blastRadius, reversibility, targetKinds, confidenceFloor };
  return { tier: 3, ...described, rationale: 'The policy of this account never runs it' };
}

function shortened(
  lifetime: Executable['lifetime'],
  { maxDurationMinutes, reviewAfterDays }: Change,
  objection: Objection,
): Executable['lifetime'] {
  const { undo } = lifetime;
  if (reviewAfterDays !== undefined && undo !== 'by-a-person')
    objection('reviewAfterDays', 'means nothing: only an action that a person undoes is reviewed');
  if (maxDurationMinutes !== undefined && undo !== 'reverses-when-due')
    objection(
      'maxDurationMinutes',
      'means nothing: this action is kept until a person withdraws or undoes it',
    );
  switch (undo) {
    case 'reverses-when-due': {
      const usual = lifetime.maxDurationMinutes;
      const minutes = lowered('maxDurationMinutes', maxDurationMinutes, usual, objection);
      return { ...lifetime, maxDurationMinutes: minutes };
    }
    case 'by-a-person': {
      const usual = lifetime.reviewAfterDays;
      const days = lowered('reviewAfterDays', reviewAfterDays, usual, objection);
      return { ...lifetime, reviewAfterDays: days };
    }
    case 'kept':
      return lifetime;
  }
}

/** Times may differ either way; how much may happen by itself, or go on, can only be lowered. */
export function withLimits(limits: Limits, overlay: Read<AccountOverlay>, faults: Fault[]): Limits {
  const change = overlay.data.limits ?? {};
  const objection: Objection = (field, expected) =>
    faults.push(overlay.fault(['limits', ...field.split('.')], expected));
  const rate = (name: keyof Limits['automaticPerMinute']) =>
    lowered(
      `automaticPerMinute.${name}`,
      change.automaticPerMinute?.[name],
      limits.automaticPerMinute[name],
      objection,
    );
  const threshold = (name: keyof Limits['breaker']) =>
    lowered(`breaker.${name}`, change.breaker?.[name], limits.breaker[name], objection);
  return {
    automaticPerMinute: {
      perAccount: rate('perAccount'),
      perAction: rate('perAction'),
      perIncident: rate('perIncident'),
    },
    distinctTargetsPerHour: lowered(
      'distinctTargetsPerHour',
      change.distinctTargetsPerHour,
      limits.distinctTargetsPerHour,
      objection,
    ),
    pages: {
      perPersonPerHour: lowered(
        'pages.perPersonPerHour',
        change.pages?.perPersonPerHour,
        limits.pages.perPersonPerHour,
        objection,
      ),
      digestAfterMinutes: change.pages?.digestAfterMinutes ?? limits.pages.digestAfterMinutes,
    },
    breaker: {
      windowMinutes: raised(
        'breaker.windowMinutes',
        change.breaker?.windowMinutes,
        limits.breaker.windowMinutes,
        objection,
      ),
      declines: threshold('declines'),
      failedVerifications: threshold('failedVerifications'),
      failedReversals: threshold('failedReversals'),
      reversalsByHand: threshold('reversalsByHand'),
      cascades: threshold('cascades'),
    },
    maxExtensions: lowered('maxExtensions', change.maxExtensions, limits.maxExtensions, objection),
    keptReviewDays: lowered(
      'keptReviewDays',
      change.keptReviewDays,
      limits.keptReviewDays,
      objection,
    ),
    selfInflictedMinutes: raised(
      'selfInflictedMinutes',
      change.selfInflictedMinutes,
      limits.selfInflictedMinutes,
      objection,
    ),
    drillMaxAgeDays: lowered(
      'drillMaxAgeDays',
      change.drillMaxAgeDays,
      limits.drillMaxAgeDays,
      objection,
    ),
    groupingWindowMinutes: change.groupingWindowMinutes ?? limits.groupingWindowMinutes,
    reassessAfterHours: change.reassessAfterHours ?? limits.reassessAfterHours,
    reminderMinutesBefore: change.reminderMinutesBefore ?? limits.reminderMinutesBefore,
  };
}

function raised(
  field: string,
  wanted: number | undefined,
  usual: number,
  objection: Objection,
): number {
  if (wanted !== undefined && wanted < usual)
    objection(field, `an account may only raise it, and it is ${usual}`);
  return wanted ?? usual;
}

function lowered(
  field: string,
  wanted: number | undefined,
  usual: number,
  objection: Objection,
): number {
  if (wanted !== undefined && wanted > usual)
    objection(field, `an account may only lower it, and it is ${usual}`);
  return wanted ?? usual;
}
