// What the gate makes of an assessment: decided acts, and whether it pages.
import type { Disposition } from '../../functions/domain/action.ts';
import { type ActionName, informs, isHarmless } from '../../functions/domain/action-catalog.ts';
import { mayPage } from '../../functions/domain/alert.ts';
import type { Assessment } from '../../functions/domain/assessment.ts';
import type { Drill } from '../../functions/domain/drill.ts';
import { assessed } from '../../functions/gate/assessed.ts';
import { decide } from '../../functions/gate/decide.ts';
import { dropRepeats, withOnePage } from '../../functions/gate/decided.ts';
import type { Circumstances } from '../../functions/gate/proposal.ts';
import { effectsOf, MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { rated } from '../../functions/playbook/quiet.ts';
import { signsOf } from '../../functions/playbook/signs.ts';
import type { Prepared } from './alert.ts';
import { HERE } from './facts.ts';

export type DecidedAct = {
  /** As recommended: `revoke_api_key key-1`. */
  asked: string;
  /** The effective action on the target; null for an action that policy doesn't know. */
  name: ActionName | null;
  ref: string;
  disposition: Disposition;
  /** Codes of the reasons. */
  reasons: string[];
  /** Whether it is done, requested or handed off, and more than a line in the ticket. */
  isLive: boolean;
};

export type SystemResult = { acts: DecidedAct[]; isPaged: boolean; assessment: Assessment };

/** Every mechanism drilled today, so that no result depends on a calendar. */
const drillsAt = (now: Date): ReadonlyMap<string, Drill> =>
  new Map(
    MECHANISMS.map(({ id, version }) => [
      id,
      {
        mechanism: id,
        version,
        outcome: 'passed',
        at: now.toISOString(),
        account: HERE.account,
        by: 'evals',
        text: 'Assumed',
      },
    ]),
  );

export function systemResult(given: Assessment, prepared: Prepared): SystemResult {
  const { alert, facts, policy, now } = prepared;
  const { assessment, doubts } = assessed(given, alert, facts);
  const circumstances: Circumstances = {
    ...{ alert, facts, policy, now, effectsOf },
    here: HERE,
    generation: alert.generation,
    switchMode: 'run',
    isAlertProven: true,
    findingState: alert.state,
    drills: drillsAt(now),
    existingActions: new Map(),
    doubts,
  };
  const decided = withOnePage(
    circumstances,
    dropRepeats(
      assessment.recommendations.map((recommendation) => ({
        recommendation,
        ruling: decide(recommendation, circumstances),
      })),
    ),
  );
  const acts = decided.map(({ recommendation, ruling }): DecidedAct => {
    const { name, disposition, reasons } = ruling;
    const isDone = disposition === 'auto' || disposition === 'approve';
    return {
      asked: `${recommendation.action} ${recommendation.target}`,
      name,
      ref: recommendation.target,
      disposition,
      reasons: reasons.map(({ code }) => code),
      isLive: isDone || (disposition === 'hand-off' && !isHarmless(name)),
    };
  });
  const pages = acts.some(
    ({ name, disposition, isLive }) =>
      (name === 'send_analyst_notification' && disposition === 'auto') ||
      (isLive && !informs(name) && disposition !== 'auto'),
  );
  return { acts, isPaged: pages && mayPage(rated(alert, signsOf(alert, facts))), assessment };
}
