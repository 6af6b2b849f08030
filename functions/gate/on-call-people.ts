// Whom a question is put to, by the ladder as it is staffed at that moment.

import type { ApprovalRequest } from '../domain/approval.ts';
import { staffNow } from '../platform/on-call-schedule.ts';
import { requestApproval } from './approval-request.ts';
import type { Ruling } from './decide.ts';
import type { GateDeps } from './deps.ts';

export type Asking = GateDeps & { ladder: () => ReturnType<typeof staffNow> };

/** Schedules are read once for all questions of an alert, and only where there is one. */
export function asking(deps: GateDeps): Asking {
  let read: ReturnType<typeof staffNow> | undefined;
  const ladder = () => {
    read ??= staffNow(deps.onCall, deps.policy.escalation, deps.log);
    return read;
  };
  return { ...deps, ladder };
}

/** The question, where a person has to be asked; where nobody can be, a person has to do it by hand. */
export async function withPeople(
  { policy, now, ladder }: Asking,
  ruling: Ruling,
): Promise<{ ruling: Ruling; approval: ApprovalRequest | null }> {
  const { disposition, name, target } = ruling;
  if (disposition !== 'approve' || !target) return { ruling, approval: null };
  const actionPolicy = name && policy.actions[name];
  const { escalation, notes } = await ladder();
  const approval = requestApproval(escalation, actionPolicy, target, now(), notes);
  if (approval) return { ruling, approval };
  const why = ['Policy names too few people who could approve it and are not concerned by it'];
  const text = [...why, ...notes].join('. ').slice(0, 500).toWellFormed();
  const reasons = [...ruling.reasons, { code: 'too-few-approvers', text }];
  return { ruling: { ...ruling, disposition: 'hand-off', reasons }, approval: null };
}
