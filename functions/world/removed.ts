// Finds what a deployment removed, and asks executors to put it back.
import type { WorldReader } from '../mechanisms/world.ts';
import type { WorldState } from '../store/world.ts';
import { causeOf } from './cause.ts';
import type { Difference } from './compare.ts';
import type { WorldDeps } from './deps.ts';

/** Per check. AWS WAF accepts one change per second, and the next check asks for the others. */
const MAX_PUT_BACK = 20;

/**
 * The keys of the missing entries that CloudFormation removed, as CloudTrail says. Events arrive minutes late, so each
 * check asks again. One look-up per list.
 */
export async function removedByDeployments(
  deps: WorldDeps,
  lost: readonly Difference[],
  state: WorldState,
): Promise<ReadonlySet<string>> {
  const removed = new Set<string>();
  for (const [list, missing] of Map.groupBy(lost, (one) => one.list)) {
    const reader = readerOf(deps, missing[0]);
    if (list === null || !reader?.written) continue;
    for (const [since, differences] of Map.groupBy(missing, (one) => seenAt(one, state))) {
      if (since === null) continue;
      if (await isDeployment(deps, reader.written, { list, since }))
        for (const { key } of differences) removed.add(key);
    }
  }
  return removed;
}

const readerOf = (
  { readers }: WorldDeps,
  difference: Difference | undefined,
): WorldReader | undefined => readers.find(({ scope }) => scope === difference?.scope);

async function isDeployment(
  { trail, ownPrefix, log }: WorldDeps,
  written: NonNullable<WorldReader['written']>,
  { list, since }: { list: string; since: string },
): Promise<boolean> {
  try {
    const events = await trail({
      eventName: written.eventName,
      region: written.regionOf(list),
      since,
    });
    return causeOf(events, written, { list, since, ownPrefix }) === 'deployment';
  } catch (error) {
    // The cause stays unknown, so nothing is put back.
    log('warn', 'CloudTrail not read', { list, why: String(error) });
    return false;
  }
}

/** When the entry was last in its list: at the last check before it was missed, or when its action came into force. */
function seenAt({ key, actions }: Difference, { episodes, checkedAt }: WorldState): string | null {
  const known = episodes.find((one) => one.key === key);
  const seen = known ? known.seenAt : checkedAt;
  if (!seen) return null;
  const times = [seen, ...actions.flatMap(({ appliedAt }) => appliedAt ?? [])];
  return times.sort().at(-1) ?? null;
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
