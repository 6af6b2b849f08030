// Finds what a deployment removed, and asks executors to put it back.
import { isTooLateToReturn } from '../authority/end.ts';
import type { Written } from '../mechanisms/world.ts';
import type { WorldState } from '../store/world.ts';
import { causeOf, type TrailEvent } from './cause.ts';
import type { Difference } from './compare.ts';
import type { WorldDeps } from './deps.ts';

/** Per check. AWS WAF accepts one change per second, and the next check asks for the others. */
const MAX_PUT_BACK = 20;

/** A missing entry that can be put back: what removed it since it was last seen can be found out. */
type Lost = { key: string; list: string; since: string };

/**
 * The keys of the missing entries that a deployment removed. A deployment of our own stacks is known from its event
 * within seconds, any other from CloudTrail, minutes later: each check asks again. If CloudTrail already shows a write
 * by someone else, nothing is put back.
 */
export async function removedByDeployments(
  deps: WorldDeps,
  missing: readonly Difference[],
  state: WorldState,
): Promise<ReadonlySet<string>> {
  const removed = new Set<string>();
  const returning = missing.filter((one) => canReturn(one, deps.now()));
  for (const { scope, written } of deps.readers) {
    if (!written) continue;
    const lost = returning
      .filter((one) => one.scope === scope)
      .flatMap((one) => lostAt(one, state));
    for (const [region, group] of Map.groupBy(lost, ({ list }) => written.regionOf(list))) {
      const events = await eventsOf(deps, written, { region, lost: group });
      for (const { key, list, since } of group) {
        const cause = causeOf(events, written, { list, since, ownPrefix: deps.ownPrefix });
        if (cause === 'deployment' || (cause === 'unknown' && isDeployed(list, since, state)))
          removed.add(key);
      }
    }
  }
  return removed;
}

/** Whether one of its actions has enough time left. Executors refuse the others. */
export const canReturn = ({ actions }: Difference, now: Date): boolean =>
  actions.some(({ dueAt }) => !isTooLateToReturn({ dueAt, undoneBy: null }, now));

/** Event times have whole seconds. */
const isDeployed = (list: string, since: string, { deployed }: WorldState): boolean =>
  deployed.some((one) => one.list === list && one.at.slice(0, 19) >= since.slice(0, 19));

/** One look-up per event name and region. Empty if CloudTrail can't be read: it then proves nothing. */
async function eventsOf(
  { trail, log }: WorldDeps,
  { eventNames }: Written,
  { region, lost }: { region: string | null; lost: readonly Lost[] },
): Promise<readonly TrailEvent[]> {
  const since = lost.map((one) => one.since).sort()[0];
  if (since === undefined) return [];
  const events: TrailEvent[] = [];
  try {
    for (const eventName of eventNames) events.push(...(await trail({ eventName, region, since })));
    return events;
  } catch (error) {
    log('warn', 'CloudTrail not read', { eventNames, why: String(error) });
    return [];
  }
}

/**
 * An entry was last seen at the last check before it was missed, or when an executor applied it or put it back. Someone
 * may remove it after that, so an earlier deployment explains nothing.
 */
function lostAt(
  { key, list, actions }: Difference,
  { episodes, checkedAt }: WorldState,
): readonly Lost[] {
  const known = episodes.find((one) => one.key === key);
  const seen = known ? known.seenAt : checkedAt;
  if (!seen || list === null) return [];
  const since = [seen, ...actions.flatMap(({ shownAt }) => shownAt ?? [])].sort().at(-1);
  return since === undefined ? [] : [{ key, list, since }];
}

/** The executor decides. An action with several entries is asked for once. */
export async function askToPutBack(
  { putBack, log }: WorldDeps,
  removed: readonly Difference[],
): Promise<void> {
  const actions = new Map(
    removed.flatMap(({ actions: held }) => held.map((one) => [one.actionId, one] as const)),
  );
  for (const { scope, incidentId, actionId } of [...actions.values()].slice(0, MAX_PUT_BACK)) {
    log('info', 'put back requested', { incidentId, actionId });
    await putBack(scope, { incidentId, actionId, putBack: true });
  }
}
