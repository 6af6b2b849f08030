// Makes the alert of a case, with its facts and the policy of its account.
import type { Alert } from '../../functions/domain/alert.ts';
import type { Facts } from '../../functions/domain/facts.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { normalise } from '../../functions/sources/normalise.ts';
import { unwrap } from '../../functions/sources/unwrap.ts';
import type { Situation } from './cases.ts';
import { factsOf } from './facts.ts';
import { eventOf } from './findings/others.ts';

/** A Tuesday, at night. */
const AT = '2026-11-24T03:00:00.000Z';

export type Prepared = { alert: Alert; facts: Facts; policy: Policy; now: Date; body: string };

let loaded: Policy | undefined;
/** The laptop's policy, with no planned work but that of the case. */
function policyOf({ account }: Situation): Policy {
  loaded ??= loadPolicy(POLICIES, 'local');
  return { ...loaded, plannedWork: account?.plannedWork ?? [] };
}

/** Throws if the event of the case is not exactly one finding. */
export async function prepared(situation: Situation): Promise<Prepared> {
  const { id, account, at = AT } = situation;
  const now = new Date(at);
  const policy = policyOf(situation);
  const body = JSON.stringify(eventOf(id, situation, now));
  const [finding, ...others] = unwrap(body);
  if (!finding || 'error' in finding || others.length > 0)
    throw new RangeError(`${id}: expected one finding`);
  const causedBy = account?.causedBy
    ? { incidentId: 'inc-0123456789abcdef', actionId: null, why: account.causedBy }
    : null;
  const alert: Alert = {
    ...normalise(finding),
    ...{ alertId: 'al-0123456789abcdef', news: [], causedBy, proof: null },
    generation: causedBy ? 2 : 1,
  };
  return {
    alert,
    facts: await factsOf(alert, situation.facts ?? {}, { policy, now }),
    policy,
    now,
    body,
  };
}
