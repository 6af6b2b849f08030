import { errorFields } from '../platform/log.ts';
import type { SweepDeps } from './deps.ts';
import { checkEffects } from './drift.ts';
import { help } from './overdue-action.ts';
import { tellOfBreaker } from './tripped-breaker.ts';
import { resume } from './unfinished-incident.ts';

/** What one sweep saw and did. */
export type SweepResult = { looked: number; restarted: number; failures: number };

/** One look at everything whose time has come. One record that cannot be helped does not keep the others waiting. */
export async function sweep(deps: SweepDeps): Promise<SweepResult> {
  const { actions, incidents, tripped, digests, unreadable } =
    await deps.store.records.needingAttention(deps.now());
  const looked = actions.length + incidents.length + tripped.length + digests.length;
  const result = { looked, restarted: 0, failures: 0 };
  const attempt = async (ids: Record<string, string>, work: () => Promise<void>) => {
    try {
      await work();
      result.restarted++;
    } catch (error) {
      result.failures++;
      deps.log('error', 'the sweeper could not help', { ...ids, ...errorFields(error) });
    }
  };
  for (const action of actions)
    await attempt({ incidentId: action.incidentId, actionId: action.actionId }, () =>
      help(deps, action),
    );
  for (const incident of incidents)
    await attempt({ incidentId: incident.incidentId }, () => resume(deps, incident));
  for (const account of tripped) await attempt({ account }, () => tellOfBreaker(deps, account));
  for (const recipient of digests)
    await attempt({ recipient }, () => deps.tell({ digestFor: recipient }));
  try {
    await checkEffects(deps);
  } catch (error) {
    deps.log('error', 'effects not checked', errorFields(error));
  }
  // After all else is done: only a person can help these, and whoever calls the sweeper raises the alarm.
  if (unreadable.length > 0)
    throw new AggregateError(unreadable, `${unreadable.length} stored items cannot be read`);
  return result;
}
