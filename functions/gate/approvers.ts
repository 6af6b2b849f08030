// Adds an approval request with the people who are on call now.

import { type ApprovalRequest, TOO_FEW_APPROVERS } from '../domain/approval.ts';
import { resolveOnCall } from '../platform/on-call-schedule.ts';
import { requestApproval } from './approval-request.ts';
import type { Ruling } from './decide.ts';
import type { GateDeps } from './deps.ts';

export type EscalatingDeps = GateDeps & {
  staffedEscalation: () => ReturnType<typeof resolveOnCall>;
};

/** Reads on-call schedules at the first approval request of an alert, once for all of them. */
export function withEscalation(deps: GateDeps): EscalatingDeps {
  let read: ReturnType<typeof resolveOnCall> | undefined;
  const staffedEscalation = () => {
    read ??= resolveOnCall(deps.onCall, deps.policy.escalation, deps.log, deps.now());
    return read;
  };
  return { ...deps, staffedEscalation };
}

/** The approval request if the ruling needs one. Without enough eligible approvers, the ruling becomes a hand-off. */
export async function withApproval(
  { policy, now, staffedEscalation }: EscalatingDeps,
  ruling: Ruling,
): Promise<{ ruling: Ruling; approval: ApprovalRequest | null }> {
  const { disposition, name, target } = ruling;
  if (disposition !== 'approve' || !target) return { ruling, approval: null };
  const actionPolicy = name && policy.actions[name];
  const { escalation, notes } = await staffedEscalation();
  const approval = requestApproval(escalation, actionPolicy, target, now(), notes);
  if (approval) return { ruling, approval };
  const shortage = "Not enough eligible approvers (the target's own user is excluded)";
  const text = [shortage, ...notes].join('. ').slice(0, 500).toWellFormed();
  const reasons = [...ruling.reasons, { code: TOO_FEW_APPROVERS, text }];
  return { ruling: { ...ruling, disposition: 'hand-off', reasons }, approval: null };
}
