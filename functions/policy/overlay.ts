// Account overlays: an account can only make the policy stricter.

import type { ActionName } from '../domain/action-catalog.ts';
import type { Fault } from './fault.ts';
import type { AccountOverlay } from './schemas/account-file.ts';
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
/** Adds a fault to a field of the overlay. */
type AddFault = (field: string, expected: string) => void;

export function withChanges(actions: Actions, overlay: Read<AccountOverlay>, faults: Fault[]) {
  const changes = Object.entries(overlay.data.actions ?? {}) as [ActionName, Change][];
  const changed = changes.map(([name, change]) => {
    const addFault: AddFault = (field, expected) =>
      faults.push(overlay.fault(['actions', name, field], expected));
    return [name, tightened(actions[name], change, addFault)] as const;
  });
  return { ...actions, ...Object.fromEntries(changed) };
}

/** The action with the account's changes, and a fault for every change that would loosen it or has no effect. */
function tightened(action: ActionPolicy, change: Change, addFault: AddFault): ActionPolicy {
  const confidenceFloor = raised(
    'confidenceFloor',
    change.confidenceFloor,
    action.confidenceFloor,
    addFault,
  );
  const tier = raised('tier', change.tier, action.tier, addFault);
  if (action.tier !== 3 && tier !== 3)
    return executable({ ...action, confidenceFloor }, tier, change, addFault);
  for (const field of [
    'enabled',
    'mode',
    'maxDurationMinutes',
    'reviewAfterDays',
    'approvalTimeoutMinutes',
    'approversRequired',
  ] as const)
    if (change[field] !== undefined) addFault(field, 'has no effect: tier 3 never runs');
  return neverRun({ ...action, confidenceFloor });
}

function executable(
  action: Executable,
  tier: number,
  change: Change,
  addFault: AddFault,
): ActionPolicy {
  const enabled = change.enabled ?? action.enabled;
  const mode = change.mode ?? action.mode;
  const lifetime = shortened(action.lifetime, change, addFault);
  if (action.tier === 1 && tier === 1) {
    for (const field of ['approvalTimeoutMinutes', 'approversRequired'] as const)
      if (change[field] !== undefined) addFault(field, 'has no effect: tier 1 needs no approval');
    return { ...action, enabled, mode, lifetime };
  }
  const approvalTimeoutMinutes = lowered(
    'approvalTimeoutMinutes',
    change.approvalTimeoutMinutes,
    action.tier === 2 ? action.approvalTimeoutMinutes : DEFAULT_APPROVAL_MINUTES,
    addFault,
  );
  const usual = action.tier === 2 ? action.approval : DEFAULT_APPROVAL;
  const required = raised('approversRequired', change.approversRequired, usual.required, addFault);
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
  addFault: AddFault,
): Executable['lifetime'] {
  const { undo } = lifetime;
  if (reviewAfterDays !== undefined && undo !== 'by-a-person')
    addFault('reviewAfterDays', 'has no effect: only an action that a person undoes is reviewed');
  if (maxDurationMinutes !== undefined && undo !== 'reverses-when-due')
    addFault(
      'maxDurationMinutes',
      'has no effect: this action is kept until a person withdraws or undoes it',
    );
  switch (undo) {
    case 'reverses-when-due': {
      const usual = lifetime.maxDurationMinutes;
      const minutes = lowered('maxDurationMinutes', maxDurationMinutes, usual, addFault);
      return { ...lifetime, maxDurationMinutes: minutes };
    }
    case 'by-a-person': {
      const usual = lifetime.reviewAfterDays;
      const days = lowered('reviewAfterDays', reviewAfterDays, usual, addFault);
      return { ...lifetime, reviewAfterDays: days };
    }
    case 'kept':
      return lifetime;
  }
}

/** Time windows may change either way. Rates, thresholds and lifetimes may only become stricter. */
export function withLimits(limits: Limits, overlay: Read<AccountOverlay>, faults: Fault[]): Limits {
  const change = overlay.data.limits ?? {};
  const addFault: AddFault = (field, expected) =>
    faults.push(overlay.fault(['limits', ...field.split('.')], expected));
  const rate = (name: keyof Limits['automaticPerMinute']) =>
    lowered(
      `automaticPerMinute.${name}`,
      change.automaticPerMinute?.[name],
      limits.automaticPerMinute[name],
      addFault,
    );
  const reserve = (name: keyof Limits['slotsReservedForSevere']) =>
    raised(
      `slotsReservedForSevere.${name}`,
      change.slotsReservedForSevere?.[name],
      limits.slotsReservedForSevere[name],
      addFault,
    );
  const threshold = (name: keyof Limits['breaker']) =>
    lowered(`breaker.${name}`, change.breaker?.[name], limits.breaker[name], addFault);
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
      addFault,
    ),
    slotsReservedForSevere: {
      perAccount: reserve('perAccount'),
      perAction: reserve('perAction'),
      perIncident: reserve('perIncident'),
      targetsPerHour: reserve('targetsPerHour'),
    },
    pages: {
      perPersonPerHour: lowered(
        'pages.perPersonPerHour',
        change.pages?.perPersonPerHour,
        limits.pages.perPersonPerHour,
        addFault,
      ),
      reservedForSevere: change.pages?.reservedForSevere ?? limits.pages.reservedForSevere,
      bySeverity: change.pages?.bySeverity ?? limits.pages.bySeverity,
      workingHours: change.pages?.workingHours ?? limits.pages.workingHours,
      digestAfterMinutes: change.pages?.digestAfterMinutes ?? limits.pages.digestAfterMinutes,
    },
    breaker: {
      windowMinutes: raised(
        'breaker.windowMinutes',
        change.breaker?.windowMinutes,
        limits.breaker.windowMinutes,
        addFault,
      ),
      declines: threshold('declines'),
      failedVerifications: threshold('failedVerifications'),
      failedReversals: threshold('failedReversals'),
      reversalsByHand: threshold('reversalsByHand'),
      cascades: threshold('cascades'),
    },
    maxExtensions: lowered('maxExtensions', change.maxExtensions, limits.maxExtensions, addFault),
    keptReviewDays: lowered(
      'keptReviewDays',
      change.keptReviewDays,
      limits.keptReviewDays,
      addFault,
    ),
    selfInflictedMinutes: raised(
      'selfInflictedMinutes',
      change.selfInflictedMinutes,
      limits.selfInflictedMinutes,
      addFault,
    ),
    drillMaxAgeDays: lowered(
      'drillMaxAgeDays',
      change.drillMaxAgeDays,
      limits.drillMaxAgeDays,
      addFault,
    ),
    findingMaxAgeHours: lowered(
      'findingMaxAgeHours',
      change.findingMaxAgeHours,
      limits.findingMaxAgeHours,
      addFault,
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
  addFault: AddFault,
): number {
  if (wanted !== undefined && wanted < usual)
    addFault(field, `expected at least ${usual}: an account may only raise it`);
  return wanted ?? usual;
}

function lowered(
  field: string,
  wanted: number | undefined,
  usual: number,
  addFault: AddFault,
): number {
  if (wanted !== undefined && wanted > usual)
    addFault(field, `expected at most ${usual}: an account may only lower it`);
  return wanted ?? usual;
}
