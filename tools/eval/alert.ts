// Makes the alert of a case, with its facts and the policy of its account.
import type { Brief } from '../../functions/analyse/brief.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import type { Facts } from '../../functions/domain/facts.ts';
import { dossierOf } from '../../functions/dossier/dossier.ts';
import { briefOf } from '../../functions/enrich/brief.ts';
import { signsOf } from '../../functions/playbook/signs.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { normalise } from '../../functions/sources/normalise.ts';
import { unwrap } from '../../functions/sources/unwrap.ts';
import type { Situation } from './cases.ts';
import { factsOf } from './facts.ts';
import { eventOf } from './findings/others.ts';

/** A Tuesday, at night. */
const AT = '2026-11-24T03:00:00.000Z';

export type Prepared = {
  alert: Alert;
  facts: Facts;
  policy: Policy;
  now: Date;
  brief: Brief;
  /** The event as it was delivered. */
  body: string;
};

/** The same for each run, so that a request has the same bytes. */
const NONCE = '00000000';

let loaded: Policy | undefined;
/** The laptop's policy for production, with no planned work but that of the case. */
function policyOf({ account }: Situation): Policy {
  loaded ??= loadPolicy(POLICIES, 'local');
  return { ...loaded, stage: 'production', plannedWork: account?.plannedWork ?? [] };
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
  const facts = await factsOf(alert, situation.facts ?? {}, { policy, now });
  return { ...{ alert, policy, now, body }, ...briefFor({ alert, facts, policy, now }) };
}

/** What an analysis gets about the alert, and the facts with the lines that it may cite. */
export function briefFor({
  alert,
  facts,
  policy,
  now,
}: Pick<Prepared, 'alert' | 'facts' | 'policy' | 'now'>): Pick<Prepared, 'brief' | 'facts'> {
  const { dossierTokens: budgets, tags } = policy.analysis;
  const { text: dossier, citable } = dossierOf(
    {
      ...{ alert, facts, decisions: [], plannedWork: policy.plannedWork, now: now.toISOString() },
      incident: { openedAt: now.toISOString(), alerts: [] },
      earlier: { known: true, value: [] },
    },
    { nonce: NONCE, budgets, tags },
  );
  const brief = briefOf(alert, { dossier, citable, signs: signsOf(alert, facts) });
  return { brief, facts: { ...facts, citable: [...citable] } };
}
