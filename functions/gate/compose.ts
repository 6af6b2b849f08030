// Builds the record of an action from its ruling.

import type { Action, HistoryEntry, Status } from '../domain/action.ts';
import type { ApprovalRequest } from '../domain/approval.ts';
import type { Recommendation } from '../domain/assessment.ts';
import { RATED } from '../domain/effect-state.ts';
import { placeOfAction } from '../domain/target-place.ts';
import { effectKeyOf } from '../mechanisms/mechanism.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { reviewAfterDays } from '../policy/schemas/actions.ts';
import { actionDigest, append, transition } from '../store/hash-chain.ts';
import type { Ruling } from './decide.ts';
import type { Circumstances } from './proposal.ts';

/** Longer than an execution can run, so that the sweeper never races one. */
const EXECUTION_GRACE_MINUTES = 20;

export type Proposed = {
  recommendation: Recommendation;
  ruling: Ruling;
  effect: Effect | null;
  /** SHA-256 of the record of what the decision depended on; undefined if it could not be written. */
  inputs: string | undefined;
  /** Set only when the disposition is `approve`. */
  approval: ApprovalRequest | null;
};

export function compose(
  { incidentId, alertId, actionId }: { incidentId: string; alertId: string; actionId: string },
  { alert, facts, policy, here }: Circumstances,
  { recommendation, ruling, effect, approval, inputs }: Proposed,
  at: Date,
): Action {
  const { name, target, durationMinutes, disposition, reasons, considered } = ruling;
  const { homeRegion } = policy;
  const place = target
    ? placeOfAction(name, target, { here, homeRegion })
    : { account: alert.account, region: alert.region };
  const parameters = effect?.parameters ?? {};
  const subject = target && { incidentId, actionId, ...place, target, parameters, durationMinutes };
  const core = {
    actionId,
    ...place,
    name,
    target,
    durationMinutes,
    parameters,
    mechanism: effect?.mechanism.id ?? null,
    effectKey: effect && subject ? effectKeyOf(effect.mechanism, subject) : null,
  };
  const why = reasons.map(({ text }) => text).join('. ');
  const historyOf = (id: string, entries: readonly { event: string; text: string }[]) =>
    entries.reduce<HistoryEntry[]>(
      (history, one) => append(id, history, { at, by: 'gate', ...one }),
      [],
    );
  const proposed: Action = {
    ...core,
    incidentId,
    alertId,
    recommendation,
    scope: effect?.mechanism.scope ?? null,
    description:
      effect && subject
        ? effect.mechanism.describe(
            {
              ...subject,
              isUndoneByAPerson: reviewAfterDays(name && policy.actions[name]) !== null,
            },
            facts,
          )
        : null,
    disposition,
    reasons,
    considered,
    policyVersion: policy.version,
    ...(inputs && { inputs }),
    digest: actionDigest(core),
    status: 'proposed',
    ruling: null,
    approval,
    before: null,
    evidence: null,
    orders: [],
    appliedAt: null,
    dueAt: null,
    extensions: 0,
    reviewAt: null,
    askedAnew: null,
    judgement: null,
    failure: null,
    createdAt: at.toISOString(),
    attentionAt: attentionAt(disposition, approval?.expiresAt ?? null, at),
    history: historyOf(actionId, [
      {
        event: 'proposed',
        text: `${recommendation.action} on ${recommendation.target}, confidence ${recommendation.confidence}`,
      },
      ...reasons.filter(({ code }) => code === RATED).map(({ text }) => ({ event: RATED, text })),
    ]),
    version: 1,
  };
  const status = FIRST_STATUS[disposition];
  return status === 'proposed'
    ? proposed
    : transition(proposed, status, { at, by: 'gate', text: why });
}

const FIRST_STATUS: Readonly<Record<Action['disposition'], Status>> = {
  auto: 'proposed',
  approve: 'awaiting-approval',
  observe: 'observed',
  'hand-off': 'handed-off',
  dropped: 'dropped',
};

/** When the sweeper must check the action: the step that should continue it has had enough time by then. */
function attentionAt(
  disposition: Action['disposition'],
  expiresAt: string | null,
  now: Date,
): string | null {
  if (disposition === 'observe' || disposition === 'dropped') return null;
  const from = expiresAt ? Date.parse(expiresAt) : now.getTime();
  const minutes = expiresAt ? 2 : EXECUTION_GRACE_MINUTES;
  return new Date(from + minutes * 60_000).toISOString();
}
