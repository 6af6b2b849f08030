// The sweep step: continues everything that is overdue.
import { errorFields } from '../platform/log.ts';
import type { SweepDeps } from './deps.ts';
import { checkEffects } from './drift.ts';
import { continueAction } from './overdue-action.ts';
import { announceTrip } from './tripped-breaker.ts';
import { resume, resumeAlerts } from './unfinished-incident.ts';

/** Numbers of records that were overdue, continued and failed. */
export type SweepResult = { looked: number; restarted: number; failures: number };

/**
 * A failure with one record doesn't stop the others. Throws AggregateError at the end if stored items can't be read.
 */
export async function sweep(deps: SweepDeps): Promise<SweepResult> {
  const { actions, incidents, members, tripped, digests, unreadable } =
    await deps.store.records.needingAttention(deps.now());
  const looked =
    actions.length + incidents.length + members.length + tripped.length + digests.length;
  const result = { looked, restarted: 0, failures: 0 };
  const attempt = async (ids: Record<string, string>, work: () => Promise<void>) => {
    try {
      await work();
      result.restarted++;
    } catch (error) {
      result.failures++;
      deps.log('error', 'sweep failed', { ...ids, ...errorFields(error) });
    }
  };
  for (const action of actions)
    await attempt({ incidentId: action.incidentId, actionId: action.actionId }, () =>
      continueAction(deps, action),
    );
  for (const incident of incidents)
    await attempt({ incidentId: incident.incidentId }, () => resume(deps, incident));
  for (const [incidentId, alerts] of Map.groupBy(members, (member) => member.incidentId))
    await attempt({ incidentId }, () => resumeAlerts(deps, alerts));
  for (const account of tripped) await attempt({ account }, () => announceTrip(deps, account));
  for (const recipient of digests)
    await attempt({ recipient }, () => deps.notify({ digestFor: recipient }));
  try {
    await checkEffects(deps);
  } catch (error) {
    deps.log('error', 'drift checks not started', errorFields(error));
  }
  // Thrown last, so that all other work is done. The function's error raises the alarm "Sweeper failing".
  if (unreadable.length > 0)
    throw new AggregateError(unreadable, `${unreadable.length} stored items can't be read`);
  return result;
}
